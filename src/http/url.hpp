#pragma once

#include <string>
#include <string_view>

namespace gantry::http {

/// "host:port" of a URL, and the scheme before it, in lower case; empty when it is no URL of http or https.
struct Origin {
  std::string scheme;
  std::string host;  ///< with the port where one is written
  bool operator==(const Origin&) const = default;
};
Origin origin_of(std::string_view url);

/// "localhost", "127.0.0.1:5000", "[::1]": this machine's own.
bool is_loopback(std::string_view host);

/// A Location header against the URL that was asked (RFC 3986, section 5): absolute, from the root, or beside it.
std::string resolve(std::string_view base, std::string_view location);

/// `url` with one more parameter in its query; the value is escaped.
std::string with_parameter(std::string url, std::string_view name, std::string_view value);

/// RFC 3986, section 2.1: all but unreserved characters as %XX.
std::string escape(std::string_view text);

}  // namespace gantry::http
