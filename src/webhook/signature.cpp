#include "webhook/signature.hpp"

#include "base/base64.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace gantry::webhook {

namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kLeast = 16;

}  // namespace

Result<std::string> key_of(std::string_view secret) {
  auto key = secret.starts_with(kPrefix) ? TRY(base64_decode(secret.substr(kPrefix.size()))) : std::string(secret);
  if (key.size() < kLeast)
    return fail(Code::invalid, "a secret of less than {} bytes can be guessed", kLeast)
        .with_cure("make one with `openssl rand -hex 32`");
  return key;
}

std::string sign(std::string_view key, std::string_view id, std::int64_t seconds, std::string_view body) {
  const std::string text = fmt::format("{}.{}.{}", id, seconds, body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), mac.data(), &size);
  return "v1," + base64_encode({reinterpret_cast<const char*>(mac.data()), size});
}

}  // namespace gantry::webhook
