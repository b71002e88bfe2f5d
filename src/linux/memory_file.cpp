#include "linux/memory_file.hpp"

#include "base/file.hpp"
#include "base/programs.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <vector>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

namespace gantry::linux {

Result<Fd> make_memory_file(const char* name, std::string_view data) {
  Fd file(memfd_create(name, MFD_CLOEXEC));
  if (!file.valid()) return Error::system("create a file in memory");
  TRY(write_all(file, data, name));
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

Result<Fd> make_sealed_program(const std::string& path) {
  Fd source = TRY(open_file(path, O_RDONLY));
  struct stat info;
  if (fstat(source.get(), &info) < 0) return Error::system("read {}", path);
  const std::string name(cut_last(path, '/').after);
  Fd program(memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC));
  // Before Linux 6.3 every memfd is executable and the flag is unknown.
  if (!program.valid() && errno == EINVAL) program = Fd(memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!program.valid()) return Error::system("create a file in memory");
  for (off_t left = info.st_size; left > 0;) {
    ssize_t copied = sendfile(program.get(), source.get(), nullptr, static_cast<std::size_t>(left));
    if (copied < 0 && errno == EINTR) continue;
    if (copied < 0) return Error::system("copy {} into memory", path);
    if (copied == 0) return fail(Code::corrupt, "{} became shorter while it was read", path);
    left -= copied;
  }
  constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  if (fcntl(program.get(), F_ADD_SEALS, kSeals) < 0) return Error::system("seal the copy of {}", path);
  return program;
}

Result<> run_from_memory() {
  const OwnProgram own = TRY(own_program());
  if (own.in_memory) return {};
  Fd program = TRY(make_sealed_program("/proc/self/exe"));
  std::string line = TRY(read_file("/proc/self/cmdline"));
  std::vector<std::string> words = split(line, '\0');
  words.pop_back();  // each word ends with a zero
  setenv(kProgramsVariable, own.folder.c_str(), 1);
  syscall(SYS_execveat, program.get(), "", pointers(words).data(), environ, AT_EMPTY_PATH);
  return Error::system("execute a copy of {} in memory", words.front());
}

}  // namespace gantry::linux
