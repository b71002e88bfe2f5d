#pragma once

#include "build/situation.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace gantry::build {

/// What came of a node's steps.
struct Performed {
  int status = 0;     ///< of a command that failed, as a shell shows it
  std::string layer;  ///< diff id; empty: no file was changed
  std::uint64_t size = 0;
  bool is_fetched = false;  ///< from a cache elsewhere
};
BOOST_DESCRIBE_STRUCT(Performed, (), (status, layer, size, is_fetched))

/// Does the steps of a node above the layers `below` and puts what they make into the store. In a process of its own,
/// which has one thread and may end at any moment. `out` gets what commands print.
Result<Performed> perform(const Node& node, std::span<const oci::Digest> below, const Situation& situation,
                          const Fd& out);

}  // namespace gantry::build
