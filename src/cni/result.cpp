#include "cni/result.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace gantry::cni {

namespace {

namespace json = boost::json;

std::vector<json::object> objects_in(const json::object& object, const char* name) {
  std::vector<json::object> objects;
  const json::value* list = object.if_contains(name);
  if (list == nullptr || !list->is_array()) return objects;
  for (const json::value& one : list->as_array())
    if (one.is_object()) objects.push_back(one.as_object());
  return objects;
}

/// One line of resolv.conf is made of it.
bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

std::vector<std::string> words_in(const json::object& object, const char* name) {
  std::vector<std::string> words;
  const json::value* list = object.if_contains(name);
  if (list == nullptr || !list->is_array()) return words;
  for (const json::value& one : list->as_array())
    if (one.is_string() && is_word(one.as_string())) words.emplace_back(one.as_string());
  return words;
}

}  // namespace

std::string text_of(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::vector<Assigned> addresses_of(const json::object& result) {
  std::vector<Assigned> addresses;
  for (const json::object& ip : objects_in(result, "ips")) {
    const auto address = linux::IpNetwork::parse(text_of(ip, "address"));
    if (!address) continue;
    Assigned assigned{.address = *address, .gateway = {}};
    if (const auto gateway = linux::IpAddress::parse(text_of(ip, "gateway"))) assigned.gateway = *gateway;
    addresses.push_back(assigned);
  }
  return addresses;
}

std::string mac_of(const json::object& result, const std::string& interface) {
  for (const json::object& one : objects_in(result, "interfaces"))
    if (text_of(one, "name") == interface && !text_of(one, "sandbox").empty()) return text_of(one, "mac");
  return {};
}

Dns dns_of(const json::object& result) {
  const json::value* dns = result.if_contains("dns");
  if (dns == nullptr || !dns->is_object()) return {};
  Dns said{.servers = words_in(dns->as_object(), "nameservers"), .search = words_in(dns->as_object(), "search")};
  std::erase_if(said.servers, [](const std::string& server) { return !linux::IpAddress::parse(server); });
  return said;
}

}  // namespace gantry::cni
