#include "store/tree_size.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <set>
#include <utility>

namespace gantry::store {

namespace {

constexpr int kDeepest = 1000;

class Count {
 public:
  explicit Count(dev_t device) : device_(device) {}

  void add(const Fd& folder, int depth = 0) {
    auto names = list_folder_at(folder.get(), ".");
    if (!names) return;
    for (const auto& name : *names) {
      struct stat info;
      if (fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0 || info.st_dev != device_) continue;
      count(info);
      if (!S_ISDIR(info.st_mode) || depth == kDeepest) continue;
      auto below = open_at(folder.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      if (below) add(*below, depth + 1);
    }
  }
  void count(const struct stat& info) {
    bool is_new = S_ISDIR(info.st_mode) || info.st_nlink < 2 || seen_.insert(info.st_ino).second;
    if (is_new) bytes_ += static_cast<std::uint64_t>(info.st_blocks) * 512;
  }
  std::uint64_t bytes() const { return bytes_; }

 private:
  dev_t device_;
  std::set<ino_t> seen_;  ///< files with several names
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::uint64_t tree_size(const std::string& path) {
  auto folder = open_file(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  struct stat info;
  if (!folder || fstat(folder->get(), &info) < 0) return 0;
  Count count(info.st_dev);
  count.count(info);
  count.add(*folder);
  return count.bytes();
}

}  // namespace gantry::store
