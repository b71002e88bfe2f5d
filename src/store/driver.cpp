#include "store/driver.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/idmap.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <utility>

namespace gantry::store {

namespace {

class OverlayDriver final : public Driver {
 public:
  std::string_view name() const override { return "overlay"; }
  std::string layer_path(const std::string& folder) const override { return folder + "/fs"; }
  bool is_image() const override { return false; }

  Result<> make_layer(const std::string& folder) const override {
    std::string path = layer_path(folder);
    if (mkdir(path.c_str(), 0755) < 0) return Error::system("create folder {}", path);
    return {};
  }
};

class ErofsDriver final : public Driver {
 public:
  std::string_view name() const override { return "erofs"; }
  std::string layer_path(const std::string& folder) const override { return folder + "/layer.erofs"; }
  bool is_image() const override { return true; }

  Result<> make_layer(const std::string& folder) const override {
    TRY(open_file(layer_path(folder), O_WRONLY | O_CREAT | O_EXCL, 0600));
    return {};
  }
};

constexpr OverlayDriver kOverlay;
constexpr ErofsDriver kErofs;

/// Overlayfs takes mounts without a name as layers since Linux 6.13; EROFS is mounted from files since 6.12.
Result<> check_erofs() {
  if (!linux::in_initial_user_namespace())
    return fail(Code::unsupported, "the storage driver erofs is for root alone").with_cure("use the driver overlay");
  utsname kernel;
  if (uname(&kernel) < 0) return Error::system("uname");
  auto [major, rest, found] = cut(kernel.release, '.');
  auto minor = parse_unsigned(rest.substr(0, rest.find_first_not_of("0123456789")));
  std::pair version{parse_unsigned(major).value_or(0), minor.value_or(0)};
  if (version < std::pair<std::uint64_t, std::uint64_t>{6, 13})
    return fail(Code::unsupported, "the storage driver erofs needs Linux 6.13, and this is {}", kernel.release)
        .with_cure("use the driver overlay");
  return {};
}

}  // namespace

const Driver& overlay_driver() { return kOverlay; }
const Driver& erofs_driver() { return kErofs; }

Result<const Driver*> find_driver(std::string_view name) {
  if (name.empty() || name == kOverlay.name()) return &overlay_driver();
  if (name != kErofs.name())
    return fail(Code::invalid, "there is no storage driver '{}'", name).with_cure("use overlay or erofs");
  TRY(check_erofs());
  return &erofs_driver();
}

const Driver& driver_of(const std::string& folder) {
  if (path_exists(kErofs.layer_path(folder))) return kErofs;
  return kOverlay;
}

}  // namespace gantry::store
