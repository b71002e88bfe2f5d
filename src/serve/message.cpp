#include "serve/message.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry::serve {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (const char small = lower(c); small >= 'a' && small <= 'f') return small - 'a' + 10;
  return -1;
}

}  // namespace

std::string_view name_of(Method method) {
  constexpr std::string_view kNames[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER"};
  return kNames[static_cast<std::size_t>(method)];
}

std::optional<std::string_view> Request::field(std::string_view name) const {
  auto matches = [&](const Field& field) {
    return std::ranges::equal(field.name, name, [](char a, char b) { return lower(a) == b; });
  };
  auto found = std::ranges::find_if(fields, matches);
  if (found == fields.end()) return std::nullopt;
  return found->value;
}

Response& Response::add(std::string_view name, std::string_view value) {
  fields.append(name).append(": ");
  const std::size_t start = fields.size();
  fields.append(value);
  std::replace_if(
      fields.begin() + static_cast<std::ptrdiff_t>(start), fields.end(), [](char c) { return c == '\r' || c == '\n'; },
      ' ');
  fields.append("\r\n");
  return *this;
}

std::uint64_t size_of(const Body& body) {
  if (const auto* text = std::get_if<std::string>(&body)) return text->size();
  if (const auto* shared = std::get_if<SharedText>(&body)) return (*shared)->size();
  return std::get<FileRange>(body).size;
}

std::optional<std::string> decode_percent(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\0') return std::nullopt;
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::string encode_percent(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) encoded += c;
    else encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto [pair, rest, more] = cut(query, '&');
    const auto [key, value, found] = cut(pair, '=');
    // A '+' stays what it is: media types have it, and no name that is asked for has a blank.
    if (key == name) return decode_percent(value);
    query = rest;
  }
  return std::nullopt;
}

std::vector<std::string> query_values(std::string_view query, std::string_view name) {
  std::vector<std::string> values;
  while (!query.empty()) {
    const auto [pair, rest, more] = cut(query, '&');
    const auto [key, value, found] = cut(pair, '=');
    query = rest;
    if (key != name) continue;
    if (auto decoded = decode_percent(value)) values.push_back(std::move(*decoded));
  }
  return values;
}

}  // namespace gantry::serve
