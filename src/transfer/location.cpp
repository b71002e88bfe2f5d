#include "transfer/location.hpp"

#include "base/text.hpp"

namespace gantry::transfer {

namespace {

/// What follows the transport's name and a colon.
enum class Form {
  path_and_reference,  ///< PATH[:NAME]
  whole,
  after_slashes,  ///< //NAME; without the slashes it is an image of that name
};

struct Named {
  std::string_view name;
  Transport transport;
  Form form;
};
constexpr Named kTransports[] = {{"docker", Transport::docker, Form::after_slashes},
                                 {"ssh", Transport::ssh, Form::after_slashes},
                                 {"gantry", Transport::store, Form::whole},
                                 {"docker-daemon", Transport::docker_daemon, Form::whole},
                                 {"containers-storage", Transport::containers_storage, Form::whole},
                                 {"dir", Transport::dir, Form::whole},  // of one image, so that all of it is the path
                                 {"oci", Transport::oci, Form::path_and_reference},
                                 {"oci-archive", Transport::oci_archive, Form::path_and_reference},
                                 {"docker-archive", Transport::docker_archive, Form::path_and_reference}};

}  // namespace

bool is_files(Transport transport) {
  return transport == Transport::detect || transport == Transport::oci || transport == Transport::oci_archive ||
         transport == Transport::docker_archive || transport == Transport::dir;
}

Location parse_location(std::string_view text) {
  auto [name, rest, found] = cut(text, ':');
  for (const auto& known : kTransports) {
    if (!found || known.name != name) continue;
    if (known.form == Form::whole) return {known.transport, std::string(rest), {}};
    if (known.form == Form::after_slashes) {
      if (!rest.starts_with("//")) continue;
      return {known.transport, std::string(rest.substr(2)), {}};
    }
    auto [path, reference, has_reference] = cut(rest, ':');
    return {known.transport, std::string(path), std::string(reference)};
  }
  return {Transport::detect, std::string(text), {}};
}

}  // namespace gantry::transfer
