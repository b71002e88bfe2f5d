#include "accounts/base64url.hpp"

#include "base/base64.hpp"

#include <algorithm>

namespace gantry::accounts {

std::string base64url_encode(std::string_view bytes) {
  std::string text = base64_encode(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

Result<std::string> base64url_decode(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return fail(Code::invalid, "this is no base64url");
  std::string standard(text);
  std::ranges::replace(standard, '-', '+');
  std::ranges::replace(standard, '_', '/');
  auto bytes = TRY(base64_decode(standard));
  if (base64url_encode(bytes) != text) return fail(Code::invalid, "this is no base64url");
  return bytes;
}

}  // namespace gantry::accounts
