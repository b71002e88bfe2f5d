#include "oci/runtime_spec.hpp"

#include "base/json.hpp"

#include <algorithm>

namespace gantry::oci {

Result<Spec> parse_spec(std::string_view text, std::string_view name) { return json::decode<Spec>(text, name); }
std::string write_spec(const Spec& spec) { return json::encode_pretty(spec); }

Result<Process> parse_process(std::string_view text, std::string_view name) {
  return json::decode<Process>(text, name);
}
std::string write_process(const Process& process) { return json::encode(process); }

Result<Resources> parse_resources(std::string_view text, std::string_view name) {
  return json::decode<Resources>(text, name);
}

Result<Seccomp> parse_seccomp(std::string_view text, std::string_view name) {
  return json::decode<Seccomp>(text, name);
}

const Namespace* find_namespace(const Spec& spec, NamespaceType type) {
  if (!spec.linux) return nullptr;
  const auto found = std::ranges::find(spec.linux->namespaces, type, &Namespace::type);
  return found == spec.linux->namespaces.end() ? nullptr : &*found;
}

}  // namespace gantry::oci
