#include "options/print.hpp"

#include <unistd.h>

#include <cerrno>

namespace gantry::options {

namespace {

Result<> write_to(int fd, std::string_view text, std::string_view name) {
  while (!text.empty()) {
    ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Error::system("cannot write to {}", name);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<> print(std::string_view text) { return write_to(STDOUT_FILENO, text, "standard output"); }
Result<> print_error(std::string_view text) { return write_to(STDERR_FILENO, text, "standard error"); }

}  // namespace gantry::options
