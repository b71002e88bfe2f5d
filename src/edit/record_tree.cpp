#include "edit/record.hpp"

#include "archive/file_reading.hpp"
#include "archive/hash.hpp"
#include "archive/layer_path.hpp"
#include "base/file.hpp"
#include "linux/path.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace gantry::edit {

namespace {

using archive::Kind;

Result<std::string> digest_of(const Fd& file, std::vector<std::byte>& buffer) {
  archive::Hasher hasher;
  PositionedSource source(file, 0, "it");
  while (std::size_t got = TRY(source.read(buffer))) hasher.update(Bytes(buffer).first(got));
  return hasher.finish().hex();
}

/// Folders whose names are still to be read. Threads take them from here and bring what they find below.
class Walk {
 public:
  explicit Walk(const Fd& root) : root_(root) {}

  Result<Record> run() {
    TRY(start());
    {
      std::vector<std::jthread> threads;
      for (unsigned i = 0; i < std::clamp(std::thread::hardware_concurrency(), 1u, 4u); ++i)
        threads.emplace_back([this] { work(); });
    }
    if (error_) return std::move(*error_);
    return std::move(record_);
  }

 private:
  using Found = std::vector<std::pair<std::string, RecordedNode>>;

  Result<> start() {
    Fd folder = TRY(open_at(root_.get(), ".", O_RDONLY | O_DIRECTORY));
    struct stat info;
    if (fstat(folder.get(), &info) < 0) return Error::system("look at the folder");
    RecordedNode node;
    node.entry = archive::entry_of(info, Kind::directory);
    node.entry.xattrs = TRY(archive::read_xattrs(folder)).kept;
    record_.emplace("", std::move(node));
    folders_.emplace_back();
    return {};
  }

  void work() {
    std::vector<std::byte> buffer(256u << 10);
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return error_ || !folders_.empty() || busy_ == 0; });
      if (error_ || folders_.empty()) return;
      std::string folder = std::move(folders_.back());
      folders_.pop_back();
      ++busy_;
      lock.unlock();
      Found found;
      std::vector<std::string> below;
      auto read = read_folder(folder, found, below, buffer);
      lock.lock();
      --busy_;
      if (!read && !error_) error_ = std::move(read.error());
      for (auto& one : found) record_.insert(std::move(one));
      for (auto& one : below) folders_.push_back(std::move(one));
      changed_.notify_all();
    }
  }

  Result<> read_folder(const std::string& folder, Found& found, std::vector<std::string>& below,
                       std::vector<std::byte>& buffer) const {
    // By its path again: there may be too many to keep all of them open.
    Fd fd = TRY(with_context(linux::open_in_root(root_, folder, O_RDONLY | O_DIRECTORY), "'{}'", folder));
    for (const auto& name : TRY(list_folder_at(fd.get(), "."))) {
      std::string path = archive::join_path(folder, name);
      TRY(with_context(read_node(fd, name, path, found, below, buffer), "'{}'", path));
    }
    return {};
  }

  static Result<> read_node(const Fd& folder, const std::string& name, const std::string& path, Found& found,
                            std::vector<std::string>& below, std::vector<std::byte>& buffer) {
    struct stat info;
    if (fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) return Error::system("look at it");
    auto kind = archive::kind_of(info.st_mode);
    if (!kind) return {};
    RecordedNode node;
    std::vector<archive::Xattr> xattrs;
    if (*kind == Kind::file || *kind == Kind::directory) {
      Fd fd = TRY(open_at(folder.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
      if (fstat(fd.get(), &info) < 0) return Error::system("look at it");
      if (archive::kind_of(info.st_mode) != kind) return fail(Code::busy, "it changed while it was read");
      xattrs = TRY(archive::read_xattrs(fd)).kept;
      if (*kind == Kind::file) node.digest = TRY(digest_of(fd, buffer));
      else below.push_back(path);
    }
    node.entry = archive::entry_of(info, *kind);
    node.entry.xattrs = std::move(xattrs);
    if (*kind == Kind::symlink) node.entry.link = TRY(archive::read_link(folder.get(), name));
    found.emplace_back(path, std::move(node));
    return {};
  }

  const Fd& root_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> folders_;  ///< the last first
  unsigned busy_ = 0;
  std::optional<Error> error_;
  Record record_;
};

}  // namespace

Result<Record> record_tree(const Fd& root) { return Walk(root).run(); }

}  // namespace gantry::edit
