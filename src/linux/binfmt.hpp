#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// binfmt_misc (Documentation/admin-guide/binfmt-misc.rst): which program runs the programs of other machines.

namespace gantry::linux {

/// A machine that QEMU's user mode can be.
struct EmulatedMachine {
  std::string_view architecture;  ///< as images call it: "arm64"
  std::string_view qemu;          ///< as QEMU calls it: "aarch64"
  bool is_64_bit = true;
  bool is_big_endian = false;
  std::uint16_t number = 0;  ///< e_machine of its ELF files (elf(5))
};
std::span<const EmulatedMachine> emulated_machines();
/// Null for another name.
const EmulatedMachine* find_emulated_machine(std::string_view architecture);

/// What is written to `register`: the ELF executables of a machine are run by `interpreter`, which the kernel opens
/// now, so that it need not be seen where they are run (flag F), with the rights of the file that is run (C).
std::string binfmt_line(const EmulatedMachine& machine, std::string_view interpreter);

/// The handlers of this user namespace, or of one above that has some: by names as qemu-user-static's "qemu-aarch64".
class BinfmtHandlers {
 public:
  /// Mounts it where it is not. Code::unsupported when the kernel lacks it.
  static Result<BinfmtHandlers> open();

  bool has(const EmulatedMachine& machine) const;
  /// The program that runs them; empty: none does, or it is switched off.
  std::string interpreter(const EmulatedMachine& machine) const;
  Result<> add(const EmulatedMachine& machine, std::string_view interpreter) const;
  /// Fine when there is none.
  Result<> remove(const EmulatedMachine& machine) const;

 private:
  static std::string path_of(const EmulatedMachine& machine);
};

}  // namespace gantry::linux
