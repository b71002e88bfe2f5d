#include "archive/extract.hpp"

#include "archive/layer_path.hpp"
#include "archive/layer_tree.hpp"
#include "archive/lower_content.hpp"
#include "archive/node_metadata.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>

namespace gantry::archive {

namespace {

bool is_same_file(int dir, const std::string& name, int other_dir, const std::string& other_name) {
  struct stat one, other;
  return fstatat(dir, name.c_str(), &one, AT_SYMLINK_NOFOLLOW) == 0 &&
         fstatat(other_dir, other_name.c_str(), &other, AT_SYMLINK_NOFOLLOW) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

class Extractor {
 public:
  Extractor(Source& tar, const Fd& root, const ExtractOptions& options)
      : reader_(tar, options.end), options_(options), tree_(root, options), lower_(tree_) {}

  Result<Extracted> run() {
    while (auto entry = TRY(reader_.next())) {
      if (++totals_.entries > options_.max_entries)
        return fail(Code::no_space, "the layer has more than the {} entries allowed", options_.max_entries);
      TRY(with_context(unpack(*entry), "unpack '{}'", entry->path));
    }
    TRY(finish_folders());
    return totals_;
  }

 private:
  Result<> unpack(Entry& entry);
  Result<> unpack_whiteout(const Whiteout& whiteout);
  Result<> make_node(int dir, const std::string& name, const Entry& entry);
  Result<> make_file(int dir, const std::string& name, const Entry& entry);
  Result<> write_pieces(const Fd& file, const Entry& entry);
  Result<> make_link(int dir, const std::string& name, const Entry& entry);
  Result<> make_special(int dir, const std::string& name, const Entry& entry);
  Result<> keep_times(std::string_view folder);
  Result<> finish_folders();

  /// Runs a call that makes `name`; what has the name already gives way first.
  template <class Make>
  int make_over(int dir, const std::string& name, Make make, Result<>& removed) {
    int made = make();
    if (made >= 0 || errno != EEXIST) return made;
    removed = tree_.remove(dir, name);
    return removed ? make() : made;
  }

  TarReader reader_;
  const ExtractOptions& options_;
  LayerTree tree_;
  LowerContent lower_;
  /// Folders get their metadata last: their content changes their times, and a mode may forbid us to add to them.
  std::map<std::string, Entry> folders_;
  /// Folders of lower layers in which this one only adds or removes something get their times back.
  std::map<std::string, std::array<timespec, 2>, std::less<>> times_;
  Extracted totals_;
};

Result<> Extractor::unpack(Entry& entry) {
  std::string path = TRY(clean_entry_path(entry.path));
  Whiteout whiteout = TRY(whiteout_of(path));
  if (whiteout.type != Whiteout::Type::none) return unpack_whiteout(whiteout);
  bool is_device = entry.kind == Kind::character || entry.kind == Kind::block;
  if (is_device && options_.ignore_devices) return {};
  if (options_.whiteouts == Whiteouts::apply) lower_.add(path);
  if (path.empty()) {
    if (entry.kind != Kind::directory) return fail(Code::invalid, "the layer's root can only be a folder");
  } else {
    auto [folder, part] = split_path(path);
    std::string name(part);
    int dir = TRY(tree_.folder(folder));
    TRY(keep_times(folder));
    if (entry.kind != Kind::directory) return make_node(dir, name, entry);
    TRY(tree_.make_folder(dir, name));
  }
  folders_.insert_or_assign(std::move(path), std::move(entry));
  return {};
}

Result<> Extractor::unpack_whiteout(const Whiteout& whiteout) {
  bool overlay = options_.whiteouts == Whiteouts::overlay;
  if (whiteout.type == Whiteout::Type::metadata) return {};
  if (whiteout.type == Whiteout::Type::opaque) {
    if (!overlay) TRY(keep_times(whiteout.path));
    if (!overlay) return lower_.clear(whiteout.path);
    int dir = TRY(tree_.folder(whiteout.path));
    return set_opaque(TRY(open_at(dir, ".", O_RDONLY | O_DIRECTORY)), options_.user_xattr);
  }
  if (!overlay) {
    TRY(keep_times(split_path(whiteout.path).folder));
    return lower_.hide(whiteout.path);
  }
  auto [folder, part] = split_path(whiteout.path);
  std::string name(part);
  int dir = TRY(tree_.folder(folder));
  if (mknodat(dir, name.c_str(), S_IFCHR, makedev(0, 0)) == 0) return {};
  if (errno != EEXIST) return Error::system("make a whiteout");
  // A whiteout speaks of lower layers only. This layer's own file hides theirs by itself, its own folder does not.
  struct stat info;
  if (fstatat(dir, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) return Error::system("look at what is there");
  if (!S_ISDIR(info.st_mode)) return {};
  return set_opaque(TRY(open_at(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)), options_.user_xattr);
}

Result<> Extractor::make_node(int dir, const std::string& name, const Entry& entry) {
  switch (entry.kind) {
    case Kind::file:
      return make_file(dir, name, entry);
    case Kind::hardlink:
      return make_link(dir, name, entry);
    default:
      return make_special(dir, name, entry);
  }
}

Result<> Extractor::make_file(int dir, const std::string& name, const Entry& entry) {
  Result<> removed;
  // O_EXCL: what an existing name leads to is never opened.
  int raw = make_over(
      dir, name, [&] { return openat(dir, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600); },
      removed);
  TRY(std::move(removed));
  if (raw < 0) return Error::system("create the file");
  Fd file(raw);
  TRY(write_pieces(file, entry));
  return set_metadata(file, entry, options_);
}

Result<> Extractor::write_pieces(const Fd& file, const Entry& entry) {
  while (true) {
    auto [offset, data] = TRY(reader_.piece());
    if (data.empty()) break;
    totals_.bytes += data.size();
    if (totals_.bytes > options_.max_bytes)
      return fail(Code::no_space, "the layer holds more than the {} bytes allowed", options_.max_bytes);
    while (!data.empty()) {
      ssize_t put = pwrite(file.get(), data.data(), data.size(), static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return Error::system("write the file");
      offset += static_cast<std::uint64_t>(put);
      data = data.subspan(static_cast<std::size_t>(put));
    }
  }
  // A hole at the end.
  if (entry.extents && ftruncate(file.get(), static_cast<off_t>(entry.size)) < 0)
    return Error::system("set its size to {}", entry.size);
  return {};
}

Result<> Extractor::make_link(int dir, const std::string& name, const Entry& entry) {
  std::string target = TRY(clean_entry_path(entry.link));
  auto [folder, part] = split_path(target);
  std::string target_name(part);
  auto from = part.empty() ? fail(Code::invalid, "it links to the layer's root") : tree_.existing_folder(folder);
  if (!from) return std::move(from.error()).with_context(fmt::format("link to '{}'", entry.link));
  // Without AT_SYMLINK_FOLLOW: a link to a symlink is one more name of the symlink.
  auto link = [&] { return linkat(from->get(), target_name.c_str(), dir, name.c_str(), 0); };
  Result<> removed;
  int made = link();
  if (made < 0 && errno == EEXIST) {
    if (is_same_file(from->get(), target_name, dir, name)) return {};
    made = make_over(dir, name, link, removed);
  }
  TRY(std::move(removed));
  if (made < 0) return Error::system("link to '{}'", entry.link);
  return {};
}

Result<> Extractor::make_special(int dir, const std::string& name, const Entry& entry) {
  // What does not fit would be cut by the kernel and become another device.
  if (entry.major > 0xfff || entry.minor > 0xfffff)
    return fail(Code::invalid, "device number {}:{} is out of range", entry.major, entry.minor);
  auto make = [&] {
    mode_t type = entry.kind == Kind::character ? S_IFCHR : entry.kind == Kind::block ? S_IFBLK : S_IFIFO;
    if (entry.kind == Kind::symlink) return symlinkat(entry.link.c_str(), dir, name.c_str());
    return mknodat(dir, name.c_str(), type | 0600, makedev(entry.major, entry.minor));
  };
  Result<> removed;
  int made = make_over(dir, name, make, removed);
  TRY(std::move(removed));
  if (made < 0) {
    if (errno != EPERM || entry.kind == Kind::symlink) return Error::system("create it");
    return Error::system("create the device").with_cure("devices need root; leave them out otherwise");
  }
  return set_metadata_at(dir, name, entry, options_);
}

/// Before the folder changes.
Result<> Extractor::keep_times(std::string_view folder) {
  if (options_.whiteouts != Whiteouts::apply || times_.contains(folder)) return {};
  auto fd = tree_.existing_folder(folder);
  if (!fd) return {};  // a whiteout of what is not there
  struct stat info;
  if (fstat(fd->get(), &info) < 0) return Error::system("look at folder '{}'", folder);
  times_.emplace(folder, std::array{info.st_atim, info.st_mtim});
  return {};
}

Result<> Extractor::finish_folders() {
  // Last name first: content before the folder whose mode may forbid to enter it.
  for (auto at = folders_.rbegin(); at != folders_.rend(); ++at) {
    auto folder = tree_.open_folder(at->first);
    // Something else has taken its place since.
    if (!folder && (folder.error().os_error() == ENOENT || folder.error().os_error() == ENOTDIR ||
                    folder.error().os_error() == ELOOP))
      continue;
    TRY(with_context(set_metadata(TRY(std::move(folder)), at->second, options_), "unpack '{}'", at->first));
  }
  for (const auto& [path, times] : times_) {
    if (folders_.contains(path)) continue;
    auto folder = tree_.open_folder(path);
    // It is gone, or was reached through a link.
    if (!folder) continue;
    if (futimens(folder->get(), times.data()) < 0) return Error::system("set the times of '{}'", path);
  }
  return {};
}

}  // namespace

Result<Extracted> extract(Source& tar, const Fd& root, const ExtractOptions& options) {
  return Extractor(tar, root, options).run();
}

}  // namespace gantry::archive
