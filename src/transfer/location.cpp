#include "transfer/location.hpp"

#include "base/text.hpp"

namespace gantry::transfer {

namespace {

struct Named {
  std::string_view name;
  Transport transport;
};
constexpr Named kTransports[] = {{"docker", Transport::docker},
                                 {"gantry", Transport::store},
                                 {"oci", Transport::oci},
                                 {"oci-archive", Transport::oci_archive},
                                 {"docker-archive", Transport::docker_archive},
                                 {"dir", Transport::dir}};

}  // namespace

Location parse_location(std::string_view text) {
  auto [name, rest, found] = cut(text, ':');
  for (const auto& known : kTransports) {
    if (!found || known.name != name) continue;
    if (known.transport == Transport::docker) {
      if (!rest.starts_with("//")) continue;  // an image called docker
      return {known.transport, std::string(rest.substr(2)), {}};
    }
    if (known.transport == Transport::store) return {known.transport, std::string(rest), {}};
    // A dir: holds one image, so that all of it is the path.
    if (known.transport == Transport::dir) return {known.transport, std::string(rest), {}};
    auto [path, reference, has_reference] = cut(rest, ':');
    return {known.transport, std::string(path), std::string(reference)};
  }
  return {Transport::detect, std::string(text), {}};
}

}  // namespace gantry::transfer
