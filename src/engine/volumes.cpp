#include "engine/volumes.hpp"

#include "base/json.hpp"
#include "content/scratch.hpp"
#include "engine/names.hpp"
#include "engine/volume_mount.hpp"
#include "linux/mount_point.hpp"
#include "store/mapped.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace gantry::engine {

namespace {

constexpr const char* kDescription = "volume.json";

Result<> make_data(const Volume& volume, const std::string& folder) {
  const std::string data = folder + "/_data";
  if (mkdir(data.c_str(), 0755) < 0) return Error::system("create folder {}", data);
  const VolumeOptions options = TRY(VolumeOptions::read(volume.options));
  const bool given = options.uid || options.gid;
  if (given && !options.is_mount() && chown(data.c_str(), options.uid.value_or(-1u), options.gid.value_or(-1u)) < 0)
    return Error::system("give volume '{}' to user {}", volume.name, options.uid.value_or(0));
  return {};
}

}  // namespace

Result<> Volumes::create(const Volume& volume) const {
  TRY(check_name(volume.name, "volume"));
  if (volume.driver != "local")
    return fail(Code::unsupported, "there is no volume driver '{}'", volume.driver).with_cure("use the driver local");
  if (has(volume.name)) return fail(Code::exists, "volume '{}' exists", volume.name);
  TRY(make_folders(folder_, 0711));
  TRY(make_folders(tmp_, 0700));
  content::Scratch scratch = TRY(content::Scratch::make_folder(tmp_));
  TRY(make_data(volume, scratch.path()));
  TRY(replace_file(scratch.path() + "/" + kDescription, json::encode_pretty(volume), 0600));
  if (chmod(scratch.path().c_str(), 0711) < 0) return Error::system("set the mode of {}", scratch.path());
  return scratch.publish(folder_ + "/" + volume.name, Sync::yes);
}

bool Volumes::has(const std::string& name) const { return path_exists(folder_ + "/" + name + "/" + kDescription); }

Result<Volume> Volumes::get(const std::string& name) const {
  // A name from outside never becomes a path before it is known to be one.
  if (!check_name(name, "volume") || !has(name))
    return fail(Code::not_found, "no volume '{}'", name).with_cure("`gantry volume ls` lists them");
  const std::string path = folder_ + "/" + name + "/" + kDescription;
  return json::decode<Volume>(TRY(read_file(path, 1u << 20)), path);
}

Result<Volume> Volumes::find(const std::string& given) const {
  auto exact = get(given);
  if (exact || exact.error().code() != Code::not_found || given.empty()) return exact;
  std::vector<Volume> found;
  for (auto& volume : TRY(list()))
    if (volume.name.starts_with(given)) found.push_back(std::move(volume));
  if (found.size() == 1) return std::move(found.front());
  if (found.empty()) return exact;
  return fail(Code::invalid, "several volumes have a name that begins with '{}'", given).with_cure("give it in full");
}

Result<std::vector<Volume>> Volumes::list() const {
  std::vector<Volume> all;
  auto names = list_folder(folder_);
  if (!names && names.error().code() == Code::not_found) return all;
  for (const auto& name : TRY(std::move(names))) {
    auto volume = get(name);
    // Removed meanwhile.
    if (!volume && volume.error().code() == Code::not_found) continue;
    all.push_back(TRY(std::move(volume)));
  }
  std::ranges::sort(all, {}, &Volume::name);
  return all;
}

Result<> Volumes::remove(const std::string& name) const {
  TRY(check_name(name, "volume"));
  if (is_mounted(name)) TRY(unmount(name));
  auto taken = content::Scratch::take_folder(tmp_, folder_ + "/" + name);
  if (!taken && taken.error().code() == Code::not_found) return {};
  auto scratch = TRY(std::move(taken));
  return with_context(store::remove_mapped_tree(scratch.path()), "remove the data of volume '{}'", name);
}

Result<std::string> Volumes::use(const Volume& volume) const {
  const VolumeOptions options = TRY(VolumeOptions::read(volume.options));
  if (options.is_bind()) return options.device;
  const std::string path = data(volume.name);
  if (!options.is_mount()) return path;
  const Lock alone = TRY(Lock::take(folder_ + "/" + volume.name, Lock::Mode::exclusive));
  if (!is_mounted(volume.name)) TRY(with_context(options.mount(path), "mount volume '{}'", volume.name));
  return path;
}

bool Volumes::is_mounted(const std::string& name) const { return linux::is_mount_point(data(name)); }

Result<> Volumes::unmount(const std::string& name) const {
  const Lock alone = TRY(Lock::take(folder_ + "/" + name, Lock::Mode::exclusive));
  return with_context(unmount_volume(data(name)), "unmount volume '{}'", name);
}

Result<Lock> Volumes::lock(Lock::Mode mode) const {
  TRY(make_folders(folder_, 0711));
  return Lock::take(folder_, mode);
}
Result<Lock> Volumes::keep() const { return lock(Lock::Mode::shared); }
Result<Lock> Volumes::keep_alone() const { return lock(Lock::Mode::exclusive); }

}  // namespace gantry::engine
