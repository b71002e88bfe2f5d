#include "runtime/labels.hpp"

#include "base/file.hpp"
#include "linux/path.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>

namespace gantry::runtime {

namespace {

Error not_running(std::string_view member, std::string_view module) {
  return fail(Code::unsupported, "{}: this kernel does not run {}", member, module)
      .with_cure("drop it from the config");
}

Result<Fd> open_procfs() {
  Fd proc = TRY(open_file("/proc", O_PATH | O_DIRECTORY));
  struct statfs info;
  if (fstatfs(proc.get(), &info) < 0 || info.f_type != PROC_SUPER_MAGIC)
    return fail(Code::denied, "/proc is no procfs").with_cure("mount one there");
  return proc;
}

/// One write(2), into the calling thread's own file.
Result<> write_attribute(const Labels& labels, const std::string& file, std::string_view value) {
  std::array<char, 64> self;
  ssize_t length = readlinkat(labels.proc.get(), "thread-self", self.data(), self.size());
  if (length < 0) return Error::system("find this thread in /proc");
  std::string path = fmt::format("{}/attr/{}", std::string_view(self.data(), static_cast<std::size_t>(length)), file);
  Fd attribute = TRY(linux::open_beneath(labels.proc, path, O_WRONLY));
  if (write(attribute.get(), value.data(), value.size()) < 0) return Error::system("write '{}' into {}", value, path);
  return {};
}

/// The file that AppArmor has to itself since Linux 5.8, else the one that all modules shared.
Result<> set_apparmor(const Labels& labels) {
  std::string value = "exec " + labels.apparmor;
  auto written = write_attribute(labels, "apparmor/exec", value);
  if (written || written.error().code() != Code::not_found) return written;
  return write_attribute(labels, "exec", value);
}

}  // namespace

bool has_apparmor() {
  auto enabled = read_file("/sys/module/apparmor/parameters/enabled");
  return enabled && enabled->starts_with('Y');
}

bool has_selinux() {
  struct statfs info;
  return statfs("/sys/fs/selinux", &info) == 0 && info.f_type == SELINUX_MAGIC;
}

Result<Labels> plan_labels(const oci::Process& process) {
  Labels labels{process.apparmor_profile, process.selinux_label, {}};
  if (labels.apparmor.empty() && labels.selinux.empty()) return labels;
  if (!labels.apparmor.empty() && !has_apparmor()) return not_running("/process/apparmorProfile", "AppArmor");
  if (!labels.selinux.empty() && !has_selinux()) return not_running("/process/selinuxLabel", "SELinux");
  labels.proc = TRY(open_procfs());
  return labels;
}

Result<> check_mount_label(const oci::Spec& spec) {
  if (!spec.linux || spec.linux->mount_label.empty() || has_selinux()) return {};
  return not_running("/linux/mountLabel", "SELinux");
}

Result<> apply_labels(const Labels& labels) {
  if (!labels.apparmor.empty()) TRY(with_context(set_apparmor(labels), "/process/apparmorProfile"));
  if (!labels.selinux.empty())
    TRY(with_context(write_attribute(labels, "exec", labels.selinux), "/process/selinuxLabel"));
  return {};
}

}  // namespace gantry::runtime
