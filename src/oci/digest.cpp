#include "oci/digest.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry::oci {

std::string_view name_of(Algorithm algorithm) { return algorithm == Algorithm::sha256 ? "sha256" : "sha512"; }

std::size_t hex_length(Algorithm algorithm) { return algorithm == Algorithm::sha256 ? 64 : 128; }

Result<Digest> Digest::parse(std::string_view text) {
  const auto [algorithm, hex, found] = cut(text, ':');
  if (!found) return fail(Code::invalid, "'{}' is not a digest; write it as sha256:<64 hex digits>", text);
  for (Algorithm known : {Algorithm::sha256, Algorithm::sha512})
    if (algorithm == name_of(known)) return from_hex(known, hex);
  return fail(Code::unsupported, "'{}' has a digest algorithm other than sha256 and sha512", text);
}

Result<Digest> Digest::from_hex(Algorithm algorithm, std::string_view hex) {
  auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (hex.size() != hex_length(algorithm) || !std::ranges::all_of(hex, is_hex))
    return fail(Code::invalid, "'{}' is not a {} digest, which has {} lower-case hex digits", hex, name_of(algorithm),
                hex_length(algorithm));
  return Digest(algorithm, std::string(hex));
}

Digest Digest::of_bytes(Algorithm algorithm, std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return Digest(algorithm, std::move(hex));
}

std::string Digest::text() const { return empty() ? "" : fmt::format("{}:{}", name_of(algorithm_), hex_); }

}  // namespace gantry::oci
