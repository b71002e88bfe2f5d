#include "archive/lower_content.hpp"

#include "archive/layer_path.hpp"
#include "base/file.hpp"

#include <fcntl.h>

namespace gantry::archive {

/// The path itself or anything below it is this layer's.
bool LowerContent::is_own(const std::string& path) const {
  if (own_.contains(path)) return true;
  auto below = own_.lower_bound(path + "/");
  return below != own_.end() && below->starts_with(path + "/");
}

Result<> LowerContent::hide(std::string_view path) {
  auto [above, name] = split_path(path);
  auto folder = tree_.existing_folder(above);
  if (!folder && folder.error().code() == Code::not_found) return {};
  return hide_at(TRY(std::move(folder)), std::string(name), std::string(path));
}

Result<> LowerContent::clear(std::string_view folder) {
  auto opened = tree_.existing_folder(folder);
  if (!opened && opened.error().code() == Code::not_found) return {};
  return clear_folder(TRY(std::move(opened)), std::string(folder));
}

Result<> LowerContent::hide_at(const Fd& folder, const std::string& name, const std::string& path) {
  if (!is_own(path)) return tree_.remove(folder.get(), name);
  auto below = open_at(folder.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  // A file of this layer stands there, and nothing below it.
  if (!below && (below.error().os_error() == ENOTDIR || below.error().os_error() == ELOOP)) return {};
  return clear_folder(TRY(std::move(below)), path);
}

Result<> LowerContent::clear_folder(const Fd& folder, const std::string& path) {
  for (const std::string& name : TRY(list_folder_at(folder.get(), ".")))
    TRY(hide_at(folder, name, join_path(path, name)));
  return {};
}

}  // namespace gantry::archive
