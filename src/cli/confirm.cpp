#include "cli/confirm.hpp"

#include "base/text.hpp"
#include "options/print.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>

namespace gantry::cli {

Result<bool> confirmed(std::string_view warning) {
  TRY(options::print(fmt::format("WARNING! {}\nAre you sure you want to continue? [y/N] ", warning)));
  std::string answer;
  char c = 0;
  while (answer.size() < 100) {
    ssize_t got = read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error::system("read standard input").with_cure("--force asks nothing");
    if (got == 0 || c == '\n') break;
    answer += c;
  }
  const std::string word = to_lower(trim(answer));
  return word == "y" || word == "yes";
}

}  // namespace gantry::cli
