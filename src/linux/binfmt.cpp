#include "linux/binfmt.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <sys/mount.h>

#include <algorithm>
#include <cerrno>

namespace gantry::linux {

namespace {

constexpr const char* kFolder = "/proc/sys/fs/binfmt_misc";
constexpr const char* kRegister = "/proc/sys/fs/binfmt_misc/register";

constexpr EmulatedMachine kMachines[] = {
    {"386", "i386", false, false, 3},
    {"amd64", "x86_64", true, false, 62},
    {"arm", "arm", false, false, 40},
    {"arm64", "aarch64", true, false, 183},
    {"loong64", "loongarch64", true, false, 258},
    {"mips64", "mips64", true, true, 8},
    {"mips64le", "mips64el", true, false, 8},
    {"ppc64", "ppc64", true, true, 21},
    {"ppc64le", "ppc64le", true, false, 21},
    {"riscv64", "riscv64", true, false, 243},
    {"s390x", "s390x", true, true, 22},
};

constexpr std::size_t kElfAbi = 7;    // e_ident[EI_OSABI]: any
constexpr std::size_t kElfType = 16;  // e_type, behind e_ident

/// A half-word of the ELF header.
void append(std::string& bytes, std::uint16_t number, bool is_big_endian) {
  const auto low = static_cast<char>(number & 0xff), high = static_cast<char>(number >> 8);
  bytes += is_big_endian ? high : low;
  bytes += is_big_endian ? low : high;
}

std::string escaped(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
  return text;
}

}  // namespace

std::span<const EmulatedMachine> emulated_machines() { return kMachines; }

const EmulatedMachine* find_emulated_machine(std::string_view architecture) {
  const auto* found = std::ranges::find(kMachines, architecture, &EmulatedMachine::architecture);
  return found == std::end(kMachines) ? nullptr : found;
}

std::string binfmt_line(const EmulatedMachine& machine, std::string_view interpreter) {
  std::string magic =
      "\x7f"
      "ELF";
  magic += static_cast<char>(machine.is_64_bit ? 2 : 1);
  magic += static_cast<char>(machine.is_big_endian ? 2 : 1);
  magic += '\1';
  magic.resize(kElfType);
  append(magic, 2, machine.is_big_endian);  // ET_EXEC
  append(magic, machine.number, machine.is_big_endian);
  std::string mask(magic.size(), '\xff');
  mask[kElfAbi] = '\0';
  mask[kElfType + (machine.is_big_endian ? 1 : 0)] = '\xfe';  // or ET_DYN
  return fmt::format(":qemu-{}:M::{}:{}:{}:CF", machine.qemu, escaped(magic), escaped(mask), interpreter);
}

std::string BinfmtHandlers::path_of(const EmulatedMachine& machine) {
  return fmt::format("{}/qemu-{}", kFolder, machine.qemu);
}

Result<BinfmtHandlers> BinfmtHandlers::open() {
  if (path_exists(kRegister)) return BinfmtHandlers();
  if (mount("binfmt_misc", kFolder, "binfmt_misc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0)
    return BinfmtHandlers();
  if (errno == ENODEV || errno == ENOENT)
    return fail(Code::unsupported, "the kernel runs no programs of other machines").with_cure("modprobe binfmt_misc");
  return Error::system("mount binfmt_misc on {}", kFolder);
}

bool BinfmtHandlers::has(const EmulatedMachine& machine) const { return path_exists(path_of(machine)); }

std::string BinfmtHandlers::interpreter(const EmulatedMachine& machine) const {
  const auto text = read_file(path_of(machine));
  if (!text || !text->starts_with("enabled")) return {};
  for (const auto& line : split(*text, '\n'))
    if (line.starts_with("interpreter ")) return line.substr(std::string_view("interpreter ").size());
  return {};
}

Result<> BinfmtHandlers::add(const EmulatedMachine& machine, std::string_view interpreter) const {
  return with_context(write_value(kRegister, binfmt_line(machine, interpreter)), "have {} run programs of {}",
                      interpreter, machine.architecture);
}

Result<> BinfmtHandlers::remove(const EmulatedMachine& machine) const {
  if (!has(machine)) return {};
  return write_value(path_of(machine), "-1");
}

}  // namespace gantry::linux
