#include "transfer/output_file.hpp"

#include "base/file.hpp"
#include "base/id.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace gantry::transfer {

namespace {

bool is_stream(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

}  // namespace

Unfinished::Unfinished(std::string path) : path_(std::move(path)), temporary_(path_ + ".tmp-" + random_hex(8)) {}

Unfinished::~Unfinished() {
  if (!temporary_.empty()) best_effort(remove_tree(temporary_));
}

Result<> Unfinished::finish() {
  if (rename(temporary_.c_str(), path_.c_str()) < 0) return Error::system("rename {} to {}", temporary_, path_);
  temporary_.clear();
  return {};
}

Result<OutputFile> OutputFile::open(const std::string& path) {
  if (path.empty() || path == "-") {
    if (isatty(STDOUT_FILENO))
      return fail(Code::invalid, "an archive is nothing for a terminal").with_cure("name a file with -o");
    int copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) return Error::system("standard output");
    return OutputFile(Fd(copy), "standard output", nullptr);
  }
  if (is_stream(path)) return OutputFile(TRY(open_file(path, O_WRONLY)), path, nullptr);
  auto file = std::make_unique<Unfinished>(path);
  Fd fd = TRY(open_file(file->temporary(), O_WRONLY | O_CREAT | O_EXCL, 0644));
  return OutputFile(std::move(fd), path, std::move(file));
}

Result<> OutputFile::finish() {
  if (!file_) return {};
  if (fsync(out_.fd().get()) < 0) return Error::system("fsync {}", file_->temporary());
  return file_->finish();
}

}  // namespace gantry::transfer
