#include "store/pins.hpp"

#include "base/file.hpp"
#include "base/json.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

namespace gantry::store {

namespace {

Timestamp modified(const struct stat& info) { return info.st_mtim.tv_sec * kSecond + info.st_mtim.tv_nsec; }

/// Often enough to tell what is of use from what is not, and no write for every step of every build.
constexpr Timestamp kUseGrain = 600 * kSecond;

void note_use(const Fd& file) {
  struct stat info;
  if (fstat(file.get(), &info) == 0 && now() - modified(info) > kUseGrain) futimens(file.get(), nullptr);
}

}  // namespace

std::optional<Pin> Pins::find(const oci::Digest& key) const {
  const std::string path = folder() + "/" + key.hex();
  auto file = open_file(path, O_RDONLY);
  if (!file) return {};
  auto text = read_all(*file, path);
  if (!text) return {};
  auto pin = json::decode<Pin>(*text, path);
  if (!pin) return {};
  note_use(*file);
  return std::move(*pin);
}

Result<> Pins::put(const oci::Digest& key, const Pin& pin) const {
  TRY(make_folders(folder(), 0700));
  return replace_file(folder() + "/" + key.hex(), json::encode(pin), 0600, Sync::no);
}

Result<std::vector<NamedPin>> Pins::list() const {
  std::vector<NamedPin> pins;
  if (!path_exists(folder())) return pins;
  for (auto& name : TRY(list_folder(folder()))) {
    if (!oci::Digest::from_hex(oci::Algorithm::sha256, name)) continue;
    const std::string path = folder() + "/" + name;
    struct stat info;
    auto text = read_file(path);
    if (!text || stat(path.c_str(), &info) < 0) continue;
    if (auto pin = json::decode<Pin>(*text, path))
      pins.push_back({.key = std::move(name), .pin = std::move(*pin), .used = modified(info)});
  }
  std::ranges::sort(pins, {}, &NamedPin::used);
  return pins;
}

Result<> Pins::remove(std::string_view key) const { return remove_file(fmt::format("{}/{}", folder(), key)); }

Result<std::vector<oci::Digest>> Pins::layers() const {
  std::vector<oci::Digest> layers;
  for (const auto& named : TRY(list()))
    if (auto digest = oci::Digest::parse(named.pin.layer)) layers.push_back(std::move(*digest));
  return layers;
}

}  // namespace gantry::store
