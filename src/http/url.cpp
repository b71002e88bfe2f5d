#include "http/url.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

namespace gantry::http {

Origin origin_of(std::string_view url) {
  auto end = url.find("://");
  if (end == std::string_view::npos) return {};
  std::string scheme = to_lower(url.substr(0, end));
  if (scheme != "http" && scheme != "https") return {};
  std::string_view rest = url.substr(end + 3);
  std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  return {std::move(scheme), to_lower(cut_last(host, '@').found ? cut_last(host, '@').after : host)};
}

bool is_loopback(std::string_view host) {
  std::string_view name = host.starts_with('[') ? host.substr(0, host.find(']') + 1) : cut(host, ':').before;
  bool is_address = name.find_first_not_of("0123456789.") == std::string_view::npos;  // 127.example.org is a name
  return name == "localhost" || name == "[::1]" || (is_address && name.starts_with("127."));
}

std::string resolve(std::string_view base, std::string_view location) {
  if (!origin_of(location).scheme.empty()) return std::string(location);
  auto host = base.find("://") + 3;
  if (location.starts_with("//")) return fmt::format("{}{}", base.substr(0, host - 2), location);
  std::string_view path = base.substr(0, base.find_first_of("?#"));
  auto root = path.find('/', host);
  if (location.starts_with('?')) return fmt::format("{}{}", path, location);
  if (location.starts_with('/') || root == std::string_view::npos)
    return fmt::format("{}{}{}", path.substr(0, root), location.starts_with('/') ? "" : "/", location);
  return fmt::format("{}{}", path.substr(0, path.rfind('/') + 1), location);
}

std::string with_parameter(std::string url, std::string_view name, std::string_view value) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += escape(name);
  url += '=';
  url += escape(value);
  return url;
}

std::string escape(std::string_view text) {
  constexpr std::string_view kUnreserved = "-._~";
  std::string escaped;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 kUnreserved.find(c) != std::string_view::npos;
    if (plain) escaped += c;
    else escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return escaped;
}

}  // namespace gantry::http
