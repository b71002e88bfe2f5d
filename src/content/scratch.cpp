#include "content/scratch.hpp"

#include "base/id.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace gantry::content {

namespace {

std::string new_path(const std::string& tmp) { return tmp + "/" + random_hex(8); }

Result<> take_lock(const Fd& fd, const std::string& path) {
  while (flock(fd.get(), LOCK_EX) < 0)
    if (errno != EINTR) return Error::system("lock {}", path);
  return {};
}

/// Between its making and its locking a sweep may have taken it for abandoned.
bool was_swept(const Fd& fd) {
  struct stat info;
  return fstat(fd.get(), &info) == 0 && info.st_nlink == 0;
}

Result<> sync_folder_of(const std::string& path) {
  std::string folder = path.substr(0, path.rfind('/'));
  Fd fd = TRY(open_folder(folder));
  if (fsync(fd.get()) < 0) return Error::system("fsync {}", folder);
  return {};
}

}  // namespace

Result<Scratch> Scratch::make_file(const std::string& tmp) {
  while (true) {
    std::string path = new_path(tmp);
    Fd fd = TRY(open_file(path, O_RDWR | O_CREAT | O_EXCL, 0644));
    Scratch scratch(std::move(fd), path);
    TRY(take_lock(scratch.fd_, path));
    if (!was_swept(scratch.fd_)) return scratch;
  }
}

Result<Scratch> Scratch::make_folder(const std::string& tmp) {
  while (true) {
    std::string path = new_path(tmp);
    if (mkdir(path.c_str(), 0700) < 0) return Error::system("create folder {}", path);
    auto fd = open_folder(path);
    if (!fd && fd.error().code() == Code::not_found) continue;
    Scratch scratch(TRY(std::move(fd)), path);
    TRY(take_lock(scratch.fd_, path));
    if (!was_swept(scratch.fd_)) return scratch;
  }
}

Result<Scratch> Scratch::take_folder(const std::string& tmp, const std::string& path) {
  Fd fd = TRY(open_folder(path));
  TRY(take_lock(fd, path));
  std::string taken = new_path(tmp);
  if (rename(path.c_str(), taken.c_str()) < 0) return Error::system("move {} to {}", path, taken);
  return Scratch(std::move(fd), std::move(taken));
}

Scratch& Scratch::operator=(Scratch&& other) noexcept {
  if (this != &other) {
    discard();
    fd_ = std::move(other.fd_);
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

Scratch::~Scratch() { discard(); }

void Scratch::discard() {
  // What cannot be removed now is a sweep's work later.
  if (!path_.empty()) best_effort(remove_tree(path_));
  path_.clear();
}

Result<> Scratch::publish(const std::string& target, Sync sync) {
  if (sync == Sync::yes && fsync(fd_.get()) < 0) return Error::system("fsync {}", path_);
  if (rename(path_.c_str(), target.c_str()) == 0) {
    path_.clear();
  } else if (errno == EEXIST || errno == ENOTEMPTY) {
    discard();
  } else {
    return Error::system("move {} to {}", path_, target);
  }
  return sync == Sync::yes ? sync_folder_of(target) : Result<>();
}

Result<std::vector<Scratch>> abandoned(const std::string& tmp) {
  std::vector<Scratch> found;
  for (const auto& name : TRY(list_folder(tmp))) {
    std::string path = tmp + "/" + name;
    auto fd = open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!fd) continue;  // its owner has published it just now, or it is no work of ours
    if (flock(fd->get(), LOCK_EX | LOCK_NB) < 0 || was_swept(*fd)) continue;
    found.push_back(Scratch(std::move(*fd), std::move(path)));
  }
  return found;
}

Result<> replace_through(const std::string& tmp, const std::string& target, std::string_view bytes) {
  Scratch scratch = TRY(Scratch::make_file(tmp));
  TRY(write_all(scratch.fd(), bytes, target));
  return scratch.publish(target, Sync::yes);
}

}  // namespace gantry::content
