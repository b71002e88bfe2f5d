#pragma once

#include "linux/ip_address.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

// What ADD says (section 5.1), whatever its version. What a plugin says that is not understood is left out.

namespace gantry::cni {

/// A member that is text; empty where it is missing or something else.
std::string text_of(const boost::json::object& object, const char* name);

/// One address that ADD has given.
struct Assigned {
  linux::IpNetwork address;
  std::optional<linux::IpAddress> gateway;
};
std::vector<Assigned> addresses_of(const boost::json::object& result);

/// Of the container's device; empty when the result does not say.
std::string mac_of(const boost::json::object& result, const std::string& interface);

struct Dns {
  std::vector<std::string> servers;  ///< addresses
  std::vector<std::string> search;   ///< domains
};
Dns dns_of(const boost::json::object& result);

}  // namespace gantry::cni
