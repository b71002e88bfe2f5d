#include "build/sources.hpp"

#include "archive/file_reading.hpp"
#include "archive/layer_path.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "dockerfile/patterns.hpp"
#include "linux/path.hpp"

#include <fcntl.h>

#include <algorithm>

namespace gantry::build {

namespace {

/// Without the slash in front: relative to the origin's root.
std::string relative(std::string_view path) { return linux::clean_path(path).substr(1); }

bool is_ignored(const dockerfile::IgnoreRules* rules, std::string_view path) {
  return rules != nullptr && !path.empty() && rules->ignores(path);
}

bool is_closed(const dockerfile::IgnoreRules* rules, std::string_view path) {
  return rules != nullptr && !path.empty() && rules->ignores_all_below(path);
}

/// Where a path leads when links on the way, and the last of it, are followed inside the root.
Result<std::string> resolve(const Fd& root, const std::string& path) {
  std::vector<std::string> todo = split(path, '/');
  std::ranges::reverse(todo);
  std::vector<std::string> done;
  int links = 0;
  while (!todo.empty()) {
    const std::string part = std::move(todo.back());
    todo.pop_back();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (!done.empty()) done.pop_back();
      continue;
    }
    const std::string folder = join(done, "/");
    Fd above = TRY(linux::open_in_root(root, "/" + folder, O_PATH | O_DIRECTORY));
    struct stat info;
    if (fstatat(above.get(), part.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0)
      return Error::system("look at {}", archive::join_path(folder, part));
    if (!S_ISLNK(info.st_mode)) {
      done.push_back(part);
      continue;
    }
    constexpr int kMostLinks = 40;
    if (++links > kMostLinks) return fail(Code::invalid, "{}: too many symbolic links", path);
    const std::string target = TRY(archive::read_link(above.get(), part));
    if (target.starts_with('/')) done.clear();
    auto parts = split(target, '/');
    std::ranges::reverse(parts);
    std::ranges::move(parts, std::back_inserter(todo));
  }
  return join(done, "/");
}

class Collection {
 public:
  Collection(const SourceRules& rules, SourceMatch& match) : rules_(rules), match_(match) {}

  /// All that is in an open folder; `path` is in the origin, `below` from the match on.
  Result<> take_content(const Fd& folder, const std::string& path, const std::string& below) {
    auto names = TRY(list_folder_at(folder.get(), "."));
    std::ranges::sort(names);
    for (const auto& name : names)
      TRY(take(folder, name, archive::join_path(path, name), archive::join_path(below, name)));
    return {};
  }

 private:
  Result<> take(const Fd& folder, const std::string& name, const std::string& path, const std::string& below) {
    SourceEntry entry{.path = path, .link = {}};
    if (fstatat(folder.get(), name.c_str(), &entry.info, AT_SYMLINK_NOFOLLOW) < 0)
      return Error::system("look at {}", path);
    const bool left_out = is_ignored(rules_.ignored, path) || is_ignored(rules_.excluded, below);
    if (S_ISDIR(entry.info.st_mode)) return take_folder(folder, name, std::move(entry), below, left_out);
    if (left_out || S_ISSOCK(entry.info.st_mode)) return {};
    if (S_ISLNK(entry.info.st_mode)) entry.link = TRY(archive::read_link(folder.get(), name));
    match_.entries.push_back(std::move(entry));
    return {};
  }

  Result<> take_folder(const Fd& folder, const std::string& name, SourceEntry entry, const std::string& below,
                       bool left_out) {
    if (left_out && (is_closed(rules_.ignored, entry.path) || is_closed(rules_.excluded, below))) return {};
    const std::string path = entry.path;
    const std::size_t before = match_.entries.size();
    match_.entries.push_back(std::move(entry));
    auto opened = open_at(folder.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!opened && left_out) {
      match_.entries.resize(before);
      return {};
    }
    TRY(take_content(TRY(std::move(opened)), path, below));
    // One that is left out itself is there for what is in it alone.
    if (left_out && match_.entries.size() == before + 1) match_.entries.resize(before);
    return {};
  }

  const SourceRules& rules_;
  SourceMatch& match_;
};

Result<SourceMatch> take_match(const Fd& root, const std::string& path, const SourceRules& rules) {
  SourceMatch match{.path = TRY(resolve(root, path)), .name = {}, .shown = path, .entries = {}};
  match.name = std::string(archive::split_path(path).name);
  Fd node = TRY(linux::open_in_root(root, "/" + match.path, O_PATH | O_NOFOLLOW));
  SourceEntry self{.path = match.path, .link = {}};
  if (fstat(node.get(), &self.info) < 0) return Error::system("look at {}", path);
  const bool is_folder = S_ISDIR(self.info.st_mode);
  if (S_ISSOCK(self.info.st_mode)) return fail(Code::unsupported, "{} is a socket, which cannot be copied", path);
  match.entries.push_back(std::move(self));
  if (!is_folder) return match;
  Fd folder = TRY(open_at(node.get(), ".", O_RDONLY | O_DIRECTORY));
  TRY(Collection(rules, match).take_content(folder, match.path, ""));
  return match;
}

/// The paths that a pattern with wildcards fits, part by part, as Go's filepath.Glob finds them.
class Glob {
 public:
  static Result<Glob> make(const Fd& root, const std::string& pattern) {
    Glob glob(root);
    for (const auto& part : split(pattern, '/')) glob.parts_.push_back(TRY(dockerfile::PathPattern::for_part(part)));
    return glob;
  }

  Result<std::vector<std::string>> run() {
    TRY(descend("", 0));
    std::ranges::sort(found_);
    return std::move(found_);
  }

 private:
  explicit Glob(const Fd& root) : root_(root) {}

  Result<> descend(const std::string& folder, std::size_t depth) {
    if (depth == parts_.size()) {
      found_.push_back(folder);
      return {};
    }
    auto opened = linux::open_in_root(root_, "/" + folder, O_RDONLY | O_DIRECTORY);
    if (!opened) return {};  // a file, or a link to nowhere
    for (const auto& name : TRY(list_folder_at(opened->get(), ".")))
      if (parts_[depth].matches(name)) TRY(descend(archive::join_path(folder, name), depth + 1));
    return {};
  }

  const Fd& root_;
  std::vector<dockerfile::PathPattern> parts_;
  std::vector<std::string> found_;
};

bool is_hidden(const SourceRules& rules, const std::string& path) {
  if (!is_ignored(rules.ignored, path)) return false;
  return is_closed(rules.ignored, path);
}

Error no_source(const std::string& pattern, const SourceRules& rules) {
  Error error = fail(Code::not_found, "'{}' is not there", pattern);
  if (rules.ignored != nullptr && !rules.ignored->empty())
    return std::move(error).with_cure("the context lacks it, or its ignore file leaves it out");
  return error;
}

}  // namespace

Result<std::vector<SourceMatch>> find_sources(const Fd& root, const std::string& pattern, const SourceRules& rules) {
  std::vector<SourceMatch> matches;
  const std::string clean = relative(pattern);
  const bool is_glob = dockerfile::has_wildcards(clean);
  std::vector<std::string> paths{clean};
  if (is_glob) paths = TRY(TRY(Glob::make(root, clean)).run());
  for (const auto& path : paths) {
    if (is_hidden(rules, path)) continue;
    auto match = take_match(root, path, rules);
    if (!match && match.error().code() == Code::not_found) {
      if (is_glob) continue;  // a link to nowhere
      return no_source(pattern, rules);
    }
    if (!match) return std::move(match.error()).with_context(pattern);
    const SourceEntry& self = match->entries.front();
    const bool is_folder = S_ISDIR(self.info.st_mode);
    if (!is_folder && (is_ignored(rules.ignored, path) || is_ignored(rules.excluded, match->name))) continue;
    if (is_folder && is_glob && is_ignored(rules.excluded, match->name)) continue;
    if (is_folder && is_ignored(rules.ignored, path) && match->entries.size() == 1) continue;
    matches.push_back(std::move(*match));
  }
  if (matches.empty() && !is_glob) return no_source(pattern, rules);
  return matches;
}

}  // namespace gantry::build
