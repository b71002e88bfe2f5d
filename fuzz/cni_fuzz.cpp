// Networks of CNI and what plugins say: a plugin's type is a plain file name, and a server of names an address.

#include "cni/config.hpp"
#include "cni/result.hpp"
#include "linux/ip_address.hpp"

#include <boost/json/parse.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto config = gantry::cni::parse_config(text, "x"))
    for (const auto& plugin : config->plugins) {
      const auto& type = plugin.at("type").as_string();
      if (type.empty() || type.find('/') != type.npos || type.starts_with('.')) std::abort();
    }
  boost::system::error_code problem;
  const auto result = boost::json::parse(boost::json::string_view(text.data(), text.size()), problem);
  if (problem || !result.is_object()) return 0;
  gantry::cni::addresses_of(result.as_object());
  gantry::cni::mac_of(result.as_object(), "eth0");
  for (const auto& server : gantry::cni::dns_of(result.as_object()).servers)
    if (!gantry::linux::IpAddress::parse(server)) std::abort();
  return 0;
}
