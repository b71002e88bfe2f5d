#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// YAML as people write it for Kubernetes, compose and skopeo (yaml.org/spec/1.2.2), with the place of each scalar in
// the text, so that one can be replaced and all else stays as it is. Left out, with Code::unsupported, are keys that
// are lists or maps themselves ("? "). Anchors and tags are passed over, and an alias is a node of its own kind.

namespace gantry::yaml {

struct Node {
  enum class Kind { null, scalar, alias, list, map };
  Kind kind = Kind::null;
  std::string text;         ///< of a scalar, as it reads; of an alias, its name
  bool quoted = false;      ///< a scalar in quotes, or a block: never a number, a bool or null
  std::size_t begin = 0;    ///< of a scalar: where its first byte is in the document, a quote counted
  std::size_t end = 0;      ///< ... and the one behind its last
  int line = 0;             ///< counted from 1
  std::string key;          ///< under which it is in a map
  std::vector<Node> items;  ///< of a list; of a map, in their order

  /// The value of a map's key; null: there is none.
  const Node* find(std::string_view name) const;
};

/// The documents of a text. `name` is for errors, which say the line: Code::invalid.
Result<std::vector<Node>> parse(std::string_view text, std::string_view name);

}  // namespace gantry::yaml
