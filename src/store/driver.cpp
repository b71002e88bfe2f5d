#include "store/driver.hpp"

#include "store/mapped.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace gantry::store {

namespace {

Result<> make_folder(const std::string& path, unsigned mode) {
  if (mkdir(path.c_str(), mode) < 0) return Error::system("create folder {}", path);
  return {};
}

class OverlayDriver final : public Driver {
 public:
  std::string_view name() const override { return "overlay"; }

  Result<> make_layer(const std::string& folder) const override { return make_folder(layer_path(folder), 0755); }

  std::string layer_path(const std::string& folder) const override { return folder + "/fs"; }

  Result<> make_snapshot(const std::string& folder, const std::string& top) const override {
    Snapshot made = snapshot(folder);
    TRY(make_folder(made.work, 0700));
    TRY(make_folder(made.upper, 0755));
    // Owner and mode of a container's root are those of the uppermost folder, which is ours.
    struct stat root;
    if (stat(top.c_str(), &root) < 0) return Error::system("layer {}", top);
    return mapped([&]() -> Result<> {
      struct stat ours;
      if (stat(made.upper.c_str(), &ours) < 0) return Error::system("{}", made.upper);
      if ((ours.st_uid != root.st_uid || ours.st_gid != root.st_gid) &&
          chown(made.upper.c_str(), root.st_uid, root.st_gid) < 0)
        return Error::system("change the owner of {}", made.upper);
      if (chmod(made.upper.c_str(), root.st_mode & 07777) < 0)
        return Error::system("change the mode of {}", made.upper);
      return {};
    });
  }

  Snapshot snapshot(const std::string& folder) const override { return {folder + "/upper", folder + "/work"}; }
};

constexpr OverlayDriver kOverlay;

}  // namespace

const Driver& overlay_driver() { return kOverlay; }

}  // namespace gantry::store
