#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::distribution {

/// One way to authenticate that a server offers in WWW-Authenticate (RFC 9110, section 11.6.1).
struct Challenge {
  std::string scheme;                             ///< lower case: "bearer", "basic"
  std::map<std::string, std::string> parameters;  ///< names in lower case: "realm", "service", "scope", "error"
};

/// The challenges of one header, which may hold several. What cannot be understood is passed over.
std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace gantry::distribution
