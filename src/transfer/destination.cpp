#include "transfer/destination.hpp"

#include "archive/tar_writer.hpp"
#include "base/file.hpp"
#include "base/id.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <utility>

namespace gantry::transfer {

namespace {

/// Hands `size` bytes of `data` to `write`, and sees to it that there are neither more nor fewer.
template <class Write>
Result<> copy(Source& data, std::uint64_t size, Write write) {
  std::array<std::byte, 1u << 16> buffer;
  std::uint64_t copied = 0;
  while (std::size_t got = TRY(data.read(buffer))) {
    copied += got;
    if (copied > size) return fail(Code::corrupt, "it has more than {} bytes", size);
    TRY(write(Bytes(buffer).first(got)));
  }
  if (copied < size) return fail(Code::corrupt, "it has {} bytes, not {}", copied, size);
  return {};
}

/// A path that gets its content at the end; until then that has another name beside it.
class Unfinished {
 public:
  explicit Unfinished(std::string path) : path_(std::move(path)), temporary_(path_ + ".tmp-" + random_hex(8)) {}
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    if (!temporary_.empty()) best_effort(remove_tree(temporary_));
  }

  const std::string& temporary() const { return temporary_; }
  Result<> finish() {
    if (rename(temporary_.c_str(), path_.c_str()) < 0) return Error::system("rename {} to {}", temporary_, path_);
    temporary_.clear();
    return {};
  }

 private:
  std::string path_;
  std::string temporary_;
};

class Archive final : public Destination {
 public:
  Archive(Fd fd, std::string name, std::unique_ptr<Unfinished> file)
      : file_(std::move(file)), out_(std::move(fd), std::move(name)), writer_(out_) {}

  Result<> put(const std::string& path, std::uint64_t size, Source& data) override {
    TRY(writer_.add({.path = path, .mode = 0644, .size = size}));
    return copy(data, size, [&](Bytes bytes) { return writer_.write(bytes); });
  }

  Result<> finish() override {
    TRY(writer_.finish());
    if (!file_) return {};
    if (fsync(out_.fd().get()) < 0) return Error::system("fsync {}", file_->temporary());
    return file_->finish();
  }

 private:
  std::unique_ptr<Unfinished> file_;  ///< none: a stream
  FileSink out_;
  archive::TarWriter writer_;
};

class Folder final : public Destination {
 public:
  explicit Folder(std::string path) : folder_(std::move(path)) {}

  Result<> put(const std::string& path, std::uint64_t size, Source& data) override {
    std::string whole = folder_.temporary() + "/" + path;
    TRY(make_folders(whole.substr(0, whole.rfind('/'))));
    Fd fd = TRY(open_file(whole, O_WRONLY | O_CREAT | O_EXCL, 0644));
    return copy(data, size, [&](Bytes bytes) { return write_all(fd, as_text(bytes), whole); });
  }

  Result<> finish() override { return folder_.finish(); }

 private:
  Unfinished folder_;
};

bool is_stream(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

}  // namespace

Result<> Destination::put(const std::string& path, std::string_view bytes) {
  MemorySource source(as_bytes(bytes));
  return put(path, bytes.size(), source);
}

Result<std::unique_ptr<Destination>> make_archive(const std::string& path) {
  if (path.empty() || path == "-") {
    if (isatty(STDOUT_FILENO))
      return fail(Code::invalid, "an archive is nothing for a terminal").with_cure("name a file with -o");
    int copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) return Error::system("standard output");
    return std::make_unique<Archive>(Fd(copy), "standard output", nullptr);
  }
  if (is_stream(path)) return std::make_unique<Archive>(TRY(open_file(path, O_WRONLY)), path, nullptr);
  auto file = std::make_unique<Unfinished>(path);
  Fd fd = TRY(open_file(file->temporary(), O_WRONLY | O_CREAT | O_EXCL, 0644));
  return std::make_unique<Archive>(std::move(fd), path, std::move(file));
}

std::unique_ptr<Destination> make_archive(Fd stream, std::string name) {
  return std::make_unique<Archive>(std::move(stream), std::move(name), nullptr);
}

Result<std::unique_ptr<Destination>> make_folder(const std::string& path) {
  if (path_exists(path))
    return fail(Code::exists, "{} exists already", path).with_cure("remove it, or give another name");
  auto folder = std::make_unique<Folder>(path);
  return folder;
}

}  // namespace gantry::transfer
