#pragma once

#include "base/result.hpp"
#include "registries/paths.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::registries {

/// Files for TLS with one registry, in PEM.
struct Certificates {
  std::vector<std::string> authorities;  ///< trusted besides the system's
  std::string client_certificate;        ///< empty: none
  std::string client_key;
  bool operator==(const Certificates&) const = default;
};

/// What the first folder for `host` ("quay.io", "localhost:5000") has (containers-certs.d(5)), or none. Code::invalid
/// for a client certificate without a key and a key without a certificate.
Result<Certificates> certificates_for(const Paths& paths, std::string_view host);

}  // namespace gantry::registries
