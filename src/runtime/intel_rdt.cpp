#include "runtime/intel_rdt.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace gantry::runtime {

namespace {

/// All that the three members want, a line each; a bandwidth among the cache's lines gives way to memBwSchema.
std::vector<std::string> wanted_lines(const oci::IntelRdt& rdt) {
  std::vector<std::string> lines;
  for (auto& line : split(rdt.l3_cache_schema, '\n'))
    if (!line.empty() && (rdt.mem_bw_schema.empty() || !line.starts_with("MB:"))) lines.push_back(std::move(line));
  if (!rdt.mem_bw_schema.empty()) lines.push_back(rdt.mem_bw_schema);
  lines.insert(lines.end(), rdt.schemata.begin(), rdt.schemata.end());
  return lines;
}

/// "  L3:0=00ff;1=0f" and "L3:0=ff;1=f" are the same.
std::string normalized(std::string_view line) {
  std::string plain;
  for (char c : trim(line)) {
    bool leads = plain.ends_with('=') || plain.ends_with("=0");
    if (plain.ends_with("=0") && c != ';') plain.pop_back();
    if (c != ' ' || !leads) plain += c;
  }
  return plain;
}

Result<> compare(const std::string& folder, const std::vector<std::string>& lines) {
  std::vector<std::string> present;
  for (const auto& line : split(TRY(read_file(folder + "/schemata")), '\n')) present.push_back(normalized(line));
  for (const auto& line : lines)
    if (std::ranges::find(present, normalized(line)) == present.end())
      return fail(Code::invalid, "/linux/intelRdt: '{}' is not what the group {} has", line, folder)
          .with_cure("ask for the same, or for another closID");
  return {};
}

Result<> make_group(const std::string& path) {
  if (mkdir(path.c_str(), 0755) < 0) return Error::system("/linux/intelRdt: make group {}", path);
  return {};
}

}  // namespace

Result<RdtGroup> plan_rdt(const oci::IntelRdt& rdt, const std::string& id, const std::string& resctrl) {
  if (!path_exists(resctrl + "/schemata"))
    return fail(Code::unsupported, "/linux/intelRdt: there is no resctrl file system at {}", resctrl)
        .with_cure("mount it, on a processor that has it, or drop the member");
  const std::vector<std::string> lines = wanted_lines(rdt);
  RdtGroup group;
  group.folder = rdt.clos_id == "/" ? resctrl : fmt::format("{}/{}", resctrl, rdt.clos_id.empty() ? id : rdt.clos_id);
  if (path_exists(group.folder)) {
    if (rdt.clos_id.empty()) return fail(Code::exists, "/linux/intelRdt: group {} exists already", group.folder);
    TRY(compare(group.folder, lines));
  } else {
    if (!rdt.clos_id.empty() && lines.empty())
      return fail(Code::invalid, "/linux/intelRdt/closID: there is no group {}", group.folder)
          .with_cure("make it, or say what it is to have");
    for (const auto& line : lines) group.schemata += line + "\n";
    group.own.push_back(group.folder);
  }
  if (rdt.enable_monitoring) group.own.push_back(group.monitor = group.folder + "/mon_groups/" + id);
  return group;
}

Result<> join_rdt(const RdtGroup& group, pid_t pid) {
  for (const auto& folder : group.own) TRY(make_group(folder));
  if (!group.schemata.empty())
    TRY(with_context(write_value(group.folder + "/schemata", group.schemata), "/linux/intelRdt"));
  for (const auto* folder : {&group.folder, &group.monitor})
    if (!folder->empty()) TRY(with_context(write_value(*folder + "/tasks", fmt::format("{}", pid)), "/linux/intelRdt"));
  return {};
}

Result<> remove_rdt(const std::vector<std::string>& own) {
  for (auto folder = own.rbegin(); folder != own.rend(); ++folder)
    if (rmdir(folder->c_str()) < 0 && errno != ENOENT) return Error::system("remove group {}", *folder);
  return {};
}

}  // namespace gantry::runtime
