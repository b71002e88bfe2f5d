#include "runtime/seccomp.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/json_name.hpp"
#include "linux/seccomp.hpp"

#include <sys/utsname.h>

#include <cstdint>

namespace gantry::runtime {

namespace {

linux::SeccompFilter filter_of(const oci::Seccomp& seccomp) {
  linux::SeccompFilter filter;
  filter.default_action = json::enum_name(seccomp.default_action);
  filter.default_errno = seccomp.default_errno_ret;
  for (auto arch : seccomp.architectures) filter.architectures.emplace_back(json::enum_name(arch));
  for (auto flag : seccomp.flags) filter.flags.emplace_back(json::enum_name(flag));
  for (const auto& group : seccomp.syscalls) {
    linux::SeccompRule rule{group.names, json::enum_name(group.action), group.errno_ret, {}};
    for (const auto& arg : group.args)
      rule.args.push_back({arg.index, arg.value, arg.value_two, json::enum_name(arg.op)});
    filter.rules.push_back(std::move(rule));
  }
  return filter;
}

/// FNV-1a: only a name for the file; the text inside decides.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char c : text) hash = (hash ^ c) * 0x100000001b3;
  return hash;
}

/// The config, and the kernel, on which the choice of filter depends too.
std::string cache_key(const oci::Seccomp& seccomp, bool fail_unknown_syscall) {
  utsname kernel{};
  uname(&kernel);
  return fmt::format("{} {} {}\n{}\n", kernel.release, kernel.machine, fail_unknown_syscall, json::encode(seccomp));
}

}  // namespace

Result<CompiledSeccomp> compile_seccomp(const oci::Seccomp& seccomp, bool fail_unknown_syscall,
                                        const std::string& cache) {
  linux::SeccompFilter filter = filter_of(seccomp);
  filter.fail_unknown_syscall = fail_unknown_syscall;
  unsigned flags = TRY(with_context(linux::seccomp_flags(filter), "/linux/seccomp/flags"));
  std::string key = cache_key(seccomp, fail_unknown_syscall);
  std::string file = fmt::format("{}/{:016x}", cache, hash_of(key));
  if (auto kept = read_file(file); kept && kept->starts_with(key))
    return CompiledSeccomp{kept->substr(key.size()), flags};

  std::string program = TRY(with_context(linux::compile_seccomp(filter), "/linux/seccomp"));
  if (make_folders(cache, 0700)) best_effort(replace_file(file, key + program, 0600, Sync::no));
  return CompiledSeccomp{std::move(program), flags};
}

}  // namespace gantry::runtime
