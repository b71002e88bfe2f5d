#include "archive/hash.hpp"

#include <openssl/evp.h>

#include <new>

namespace gantry::archive {

void Hasher::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

void Hasher::start() {
  if (context_) return;
  context_.reset(EVP_MD_CTX_new());
  const EVP_MD* method = algorithm_ == oci::Algorithm::sha512 ? EVP_sha512() : EVP_sha256();
  // Only for want of memory.
  if (!context_ || EVP_DigestInit_ex(context_.get(), method, nullptr) != 1) throw std::bad_alloc();
}

void Hasher::update(Bytes data) {
  start();
  EVP_DigestUpdate(context_.get(), data.data(), data.size());
}

oci::Digest Hasher::finish() {
  start();
  char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(bytes), &size);
  context_.reset();
  return oci::Digest::of_bytes(algorithm_, {bytes, size});
}

oci::Digest hash_of(Bytes data, oci::Algorithm algorithm) {
  Hasher hasher(algorithm);
  hasher.update(data);
  return hasher.finish();
}

Result<> HashingSink::write(Bytes data) {
  hasher_.update(data);
  size_ += data.size();
  return next_.write(data);
}

}  // namespace gantry::archive
