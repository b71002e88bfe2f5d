#pragma once

#include "base/clock.hpp"
#include "base/json_options.hpp"
#include "oci/digest.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::store {

/// A layer that is kept for a name of one's own: the result of a step of a build, under the digest of all that it was
/// made from.
struct Pin {
  std::string layer;        ///< diff id; empty: the step has changed no file
  std::uint64_t size = 0;   ///< bytes of its tar
  std::string description;  ///< for people
  Timestamp created = 0;

  bool operator==(const Pin&) const = default;
};
BOOST_DESCRIBE_STRUCT(Pin, (), (layer, size, description, created))
constexpr json::Options json_options(const Pin*) { return {.style = json::Style::snake, .required = {"layer"}}; }

struct NamedPin {
  std::string key;
  Pin pin;
  Timestamp used = 0;
};

/// The pins of a store: pins/<hex of the key's digest>. Each is a file that appears in one step; a layer that has one
/// is not collected. Pins are hints: whoever finds one looks if the layer is there.
class Pins {
 public:
  explicit Pins(std::string root) : root_(std::move(root)) {}

  /// Nothing when there is none, or one that cannot be read. Remembers that it was of use.
  std::optional<Pin> find(const oci::Digest& key) const;
  Result<> put(const oci::Digest& key, const Pin& pin) const;
  /// The one that was not of use for the longest time first.
  Result<std::vector<NamedPin>> list() const;
  /// A missing one is fine.
  Result<> remove(std::string_view key) const;
  /// The layers that must stay.
  Result<std::vector<oci::Digest>> layers() const;

 private:
  std::string folder() const { return root_ + "/pins"; }
  std::string root_;  ///< of the store
};

}  // namespace gantry::store
