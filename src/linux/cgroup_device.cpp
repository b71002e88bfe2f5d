#include "linux/cgroup_device.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <ranges>

namespace gantry::linux {

namespace {

std::string number_text(const std::optional<std::uint32_t>& number) {
  return number ? fmt::format("{}", *number) : "*";
}

Result<> set_v1_rules(const Cgroup& cgroup, std::span<const DeviceRule> rules) {
  // Deny all first: what no rule speaks of is denied, and rules from before are gone.
  TRY(cgroup.write("devices", "devices.deny", "a"));
  for (const auto& rule : rules) {
    const char* file = rule.allow ? "devices.allow" : "devices.deny";
    if (rule.type == 'a') {
      TRY(cgroup.write("devices", file, "a"));
      continue;
    }
    TRY(cgroup.write(
        "devices", file,
        fmt::format("{} {}:{} {}", rule.type, number_text(rule.major), number_text(rule.minor), rule.access)));
  }
  return {};
}

// On v2 a program answers that looks at bpf_cgroup_dev_ctx.

bpf_insn load_word(int to, int from, std::size_t offset) {
  return {.code = BPF_LDX | BPF_MEM | BPF_W,
          .dst_reg = static_cast<__u8>(to),
          .src_reg = static_cast<__u8>(from),
          .off = static_cast<__s16>(offset),
          .imm = 0};
}
bpf_insn set_value(int to, std::int32_t value) {
  return {.code = BPF_ALU | BPF_MOV | BPF_K, .dst_reg = static_cast<__u8>(to), .src_reg = 0, .off = 0, .imm = value};
}
bpf_insn copy_register(int to, int from) {
  return {.code = BPF_ALU | BPF_MOV | BPF_X,
          .dst_reg = static_cast<__u8>(to),
          .src_reg = static_cast<__u8>(from),
          .off = 0,
          .imm = 0};
}
bpf_insn and_value(int to, std::int32_t value) {
  return {.code = BPF_ALU | BPF_AND | BPF_K, .dst_reg = static_cast<__u8>(to), .src_reg = 0, .off = 0, .imm = value};
}
bpf_insn shift_right(int to, std::int32_t bits) {
  return {.code = BPF_ALU | BPF_RSH | BPF_K, .dst_reg = static_cast<__u8>(to), .src_reg = 0, .off = 0, .imm = bits};
}
bpf_insn jump_unless_equal(int what, std::int32_t value, int over) {
  return {.code = BPF_JMP32 | BPF_JNE | BPF_K,
          .dst_reg = static_cast<__u8>(what),
          .src_reg = 0,
          .off = static_cast<__s16>(over),
          .imm = value};
}
bpf_insn leave() { return {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}; }

constexpr int kType = BPF_REG_2, kAccess = BPF_REG_3, kMajor = BPF_REG_4, kMinor = BPF_REG_5, kScratch = BPF_REG_6;

std::int32_t access_bits(std::string_view access) {
  std::int32_t bits = 0;
  for (char c : access) bits |= c == 'm' ? BPF_DEVCG_ACC_MKNOD : c == 'r' ? BPF_DEVCG_ACC_READ : BPF_DEVCG_ACC_WRITE;
  return bits;
}

constexpr std::int32_t kAnyAccess = BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE;

bool speaks_of_all(const DeviceRule& rule) {
  return rule.type == 'a' && access_bits(rule.access) == kAnyAccess && !rule.major && !rule.minor;
}

/// The answer of `rule` when it speaks of the device, else what comes after.
void append_rule(std::vector<bpf_insn>& program, const DeviceRule& rule) {
  std::vector<bpf_insn> checks;
  std::vector<std::size_t> jumps;
  auto unless_equal = [&](int what, std::int32_t value) {
    jumps.push_back(checks.size());
    checks.push_back(jump_unless_equal(what, value, 0));
  };
  if (rule.type != 'a') unless_equal(kType, rule.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
  std::int32_t access = access_bits(rule.access);
  if (access != kAnyAccess) {
    // An allowing rule must cover all of what is wanted, a denying one any of it.
    checks.push_back(copy_register(kScratch, kAccess));
    checks.push_back(and_value(kScratch, rule.allow ? kAnyAccess & ~access : access));
    if (rule.allow) {
      unless_equal(kScratch, 0);
    } else {
      checks.push_back({.code = BPF_JMP32 | BPF_JEQ | BPF_K, .dst_reg = kScratch, .src_reg = 0, .off = 0, .imm = 0});
      jumps.push_back(checks.size() - 1);
    }
  }
  if (rule.major) unless_equal(kMajor, static_cast<std::int32_t>(*rule.major));
  if (rule.minor) unless_equal(kMinor, static_cast<std::int32_t>(*rule.minor));
  checks.push_back(set_value(BPF_REG_0, rule.allow ? 1 : 0));
  checks.push_back(leave());
  for (std::size_t at : jumps) checks[at].off = static_cast<__s16>(checks.size() - at - 1);
  program.insert(program.end(), checks.begin(), checks.end());
}

std::string bytes_of(const std::vector<bpf_insn>& program) {
  return std::string(reinterpret_cast<const char*>(program.data()), program.size() * sizeof(bpf_insn));
}

Result<Fd> load_program(const std::string& instructions) {
  static constexpr char kLicense[] = "Apache-2.0";
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = reinterpret_cast<std::uintptr_t>(instructions.data());
  attributes.insn_cnt = static_cast<__u32>(instructions.size() / sizeof(bpf_insn));
  attributes.license = reinterpret_cast<std::uintptr_t>(kLicense);
  long fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes);
  if (fd < 0) return Error::system("load the device program");
  return Fd(static_cast<int>(fd));
}

/// Programs that were attached to this very cgroup before.
Result<std::vector<Fd>> attached_programs(const Fd& folder) {
  std::array<__u32, 64> ids;  // the kernel's own limit for a cgroup
  bpf_attr attributes{};
  attributes.query.target_fd = static_cast<__u32>(folder.get());
  attributes.query.attach_type = BPF_CGROUP_DEVICE;
  attributes.query.prog_ids = reinterpret_cast<std::uintptr_t>(ids.data());
  attributes.query.prog_cnt = ids.size();
  if (syscall(SYS_bpf, BPF_PROG_QUERY, &attributes, sizeof attributes) < 0)
    return Error::system("list the device programs");
  std::vector<Fd> programs;
  for (__u32 id : std::span(ids).first(attributes.query.prog_cnt)) {
    bpf_attr wanted{};
    wanted.prog_id = id;
    Fd program(static_cast<int>(syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &wanted, sizeof wanted)));
    if (!program.valid()) return Error::system("open device program {}", id);
    programs.push_back(std::move(program));
  }
  return programs;
}

Result<> change_attachment(int command, const Fd& folder, const Fd& program) {
  bpf_attr attributes{};
  attributes.target_fd = static_cast<__u32>(folder.get());
  attributes.attach_bpf_fd = static_cast<__u32>(program.get());
  attributes.attach_type = BPF_CGROUP_DEVICE;
  // All programs from the root down must agree; without this flag a container could have none of its own below.
  if (command == BPF_PROG_ATTACH) attributes.attach_flags = BPF_F_ALLOW_MULTI;
  if (syscall(SYS_bpf, command, &attributes, sizeof attributes) < 0)
    return Error::system("{} the device program", command == BPF_PROG_ATTACH ? "attach" : "detach");
  return {};
}

Result<> set_v2_rules(const Cgroup& cgroup, std::span<const DeviceRule> rules) {
  Fd folder = TRY(open_folder(cgroup.folder("")));
  Fd program = TRY(load_program(TRY(compile_device_rules(rules))));
  auto before = TRY(attached_programs(folder));
  TRY(change_attachment(BPF_PROG_ATTACH, folder, program));
  for (const Fd& old : before) TRY(change_attachment(BPF_PROG_DETACH, folder, old));
  return {};
}

Result<> check_rules(std::span<const DeviceRule> rules) {
  for (const auto& rule : rules) {
    if (rule.type != 'a' && rule.type != 'b' && rule.type != 'c')
      return fail(Code::invalid, "'{}' is not a type of device", rule.type).with_cure("use a, b or c");
    if (rule.access.empty() || rule.access.find_first_not_of("rwm") != std::string::npos)
      return fail(Code::invalid, "'{}' is not an access to devices", rule.access).with_cure("use some of r, w and m");
  }
  return {};
}

}  // namespace

Result<std::string> compile_device_rules(std::span<const DeviceRule> rules) {
  TRY(check_rules(rules));
  std::vector<bpf_insn> program{
      load_word(kType, BPF_REG_1, offsetof(bpf_cgroup_dev_ctx, access_type)),
      copy_register(kAccess, kType),
      and_value(kType, 0xffff),
      shift_right(kAccess, 16),
      load_word(kMajor, BPF_REG_1, offsetof(bpf_cgroup_dev_ctx, major)),
      load_word(kMinor, BPF_REG_1, offsetof(bpf_cgroup_dev_ctx, minor)),
  };
  // The last rule that speaks of a device decides, so the last comes first. Nothing may follow one that speaks of all:
  // the kernel refuses a program with a part that is never reached.
  for (const auto& rule : rules | std::views::reverse) {
    append_rule(program, rule);
    if (speaks_of_all(rule)) return bytes_of(program);
  }
  program.push_back(set_value(BPF_REG_0, 0));
  program.push_back(leave());
  return bytes_of(program);
}

Result<> set_device_rules(const Cgroup& cgroup, std::span<const DeviceRule> rules) {
  TRY(check_rules(rules));
  if (cgroup.has("devices") && !cgroup.is_v2("devices")) return set_v1_rules(cgroup, rules);
  if (!cgroup.has(""))
    return fail(Code::unsupported, "cgroup {} cannot control devices", cgroup.path())
        .with_cure("this takes cgroup v2 or the v1 controller 'devices'");
  return with_context(set_v2_rules(cgroup, rules), "set the device rules of cgroup {}", cgroup.path());
}

}  // namespace gantry::linux
