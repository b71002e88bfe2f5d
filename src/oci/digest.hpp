#pragma once

#include "base/result.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::oci {

enum class Algorithm : std::uint8_t { sha256, sha512 };

/// "sha256"
std::string_view name_of(Algorithm algorithm);
/// How many hex digits it gives: 64 or 128.
std::size_t hex_length(Algorithm algorithm);

/// The name of some bytes by their hash (image-spec descriptor.md, "Digests"). Either empty, as when default-made, or
/// valid: a known algorithm and the right number of lower-case hex digits, so that it is safe as a file name.
class Digest {
 public:
  Digest() = default;

  /// "sha256:<64 hex digits>". Code::unsupported for an algorithm that we do not have, else Code::invalid.
  static Result<Digest> parse(std::string_view text);
  /// From hex digits alone, as an image ID is written.
  static Result<Digest> from_hex(Algorithm algorithm, std::string_view hex);
  /// From the raw output of a hash function; its length must be right.
  static Digest of_bytes(Algorithm algorithm, std::string_view bytes);

  bool empty() const { return hex_.empty(); }
  Algorithm algorithm() const { return algorithm_; }
  const std::string& hex() const { return hex_; }
  /// "sha256:<hex>"; empty when it is empty.
  std::string text() const;
  /// The first 12 digits, as docker and podman show IDs.
  std::string_view short_id() const { return std::string_view(hex_).substr(0, 12); }

  auto operator<=>(const Digest&) const = default;

 private:
  Digest(Algorithm algorithm, std::string hex) : algorithm_(algorithm), hex_(std::move(hex)) {}

  Algorithm algorithm_ = Algorithm::sha256;
  std::string hex_;
};

}  // namespace gantry::oci
