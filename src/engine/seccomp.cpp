#include "engine/seccomp.hpp"

#include "base/file.hpp"
#include "engine/seccomp_profile.hpp"
#include "oci/runtime_spec.hpp"

namespace gantry::engine {

namespace {

Result<linux::CapabilityMask> mask_of(const std::vector<std::string>& names) {
  linux::CapabilityMask mask = 0;
  for (const auto& name : names) mask |= linux::capability_bit(TRY(linux::capability_from_name(name)));
  return mask;
}

Result<oci::Seccomp> read_profile(const std::string& path) {
  std::string text = TRY(with_context(read_file(path), "read the seccomp profile"));
  // Rules that hold only with some capability or architecture would be applied always: never guess about a filter.
  for (const char* condition : {"\"includes\": {\"", "\"excludes\": {\"", "\"includes\":{\"", "\"excludes\":{\""})
    if (text.find(condition) != std::string::npos)
      return fail(Code::unsupported, "seccomp profile {} has conditions (includes, excludes)", path)
          .with_cure("write the rules out for this container, in runtime-spec's form");
  return oci::parse_seccomp(text, path);
}

}  // namespace

Result<std::optional<oci::Seccomp>> build_seccomp(const ContainerConfig& config,
                                                  const oci::Capabilities& capabilities) {
  if (config.seccomp == "unconfined" || (config.seccomp.empty() && config.privileged))
    return std::optional<oci::Seccomp>();
  if (!config.seccomp.empty()) return std::optional(TRY(read_profile(config.seccomp)));
  return std::optional(default_seccomp(TRY(mask_of(capabilities.bounding))));
}

}  // namespace gantry::engine
