#pragma once

#include "oci/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry::oci {

/// The name of an image in a registry, in the grammar that docker, podman and containerd share
/// (github.com/distribution/reference). Always whole: `busybox` is held as registry "docker.io" and repository
/// "library/busybox".
struct Reference {
  std::string registry;    ///< host, with a port where given: "docker.io", "localhost:5000", "[::1]:5000"
  std::string repository;  ///< "library/busybox"
  std::string tag;         ///< empty: none
  std::optional<Digest> digest;

  /// "docker.io/library/busybox"
  std::string name() const;
  /// The whole name: "docker.io/library/busybox:1.36@sha256:…".
  std::string canonical() const;
  /// As a user writes it: "busybox:1.36"; images of other registries keep their registry.
  std::string familiar() const;

  bool operator==(const Reference&) const = default;
};

/// Code::invalid with the reason. A reference without tag and digest keeps both empty; see with_default_tag.
Result<Reference> parse_reference(std::string_view text);

/// Adds the tag "latest" to a reference that has neither tag nor digest.
Reference with_default_tag(Reference reference);

/// Letters, digits, `_`, `.`, `-`, at most 128, the first not `.` or `-`.
bool is_tag(std::string_view text);

}  // namespace gantry::oci
