#include "store/chain.hpp"

#include <sodium/crypto_hash_sha256.h>

#include <array>
#include <string>

namespace gantry::store {

namespace {

oci::Digest sha256(const std::string& text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return oci::Digest::of_bytes(oci::Algorithm::sha256, {reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace

std::vector<oci::Digest> chain_ids(std::span<const oci::Digest> layers) {
  std::vector<oci::Digest> chain;
  for (const auto& layer : layers)
    chain.push_back(chain.empty() ? layer : sha256(chain.back().text() + " " + layer.text()));
  return chain;
}

}  // namespace gantry::store
