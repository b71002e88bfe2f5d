#include "transfer/containers_storage.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/variables.hpp"
#include "registries/toml.hpp"

#include <unistd.h>

#include <vector>

namespace gantry::transfer {

namespace {

constexpr std::string_view kDrivers[] = {"overlay", "vfs"};

std::string folder_of(const char* name, std::string_view below_home) {
  std::string named = variable(name);
  return named.empty() ? variable("HOME") + std::string(below_home) : named;
}

std::string default_root() {
  if (geteuid() == 0) return "/var/lib/containers/storage";
  return folder_of("XDG_DATA_HOME", "/.local/share") + "/containers/storage";
}

/// In the order in which they count; the first that exists is the one.
std::vector<std::string> configuration_files() {
  if (auto named = variable("CONTAINERS_STORAGE_CONF"); !named.empty()) return {named};
  std::vector<std::string> files;
  if (geteuid() != 0) files.push_back(folder_of("XDG_CONFIG_HOME", "/.config") + "/containers/storage.conf");
  else files.insert(files.end(), {"/etc/containers/storage.conf", "/usr/share/containers/storage.conf"});
  return files;
}

Result<std::string> configured_root() {
  for (const auto& path : configuration_files()) {
    if (!path_exists(path)) continue;
    auto document = TRY(registries::toml::parse(TRY(read_file(path)), path));
    registries::toml::Reader reader(document, path);
    if (!reader.has("storage")) break;
    std::string root = TRY(TRY(reader.table("storage")).string("graphroot"));
    if (root.empty()) break;
    return root;
  }
  return default_root();
}

}  // namespace

Result<StoragePlace> parse_storage_place(std::string_view text) {
  StoragePlace place;
  std::string_view where;
  place.image = text;
  if (text.starts_with('[')) {
    auto [inside, image, found] = cut(text.substr(1), ']');
    if (!found) return fail(Code::invalid, "containers-storage:{}: a ']' is missing", text);
    where = cut(inside, '+').before;
    if (where.size() == inside.size()) where = cut(inside, ':').before;
    place.image = image;
  }
  auto [driver, root, has_driver] = cut(where, '@');
  place.driver = has_driver ? driver : std::string_view();
  place.root = has_driver ? root : where;
  if (place.root.empty()) place.root = TRY(configured_root());
  if (place.image.empty())
    return fail(Code::invalid, "containers-storage:{} names no image", text).with_cure("containers-storage:NAME");
  for (auto known : kDrivers) {
    bool is_meant = place.driver.empty() || place.driver == known;
    if (!is_meant || !path_exists(fmt::format("{}/{}-images/images.json", place.root, known))) continue;
    place.driver = known;
    return place;
  }
  return fail(Code::not_found, "{} is no storage of podman's{}", place.root,
              place.driver.empty() ? std::string() : fmt::format(" with the driver {}", place.driver))
      .with_cure("containers-storage:[DRIVER@/ROOT]NAME says where it is");
}

}  // namespace gantry::transfer
