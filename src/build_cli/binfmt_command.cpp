#include "base/file.hpp"
#include "base/text.hpp"
#include "build_cli/commands.hpp"
#include "linux/binfmt.hpp"
#include "oci/platform.hpp"
#include "options/globals.hpp"
#include "options/print.hpp"
#include "report/table.hpp"

#include <unistd.h>

#include <cstdlib>

namespace gantry::build_cli {

namespace {

using linux::BinfmtHandlers;
using linux::EmulatedMachine;

struct BinfmtArguments {
  std::vector<std::string> words;
};

/// It runs inside of containers, where no libraries of the host are: a static program.
std::string find_qemu(const EmulatedMachine& machine) {
  const char* path = std::getenv("PATH");
  for (const auto& folder : split(path != nullptr ? path : "/usr/bin:/bin", ':'))
    for (const char* ending : {"-static", ""})
      if (const std::string program = fmt::format("{}/qemu-{}{}", folder, machine.qemu, ending);
          access(program.c_str(), X_OK) == 0)
        return program;
  return {};
}

/// Those that are named, or all but this machine's own.
Result<std::vector<const EmulatedMachine*>> machines_of(const std::vector<std::string>& words) {
  std::vector<const EmulatedMachine*> machines;
  for (const auto& word : words) {
    const auto* machine = linux::find_emulated_machine(word.starts_with("linux/") ? word.substr(6) : word);
    if (machine == nullptr)
      return fail(Code::invalid, "'{}' is no machine that is known here", word)
          .with_cure("gantry binfmt ls shows those that are");
    machines.push_back(machine);
  }
  if (!words.empty()) return machines;
  for (const auto& machine : linux::emulated_machines())
    if (machine.architecture != oci::host_platform().architecture) machines.push_back(&machine);
  return machines;
}

Result<bool> install(const BinfmtHandlers& handlers, const EmulatedMachine& machine, bool is_asked_for) {
  if (handlers.has(machine)) return !handlers.interpreter(machine).empty();
  const std::string qemu = find_qemu(machine);
  if (qemu.empty() && !is_asked_for) return false;
  if (qemu.empty())
    return fail(Code::not_found, "there is no qemu-{}-static", machine.qemu)
        .with_cure("install the package qemu-user-static");
  TRY(handlers.add(machine, qemu));
  return true;
}

Result<int> run_install(const options::Globals&, const BinfmtArguments& arguments) {
  const auto handlers = TRY(BinfmtHandlers::open());
  bool has_any = false;
  for (const auto* machine : TRY(machines_of(arguments.words))) {
    if (!TRY(install(handlers, *machine, !arguments.words.empty()))) continue;
    has_any = true;
    TRY(options::print(fmt::format("{}\n", machine->architecture)));
  }
  if (!has_any)
    return fail(Code::not_found, "there is no QEMU of any machine").with_cure("install the package qemu-user-static");
  return 0;
}

Result<int> run_remove(const options::Globals&, const BinfmtArguments& arguments) {
  const auto handlers = TRY(BinfmtHandlers::open());
  for (const auto* machine : TRY(machines_of(arguments.words))) TRY(handlers.remove(*machine));
  return 0;
}

Result<int> run_list(const options::Globals&, const BinfmtArguments&) {
  const auto handlers = TRY(BinfmtHandlers::open());
  report::Table table;
  table.add({"ARCHITECTURE", "RUN BY"});
  for (const auto& machine : linux::emulated_machines()) {
    const bool is_own = machine.architecture == oci::host_platform().architecture;
    table.add({std::string(machine.architecture), is_own ? "this machine" : handlers.interpreter(machine)});
  }
  TRY(options::print(table.text()));
  return 0;
}

constexpr options::Example kExamples[] = {
    {"gantry binfmt install", "Let this machine run what QEMU is installed for"},
    {"gantry build --platform linux/amd64,linux/arm64 -t app .", "Build for two machines then"},
};
constinit const Command kInstall = options::command<run_install>({
    .name = "install",
    .summary = "Let this machine run the programs of others",
    .synopsis = "[ARCHITECTURE...]",
    .description =
        "Tells the kernel to run the programs of these machines, or of all that QEMU's user mode is installed "
        "for, by it: qemu-user-static of Debian. It holds until the next boot. Takes root.",
    .examples = kExamples,
    .words = options::words<&BinfmtArguments::words>({.name = "ARCHITECTURE"}),
});
constinit const Command kList = options::command<run_list>({
    .name = "ls",
    .second_name = "list",
    .summary = "List the machines whose programs can be run",
    .description = "Lists all machines that are known, and what runs the programs of each.",
    .words = options::words<&BinfmtArguments::words>({.name = "", .most = 0}),
});
constinit const Command kRemove = options::command<run_remove>({
    .name = "rm",
    .summary = "Run the programs of other machines no longer",
    .synopsis = "[ARCHITECTURE...]",
    .description = "Of these machines, or of all others. Takes root.",
    .words = options::words<&BinfmtArguments::words>({.name = "ARCHITECTURE"}),
});
constexpr const Command* kCommands[] = {&kInstall, &kList, &kRemove};

}  // namespace

constinit const Command kBinfmt = {
    .name = "binfmt",
    .summary = "Run the programs of other machines",
    .synopsis = "COMMAND",
    .description =
        "What builds for other platforms need where they run commands: QEMU's user mode, known to the kernel.",
    .commands = kCommands,
};

}  // namespace gantry::build_cli
