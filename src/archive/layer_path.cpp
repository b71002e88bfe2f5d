#include "archive/layer_path.hpp"

#include "base/text.hpp"

namespace gantry::archive {

Result<std::string> clean_entry_path(std::string_view path) {
  if (path.empty()) return fail(Code::invalid, "an entry has no name");
  std::string clean;
  clean.reserve(path.size());
  while (!path.empty()) {
    auto [part, rest, found] = cut(path, '/');
    path = rest;
    if (part.empty() || part == ".") continue;
    if (part == "..") return fail(Code::invalid, "its path leads upwards ('..')");
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  return clean;
}

SplitPath split_path(std::string_view clean) {
  auto [folder, name, found] = cut_last(clean, '/');
  return found ? SplitPath{folder, name} : SplitPath{{}, clean};
}

std::string join_path(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

std::string whiteout_path(std::string_view clean) {
  auto [folder, name] = split_path(clean);
  return join_path(folder, fmt::format("{}{}", kWhiteoutPrefix, name));
}

Result<Whiteout> whiteout_of(std::string_view clean) {
  constexpr std::string_view kMetadata = ".wh..wh.";
  if (clean.find(kWhiteoutPrefix) == std::string_view::npos) return Whiteout{};
  auto [folder, name] = split_path(clean);
  for (std::string_view rest = folder; !rest.empty();) {
    auto [part, after, found] = cut(rest, '/');
    if (part.starts_with(kMetadata)) return Whiteout{Whiteout::Type::metadata};
    if (part.starts_with(kWhiteoutPrefix)) return fail(Code::invalid, "it lies below a whiteout");
    rest = after;
  }
  if (name == kOpaqueName) return Whiteout{Whiteout::Type::opaque, std::string(folder)};
  if (name.starts_with(kMetadata)) return Whiteout{Whiteout::Type::metadata};
  if (!name.starts_with(kWhiteoutPrefix)) return Whiteout{};
  std::string_view hidden = name.substr(kWhiteoutPrefix.size());
  if (hidden.empty() || hidden == "." || hidden == "..") return fail(Code::invalid, "it is a whiteout of nothing");
  return Whiteout{Whiteout::Type::hide, join_path(folder, hidden)};
}

}  // namespace gantry::archive
