#include "engine/changes.hpp"

#include "base/file.hpp"
#include "linux/overlay_marks.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>

namespace gantry::engine {

namespace {

using Names = std::vector<std::string>;

/// Of a name in a folder, which may be missing itself. A whiteout is nothing.
Result<std::optional<struct stat>> look(const Fd& folder, const std::string& name) {
  struct stat info;
  if (!folder.valid()) return std::optional<struct stat>();
  if (fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) {
    if (errno == ENOENT) return std::optional<struct stat>();
    return Error::system("{}", name);
  }
  return linux::is_whiteout(info) ? std::optional<struct stat>() : std::optional(info);
}

bool is_same_folder(const struct stat& a, const struct stat& b) {
  return a.st_mode == b.st_mode && a.st_uid == b.st_uid && a.st_gid == b.st_gid &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

bool is_same_file(const struct stat& a, const struct stat& b) {
  return is_same_folder(a, b) && a.st_size == b.st_size && a.st_rdev == b.st_rdev;
}

Result<Fd> open_below(const Fd& folder, const std::string& name) {
  return open_at(folder.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

enum class Upper { layer, tree };  ///< whether it holds what is different alone, or everything

class Comparison {
 public:
  explicit Comparison(Upper kind) : kind_(kind) {}

  Result<> compare(const Fd& upper, const Fd& lower, const std::string& path) {
    Names names = TRY(list_folder_at(upper.get(), "."));
    for (const auto& name : names) TRY(compare_name(upper, lower, path, name));
    if (lower.valid() && (kind_ == Upper::tree || linux::is_opaque(upper))) TRY(add_hidden(names, lower, path));
    return {};
  }

  std::vector<Change> take() {
    for (const auto& path : touched_)
      if (!listed_.contains(path)) changes_.push_back({ChangeKind::changed, path});
    std::ranges::sort(changes_, {}, &Change::path);
    return std::move(changes_);
  }

 private:
  void add(ChangeKind kind, const std::string& folder, const std::string& name) {
    changes_.push_back({kind, folder + "/" + name});
    listed_.insert(changes_.back().path);
    if (kind != ChangeKind::changed && !folder.empty()) touched_.insert(folder);
  }

  Result<> compare_name(const Fd& upper, const Fd& lower, const std::string& path, const std::string& name) {
    struct stat info;
    if (fstatat(upper.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) {
      if (errno == ENOENT) return {};  // removed just now
      return Error::system("{}/{}", path, name);
    }
    auto below = TRY(with_context(look(lower, name), "compare {}/{}", path, name));
    if (linux::is_whiteout(info)) {
      if (below) add(ChangeKind::deleted, path, name);
      return {};
    }
    if (!below) add(ChangeKind::added, path, name);
    else if (!is_same(info, *below)) add(ChangeKind::changed, path, name);
    if (!S_ISDIR(info.st_mode)) return {};
    Fd lower_folder;
    if (below && S_ISDIR(below->st_mode)) lower_folder = TRY(open_below(lower, name));
    return compare(TRY(open_below(upper, name)), lower_folder, path + "/" + name);
  }

  bool is_same(const struct stat& above, const struct stat& below) const {
    if (S_ISDIR(above.st_mode) && S_ISDIR(below.st_mode)) return is_same_folder(above, below);
    return kind_ == Upper::tree && is_same_file(above, below);
  }

  /// What was in a folder before that hides all of it, and is not there any more.
  Result<> add_hidden(const Names& names, const Fd& lower, const std::string& path) {
    for (const auto& name : TRY(list_folder_at(lower.get(), "."))) {
      if (std::ranges::find(names, name) != names.end() || !TRY(look(lower, name))) continue;
      add(ChangeKind::deleted, path, name);
    }
    return {};
  }

  Upper kind_;
  std::vector<Change> changes_;
  std::set<std::string> listed_;
  std::set<std::string> touched_;  ///< folders that something came to or went from
};

}  // namespace

Result<std::vector<Change>> changes_of(const Fd& upper, const Fd& lower) {
  Comparison comparison(Upper::layer);
  TRY(comparison.compare(upper, lower, ""));
  return comparison.take();
}

Result<std::vector<Change>> changes_between(const Fd& newer, const Fd& older) {
  Comparison comparison(Upper::tree);
  TRY(comparison.compare(newer, older, ""));
  return comparison.take();
}

}  // namespace gantry::engine
