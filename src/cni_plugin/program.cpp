#include "cni_plugin/program.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "cni_plugin/bridge.hpp"

#include <unistd.h>

namespace gantry::cni_plugin {

struct ResultInterface {
  std::string name;
  std::string mac;
  std::string sandbox;
};
BOOST_DESCRIBE_STRUCT(ResultInterface, (), (name, mac, sandbox))

struct ResultIp {
  std::string version;  ///< before 1.0.0: "4" or "6"
  std::string address;
  std::string gateway;
  unsigned interface = 0;  ///< its number in the list
};
BOOST_DESCRIBE_STRUCT(ResultIp, (), (version, address, gateway, interface))

struct ResultRoute {
  std::string dst;
  std::string gw;
};
BOOST_DESCRIBE_STRUCT(ResultRoute, (), (dst, gw))

/// Section 5.1.
struct AddResult {
  std::string cni_version;
  std::vector<ResultInterface> interfaces;
  std::vector<ResultIp> ips;
  std::vector<ResultRoute> routes;
};
BOOST_DESCRIBE_STRUCT(AddResult, (), (cni_version, interfaces, ips, routes))

/// Section 5.2.
struct ErrorResult {
  std::string cni_version;
  unsigned code = 0;
  std::string msg;
};
BOOST_DESCRIBE_STRUCT(ErrorResult, (), (cni_version, code, msg))

struct VersionResult {
  std::string cni_version;
  std::vector<std::string> supported_versions;
};
BOOST_DESCRIBE_STRUCT(VersionResult, (), (cni_version, supported_versions))

namespace {

constexpr const char* kNewest = "1.1.0";

ErrorNumber number_of(const Error& error) {
  switch (error.code()) {
    case Code::not_found:
      return ErrorNumber::unknown_container;
    case Code::invalid:
    case Code::unsupported:
      return ErrorNumber::configuration;
    case Code::busy:
      return ErrorNumber::not_available;
    default:
      return ErrorNumber::other;
  }
}

AddResult result_of(const Request& request, const Bridge::Added& added) {
  const net::Attachment& attachment = added.connections.attachments[0];
  AddResult result{.cni_version = request.config.cni_version,
                   .interfaces = {{.name = attachment.bridge},
                                  {.name = attachment.host_interface},
                                  {attachment.interface, attachment.mac, request.netns}}};
  const bool old = result.cni_version.starts_with("0.");
  for (const net::AttachedAddress& one : attachment.addresses) {
    const bool v6 = one.address.address.v6;
    const std::string gateway = one.gateway ? one.gateway->text() : std::string();
    result.ips.push_back(
        {.version = old ? (v6 ? "6" : "4") : "", .address = one.address.text(), .gateway = gateway, .interface = 2});
    if (!gateway.empty()) result.routes.push_back({v6 ? "::/0" : "0.0.0.0/0", gateway});
  }
  return result;
}

Result<std::string> carry_out(const Request& request) {
  Bridge bridge(request);
  if (request.command == "ADD") return json::encode(result_of(request, TRY(bridge.add())));
  if (request.command == "DEL") TRY(bridge.remove());
  else if (request.command == "CHECK") TRY(bridge.check());
  else if (request.command == "STATUS") TRY(bridge.status());
  else TRY(bridge.collect());
  return std::string();
}

int say(const std::string& text, int status) {
  const Fd out(STDOUT_FILENO);
  return write_all(out, text.empty() ? text : text + "\n", "the result") ? status : 1;
}

int say(const Error& error, ErrorNumber number, const std::string& version) {
  return say(json::encode(ErrorResult{version, static_cast<unsigned>(number), error.message()}), 1);
}

}  // namespace

int run_plugin() {
  auto read = read_request();
  if (const auto* refusal = std::get_if<Refusal>(&read)) return say(refusal->error, refusal->number, kNewest);
  const Request& request = std::get<Request>(read);
  if (request.command == "VERSION")
    return say(json::encode(VersionResult{kNewest, {std::begin(kVersions), std::end(kVersions)}}), 0);
  const auto answer = carry_out(request);
  if (answer) return say(*answer, 0);
  return say(answer.error(), number_of(answer.error()), request.config.cni_version);
}

}  // namespace gantry::cni_plugin
