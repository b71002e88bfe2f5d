#pragma once

#include "base/clock.hpp"
#include "engine/container.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>

// What the listings of containers tell of one, in the words of podman.

namespace gantry::cli {

/// What is not known of the container itself.
struct RowExtras {
  std::string pod_name;
  std::optional<std::uint64_t> written;  ///< bytes; none: nobody asks
  std::uint64_t image_size = 0;          ///< bytes, beside `written`
  bool namespaces = false;               ///< those of the first process are asked for
};

/// A line of `ps`.
boost::json::object container_row(const engine::Container& container, const RowExtras& extras, bool in_full,
                                  Timestamp now);
/// An item of `ps --format json`.
boost::json::object container_document(const engine::Container& container, const RowExtras& extras, Timestamp now);

}  // namespace gantry::cli
