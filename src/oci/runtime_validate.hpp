#pragma once

#include "oci/runtime_spec.hpp"

// The parts of validate(), by section of the specification. Each takes the path of what it looks at.

namespace gantry::oci {

template <class... Args>
Error bad_member(std::string_view path, fmt::format_string<Args...> format, Args&&... args) {
  return fail(Code::invalid, "{}: {}", path, fmt::format(format, std::forward<Args>(args)...));
}

Result<> check_absolute(std::string_view path, std::string_view file);
/// "0-3,7": CPUs or memory nodes.
Result<> check_number_list(std::string_view path, std::string_view list);

Result<> validate_linux(const Spec& spec);
Result<> validate_resources(const Resources& resources, std::string_view path);
Result<> validate_seccomp(const Seccomp& seccomp, std::string_view path);
/// Sysctls that would change the host rather than the container are refused.
Result<> validate_sysctl(const Spec& spec, std::string_view path);

}  // namespace gantry::oci
