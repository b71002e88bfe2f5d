#include "linux/copy_data.hpp"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::linux {

namespace {

constexpr std::size_t kMost = 1u << 30;  ///< bytes that one system call is asked for

/// What is at the same place of both files, at most `size` bytes; 0 at the end.
Result<off_t> copy_piece(const Fd& from, const Fd& to, off_t place, std::size_t size) {
  off_t read = place, written = place;
  const ssize_t copied = copy_file_range(from.get(), &read, to.get(), &written, size, 0);
  if (copied > 0) return copied;
  // Two file systems, one that cannot, or a file of proc(5), which is empty to it.
  if (lseek(to.get(), place, SEEK_SET) < 0) return Error::system("find the place in the copy");
  ssize_t sent;
  do {
    sent = sendfile(to.get(), from.get(), &place, size);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return Error::system("copy the file's data");
  return sent;
}

Result<> copy_range(const Fd& from, const Fd& to, off_t start, off_t end) {
  while (start < end) {
    const auto left = static_cast<std::size_t>(end - start);
    const off_t copied = TRY(copy_piece(from, to, start, left < kMost ? left : kMost));
    if (copied == 0) return {};  // it has become shorter
    start += copied;
  }
  return {};
}

/// Also what was written meanwhile, and files that do not tell how long they are.
Result<> copy_rest(const Fd& from, const Fd& to, off_t place) {
  while (const off_t copied = TRY(copy_piece(from, to, place, kMost))) place += copied;
  return {};
}

}  // namespace

Result<> copy_data(const Fd& from, const Fd& to) {
  if (ioctl(to.get(), FICLONE, from.get()) == 0) return {};
  struct stat info;
  if (fstat(from.get(), &info) < 0) return Error::system("look at the file");
  for (off_t place = 0; place < info.st_size;) {
    const off_t start = lseek(from.get(), place, SEEK_DATA);
    if (start < 0 && errno == ENXIO) break;  // nothing but a hole to the end
    const off_t end = start < 0 ? info.st_size : lseek(from.get(), start, SEEK_HOLE);
    if (end < 0) return Error::system("look for holes of the file");
    TRY(copy_range(from, to, start < 0 ? place : start, end));
    place = end;
  }
  if (ftruncate(to.get(), info.st_size) < 0) return Error::system("set the length of the copy");
  return copy_rest(from, to, info.st_size);
}

}  // namespace gantry::linux
