#include "accounts/openssl.hpp"
#include "accounts/token.hpp"
#include "archive/hash.hpp"
#include "base/file.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace gantry::accounts {

namespace {

using Memory = std::unique_ptr<BIO, Freed<BIO_free>>;

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, size < 0 ? 0 : static_cast<std::size_t>(size)};
}

Result<std::string> make_pem() {
  const std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  const Memory memory(BIO_new(BIO_s_mem()));
  if (!key || PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return fail(Code::failed, "make a key for tokens: {}", openssl_reason());
  return text_of(memory.get());
}

/// The same for the same key, so that a token tells which one has signed it.
std::string id_of(EVP_PKEY* key) {
  constexpr std::size_t kLength = 16;
  const Memory memory(BIO_new(BIO_s_mem()));
  i2d_PUBKEY_bio(memory.get(), key);
  return archive::hash_of(as_bytes(text_of(memory.get()))).hex().substr(0, kLength);
}

}  // namespace

Result<Signer> Signer::open(const std::string& path) {
  if (!path_exists(path)) TRY(replace_file(path, TRY(make_pem()), 0600));
  const std::string pem = TRY(read_file(path));
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (!key || EVP_PKEY_is_a(key.get(), "EC") != 1 || EVP_PKEY_get_bits(key.get()) != 256)
    return fail(Code::invalid, "{} is no key for ES256", path).with_cure("remove it, and another is made");
  std::string id = id_of(key.get());
  return Signer(TokenKey{std::move(id), "ES256", std::move(key)});
}

}  // namespace gantry::accounts
