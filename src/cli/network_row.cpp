#include "cli/network_row.hpp"

#include "base/json.hpp"

#include <boost/json/parse.hpp>

namespace gantry::cli {

namespace {

std::string range_text(unsigned first, unsigned count) {
  return count == 1 ? fmt::format("{}", first) : fmt::format("{}-{}", first, first + count - 1);
}

}  // namespace

std::string_view driver_name(net::Driver driver) {
  switch (driver) {
    case net::Driver::bridge:
      return "bridge";
    case net::Driver::macvlan:
      return "macvlan";
    case net::Driver::ipvlan:
      return "ipvlan";
  }
  return "";
}

Result<boost::json::object> network_document(const net::Network& network) {
  boost::system::error_code problem;
  auto value = boost::json::parse(json::encode(network), problem);
  if (problem || !value.is_object()) return fail(Code::failed, "network '{}' cannot be shown", network.name);
  return std::move(value.get_object());
}

std::string port_text(const net::PublishedPort& port) {
  const std::string host = !port.host_ip      ? "0.0.0.0"
                           : port.host_ip->v6 ? "[" + port.host_ip->text() + "]"
                                              : port.host_ip->text();
  return fmt::format("{}:{}->{}/{}", host, range_text(port.host_port, port.count),
                     range_text(port.container_port, port.count), port.protocol);
}

}  // namespace gantry::cli
