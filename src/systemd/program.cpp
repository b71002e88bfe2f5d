#include "systemd/program.hpp"

#include "base/error_packet.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "systemd/manager.hpp"

#include <unistd.h>

#include <csignal>

namespace gantry::systemd {

namespace {

Result<std::string> carry_out(const std::string& verb, const std::string& unit, const std::vector<std::string>& rest) {
  Manager manager = TRY(Manager::connect());
  if (verb == "start") return manager.start_scope(unit, TRY(parse_properties(rest)));
  if (verb == "set") TRY(manager.set(unit, TRY(parse_properties(rest))));
  else if (verb == "attach" && rest.size() == 1)
    TRY(manager.attach(unit, static_cast<pid_t>(TRY(parse_signed(rest[0])))));
  else if (verb == "stop" && rest.empty()) TRY(manager.stop(unit));
  else return fail(Code::invalid, "gantry-systemd has no request '{}'", verb);
  return std::string();
}

Result<std::string> answer(const std::vector<std::string>& words) {
  if (words.size() < 2)
    return fail(Code::invalid, "gantry-systemd takes a request and a unit").with_cure("gantry-runtime calls it");
  return carry_out(words[0], words[1], {words.begin() + 2, words.end()});
}

}  // namespace

int run_systemd(std::span<char* const> argv) {
  const std::vector<std::string> words(argv.begin() + (argv.empty() ? 0 : 1), argv.end());
  auto result = answer(words);
  Fd out(STDOUT_FILENO);
  auto written = write_all(out, result ? "ok " + *result : pack_error(result.error()), "the answer");
  if (!result || !written) return 1;
  out.close();
  // A scope lives as long as a process is in it: until the container's is.
  if (words[0] == "start") best_effort(read_all(Fd(STDIN_FILENO), "stdin"));
  return 0;
}

}  // namespace gantry::systemd
