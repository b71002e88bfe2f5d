#include "content/claim.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

namespace gantry::content {

Result<Claim> Claim::acquire(const std::string& tmp, const std::string& name, int operation) {
  std::string path = tmp + "/" + name;
  while (true) {
    Fd fd = TRY(open_file(path, O_RDONLY | O_CREAT | O_NOFOLLOW, 0600));
    while (flock(fd.get(), operation) < 0) {
      if (errno == EWOULDBLOCK) return fail(Code::busy, "{} is claimed by another process", name);
      if (errno != EINTR) return Error::system("lock {}", path);
    }
    // Whoever had it has removed the file: those who wait for that one meet again at a new one.
    struct stat info;
    if (fstat(fd.get(), &info) == 0 && info.st_nlink > 0) return Claim(std::move(fd), std::move(path));
  }
}

Result<Claim> Claim::take(const std::string& tmp, const std::string& name) { return acquire(tmp, name, LOCK_EX); }

Result<Claim> Claim::try_take(const std::string& tmp, const std::string& name) {
  return acquire(tmp, name, LOCK_EX | LOCK_NB);
}

Claim& Claim::operator=(Claim&& other) noexcept {
  if (this != &other) {
    release();
    fd_ = std::move(other.fd_);
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

void Claim::release() {
  if (path_.empty()) return;
  best_effort(remove_file(path_));
  flock(fd_.get(), LOCK_UN);  // a child that has inherited the descriptor must not keep it
  fd_.close();
  path_.clear();
}

}  // namespace gantry::content
