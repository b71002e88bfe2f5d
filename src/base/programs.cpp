#include "base/programs.hpp"

#include "base/text.hpp"

#include <unistd.h>

#include <climits>
#include <cstdlib>

namespace gantry {

Result<OwnProgram> own_program() {
  char self[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", self, sizeof self);
  if (length < 0) return Error::system("cannot read /proc/self/exe").with_cure("mount /proc");
  std::string_view file(self, static_cast<std::size_t>(length));
  OwnProgram program{.folder = std::string(cut_last(file, '/').before), .in_memory = file.starts_with("/memfd:")};
  if (const char* folder = getenv(kProgramsVariable); program.in_memory && folder != nullptr) program.folder = folder;
  return program;
}

}  // namespace gantry
