#include "registries/names.hpp"

#include "base/text.hpp"
#include "oci/reference.hpp"

namespace gantry::registries {

namespace {

std::string_view without_scheme(std::string_view text) {
  for (std::string_view scheme : {"https://", "http://"})
    if (text.starts_with(scheme)) return text.substr(scheme.size());
  return text;
}

}  // namespace

std::string_view host_of(std::string_view name) { return cut(name, '/').before; }

Result<std::string> parse_login_name(std::string_view text) {
  std::string name = name_of_key(text, false);
  while (name.ends_with('/')) name.pop_back();
  auto refuse = [&](std::string_view why) {
    return fail(Code::invalid, "'{}' is not a registry: {}", text, why).with_cure("as in quay.io or quay.io/namespace");
  };
  const bool is_host = name.find('/') == std::string::npos;
  const auto reference = oci::parse_reference(is_host ? name + "/any" : name);
  if (!reference || reference->registry != host_of(name)) return refuse("it is not a host, with a port or a namespace");
  if (!reference->tag.empty() || reference->digest) return refuse("credentials are not for a tag or a digest");
  return name;
}

std::vector<std::string> names_for(std::string_view name) {
  std::vector<std::string> names;
  while (true) {
    names.emplace_back(name);
    const auto [before, after, found] = cut_last(name, '/');
    if (!found) return names;
    name = before;
  }
}

std::string name_of_key(std::string_view key, bool old_format) {
  std::string_view name = without_scheme(key);
  const auto [host, path, has_path] = cut(name, '/');
  const bool is_api = path == "v1/" || path == "v2/";
  if (old_format || is_api || name.size() != key.size()) name = host;
  const auto rest = name.substr(host.size());
  const bool is_hub = host == "index.docker.io" || host == "registry-1.docker.io";
  return fmt::format("{}{}", is_hub ? kDockerHub : host, rest);
}

}  // namespace gantry::registries
