#pragma once

#include "base/json_options.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// runtime-spec 1.3 config-linux.md, "Seccomp".

namespace gantry::oci {

enum class SeccompAction { kill, kill_process, kill_thread, trap, errno_, trace, allow, log, notify };
BOOST_DESCRIBE_ENUM(SeccompAction, kill, kill_process, kill_thread, trap, errno_, trace, allow, log, notify)
constexpr json::Options json_options(const SeccompAction*) {
  return {.style = json::Style::upper, .prefix = "SCMP_ACT_"};
}

enum class SeccompOperator { ne, lt, le, eq, ge, gt, masked_eq };
BOOST_DESCRIBE_ENUM(SeccompOperator, ne, lt, le, eq, ge, gt, masked_eq)
constexpr json::Options json_options(const SeccompOperator*) {
  return {.style = json::Style::upper, .prefix = "SCMP_CMP_"};
}

enum class SeccompArch {
  x86,
  x86_64,
  x32,
  arm,
  aarch64,
  loongarch64,
  m68k,
  mips,
  mips64,
  mips64n32,
  mipsel,
  mipsel64,
  mipsel64n32,
  parisc,
  parisc64,
  ppc,
  ppc64,
  ppc64le,
  riscv64,
  s390,
  s390x,
  sh,
  sheb
};
BOOST_DESCRIBE_ENUM(SeccompArch, x86, x86_64, x32, arm, aarch64, loongarch64, m68k, mips, mips64, mips64n32, mipsel,
                    mipsel64, mipsel64n32, parisc, parisc64, ppc, ppc64, ppc64le, riscv64, s390, s390x, sh, sheb)
constexpr json::Options json_options(const SeccompArch*) {
  return {.style = json::Style::upper, .prefix = "SCMP_ARCH_"};
}

enum class SeccompFlag { tsync, log, spec_allow, wait_killable_recv };
BOOST_DESCRIBE_ENUM(SeccompFlag, tsync, log, spec_allow, wait_killable_recv)
constexpr json::Options json_options(const SeccompFlag*) {
  return {.style = json::Style::upper, .prefix = "SECCOMP_FILTER_FLAG_"};
}

/// A condition on one argument of a system call.
struct SeccompArg {
  std::uint32_t index = 0;  ///< 0 to 5
  std::uint64_t value = 0;  ///< with masked_eq: the mask
  std::uint64_t value_two = 0;
  SeccompOperator op = SeccompOperator::eq;

  bool operator==(const SeccompArg&) const = default;
};
BOOST_DESCRIBE_STRUCT(SeccompArg, (), (index, value, value_two, op))
constexpr json::Options json_options(const SeccompArg*) { return {.required = {"index", "value", "op"}}; }

struct SeccompSyscalls {
  std::vector<std::string> names;
  SeccompAction action = SeccompAction::allow;
  std::optional<std::uint32_t> errno_ret;  ///< for errno and trace; absent: EPERM
  std::vector<SeccompArg> args;

  bool operator==(const SeccompSyscalls&) const = default;
};
BOOST_DESCRIBE_STRUCT(SeccompSyscalls, (), (names, action, errno_ret, args))
constexpr json::Options json_options(const SeccompSyscalls*) { return {.required = {"names", "action"}}; }

struct Seccomp {
  SeccompAction default_action = SeccompAction::allow;
  std::optional<std::uint32_t> default_errno_ret;  ///< absent: EPERM
  std::vector<SeccompArch> architectures;          ///< empty: the native one
  std::vector<SeccompFlag> flags;
  std::string listener_path;      ///< unix socket that gets the notify descriptor
  std::string listener_metadata;  ///< sent along with it
  std::vector<SeccompSyscalls> syscalls;

  bool operator==(const Seccomp&) const = default;
};
BOOST_DESCRIBE_STRUCT(Seccomp, (),
                      (default_action, default_errno_ret, architectures, flags, listener_path, listener_metadata,
                       syscalls))
constexpr json::Options json_options(const Seccomp*) { return {.required = {"default_action"}}; }

}  // namespace gantry::oci
