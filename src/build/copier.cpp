#include "build/copier.hpp"

#include "archive/extract.hpp"
#include "archive/file_reading.hpp"
#include "archive/layer_path.hpp"
#include "archive/node_metadata.hpp"
#include "base/file.hpp"
#include "linux/path.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <span>

namespace gantry::build {

namespace {

using linux::clean_path;

/// Shares the blocks where the file system can, else has the kernel copy them.
Result<> copy_bytes(const Fd& from, const Fd& to) {
  if (ioctl(to.get(), FICLONE, from.get()) == 0) return {};
  constexpr std::size_t kPiece = 1u << 30;
  while (true) {
    const ssize_t copied = copy_file_range(from.get(), nullptr, to.get(), nullptr, kPiece, 0);
    if (copied > 0) continue;
    if (copied == 0) return {};
    if (errno == EINTR) continue;
    if (errno != EXDEV && errno != EINVAL && errno != EOPNOTSUPP) return Error::system("write it");
    break;
  }
  constexpr std::size_t kBuffer = 256u << 10;
  const auto buffer = std::make_unique_for_overwrite<char[]>(kBuffer);
  while (true) {
    const ssize_t got = read(from.get(), buffer.get(), kBuffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error::system("read it");
    if (got == 0) return {};
    TRY(write_all(to, {buffer.get(), static_cast<std::size_t>(got)}, "the copy"));
  }
}

/// What has the name gives way, unless it is a folder.
Result<> make_room(int dir, const std::string& name, const std::string& path) {
  if (unlinkat(dir, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  if (errno == EISDIR || errno == EPERM)
    return fail(Code::invalid, "{} is a folder in the image, and a file is to be put there", path)
        .with_cure("end the target with a slash to put it into the folder");
  return Error::system("replace {}", path);
}

std::pair<std::string, std::string> parts_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

bool is_folder(const Fd& node) {
  struct stat info;
  return fstat(node.get(), &info) == 0 && S_ISDIR(info.st_mode);
}

std::array<timespec, 2> both(Timestamp time) {
  const timespec one{.tv_sec = time / kSecond, .tv_nsec = time % kSecond};
  return {one, one};
}

}  // namespace

std::string pivot_of(const std::string& word) {
  const auto pivot = word.find("/./");
  return pivot == std::string::npos ? std::string() : clean_path(word.substr(0, pivot)).substr(1);
}

Result<int> Copier::folder(const std::string& path) {
  if (last_.fd && last_.path == path) return last_.fd.get();
  Fd made = TRY(linux::open_or_make_in_root(to_, path, linux::NodeKind::folder));
  if (!is_folder(made)) return fail(Code::invalid, "{} is no folder in the image", path);
  last_ = {path, std::move(made)};
  return last_.fd.get();
}

Result<std::string> Copier::file_place(const std::string& target, const std::string& name, bool into_folder) {
  const std::string clean = clean_path(target);
  if (into_folder) return clean_path(clean + "/" + name);
  auto there = linux::open_in_root(to_, clean, O_PATH);
  return there && is_folder(*there) ? clean_path(clean + "/" + name) : clean;
}

Result<> Copier::put(const SourceMatch& match, const std::string& target, bool into_folder) {
  const SourceEntry& self = match.entries.front();
  if (S_ISDIR(self.info.st_mode)) return put_folder(match, clean_path(target));
  return put_entry(self, TRY(file_place(target, match.name, into_folder)));
}

Result<> Copier::put_folder(const SourceMatch& match, const std::string& target) {
  for (const auto& entry : match.entries) {
    const std::string below = entry.path.substr(match.path.size());
    TRY(with_context(put_entry(entry, clean_path(fmt::format("{}/{}", target, below))), "{}", entry.path));
  }
  return {};
}

Result<> Copier::put_entry(const SourceEntry& entry, const std::string& path) {
  if (S_ISDIR(entry.info.st_mode)) return make_folder(entry, path);
  const auto [above, name] = parts_of(path);
  if (name.empty()) return fail(Code::invalid, "a file cannot become the root of the image");
  const int dir = TRY(folder(above));
  TRY(make_room(dir, name, path));
  if (S_ISREG(entry.info.st_mode)) return make_file(entry, dir, name, path);
  return make_other(entry, dir, name);
}

Result<archive::Entry> Copier::describe(const SourceEntry& entry) const {
  const auto kind = archive::kind_of(entry.info.st_mode);
  if (!kind) return fail(Code::unsupported, "it is a socket");
  archive::Entry described = archive::entry_of(entry.info, *kind);
  if (rules_.owner) {
    described.uid = rules_.owner->uid;
    described.gid = rules_.owner->gid;
  }
  if (!rules_.chmod.empty() && *kind != archive::Kind::symlink)
    described.mode = TRY(change_mode(rules_.chmod, described.mode, *kind == archive::Kind::directory));
  described.mtime = rules_.has_times_of_own ? std::min(described.mtime, rules_.time) : rules_.time;
  described.link = entry.link;
  return described;
}

Result<> Copier::make_folder(const SourceEntry& entry, const std::string& path) {
  if (path == "/") return {};
  const auto [above, name] = parts_of(path);
  const int dir = TRY(folder(above));
  if (mkdirat(dir, name.c_str(), 0700) < 0) {
    if (errno != EEXIST) return Error::system("create folder {}", path);
    auto there = linux::open_in_root(to_, path, O_PATH);
    if (there && is_folder(*there)) return {};
    return fail(Code::invalid, "{} is no folder in the image, and a folder is to be put there", path);
  }
  Fd made = TRY(open_at(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  archive::Entry described = TRY(describe(entry));
  Fd source = TRY(linux::open_in_root(from_, "/" + entry.path, O_RDONLY | O_DIRECTORY));
  described.xattrs = TRY(archive::read_xattrs(source)).kept;
  times_.emplace_back(path, described.mtime);
  return archive::set_metadata(made, described, {});
}

Result<bool> Copier::link_to_first(const SourceEntry& entry, int dir, const std::string& name,
                                   const std::string& path) {
  if (entry.info.st_nlink < 2) return false;
  const auto [first, is_new] = linked_.try_emplace({entry.info.st_dev, entry.info.st_ino}, path);
  if (is_new || first->second == path) return false;
  Fd there = TRY(linux::open_in_root(to_, first->second, O_PATH | O_NOFOLLOW));
  return linkat(AT_FDCWD, linux::fd_path(there).c_str(), dir, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

Result<> Copier::make_file(const SourceEntry& entry, int dir, const std::string& name, const std::string& path) {
  if (TRY(link_to_first(entry, dir, name, path))) return {};
  // O_NONBLOCK: should a fifo have come in its place, opening does not wait.
  Fd source = TRY(linux::open_in_root(from_, "/" + entry.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  Fd made = TRY(open_at(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  TRY(copy_bytes(source, made));
  archive::Entry described = TRY(describe(entry));
  described.xattrs = TRY(archive::read_xattrs(source)).kept;
  return archive::set_metadata(made, described, {});
}

Result<> Copier::make_other(const SourceEntry& entry, int dir, const std::string& name) {
  const archive::Entry described = TRY(describe(entry));
  if (S_ISLNK(entry.info.st_mode)) {
    if (symlinkat(entry.link.c_str(), dir, name.c_str()) < 0) return Error::system("make the link");
  } else if (mknodat(dir, name.c_str(), entry.info.st_mode, entry.info.st_rdev) < 0) {
    Error error = Error::system("make the device or fifo {}", name);
    return std::move(error).with_cure(
        "an ordinary user cannot have devices in an image: leave it out by .dockerignore");
  }
  return archive::set_metadata_at(dir, name, described, {});
}

Result<> Copier::put_inline(const InlineFile& file, const std::string& target, bool into_folder) {
  const std::string path = TRY(file_place(target, file.name, into_folder));
  const auto [above, name] = parts_of(path);
  if (name.empty()) return fail(Code::invalid, "a file cannot become the root of the image");
  const int dir = TRY(folder(above));
  TRY(make_room(dir, name, path));
  Fd made = TRY(open_at(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  TRY(write_all(made, file.content, path));
  archive::Entry described{.path = path, .mode = 0644, .mtime = rules_.time};
  described.uid = rules_.owner ? rules_.owner->uid : 0;
  described.gid = rules_.owner ? rules_.owner->gid : 0;
  if (!rules_.chmod.empty()) described.mode = TRY(change_mode(rules_.chmod, described.mode, false));
  return archive::set_metadata(made, described, {});
}

Result<> Copier::finish() {
  for (const auto& [path, time] : times_) {
    Fd made = TRY(linux::open_in_root(to_, path, O_RDONLY | O_DIRECTORY));
    if (futimens(made.get(), both(time).data()) < 0) return Error::system("set the time of {}", path);
  }
  return {};
}

}  // namespace gantry::build
