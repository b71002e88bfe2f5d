#include "transfer/open_origin.hpp"

#include "transfer/input.hpp"
#include "transfer/origins.hpp"

#include <sys/stat.h>

namespace gantry::transfer {

namespace {

Result<Transport> detect(const Tree& tree) {
  if (tree.has("oci-layout") && tree.has("index.json")) return Transport::oci;
  if (tree.has("version") && tree.has("manifest.json")) return Transport::dir;
  if (tree.has("manifest.json")) return Transport::docker_archive;
  return fail(Code::invalid, "{} holds no image: there is neither manifest.json nor oci-layout", tree.name())
      .with_cure("gantry import makes an image of a root file system's tar");
}

bool is_folder(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Result<std::unique_ptr<Tree>> open_tree(const Location& location, const std::string& tmp) {
  bool is_archive = location.transport == Transport::oci_archive || location.transport == Transport::docker_archive;
  if (!is_archive && (location.transport != Transport::detect || is_folder(location.path)))
    return open_folder_tree(location.path);
  auto input = TRY(open_input(location.path));
  std::string name = input.name;
  return open_tar_tree(TRY(seekable(std::move(input), tmp)), name);
}

}  // namespace

Result<std::unique_ptr<Origin>> open_files(const Location& location, const std::string& tmp) {
  auto tree = TRY(open_tree(location, tmp));
  switch (location.transport == Transport::detect ? TRY(detect(*tree)) : location.transport) {
    case Transport::docker_archive:
      return open_docker_archive(std::move(tree));
    case Transport::dir:
      return open_dir(std::move(tree));
    default:
      return open_layout(std::move(tree));
  }
}

}  // namespace gantry::transfer
