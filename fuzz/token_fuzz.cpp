// What a client can show as a token, and what an issuer's key set can hold. The first byte chooses.

#include "accounts/secret.hpp"
#include "accounts/token.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace gantry;

constexpr const char* kKeys = R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                              R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";
constexpr Timestamp kTime = 1'300'819'000 * kSecond;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto keys = accounts::parse_key_set(kKeys, "keys");
  if (!keys) std::abort();
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    // Nobody has the key: whatever is taken would be forged.
    if (accounts::verify_token(text, *keys, {"", ""}, kTime)) std::abort();
  } else if (const auto given = accounts::parse_key_set(text, "keys"); given) {
    if (given->empty()) std::abort();
  }
  accounts::parse_basic(text);
  return 0;
}
