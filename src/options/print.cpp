#include "options/print.hpp"

#include <unistd.h>

#include <cerrno>

namespace gantry::options {

Result<> print(std::string_view text) {
  while (!text.empty()) {
    ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Error::system("cannot write to standard output");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace gantry::options
