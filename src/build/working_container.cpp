#include "build/working_container.hpp"

#include "archive/hash.hpp"
#include "base/id.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "linux/mount.hpp"
#include "store/mapped.hpp"
#include "store/pins.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace gantry::build {

namespace {

constexpr const char* kRecord = "/container.json";

std::string builders(const store::Store& store) { return store.root() + "/builders"; }

oci::Digest pin_key(const WorkingRecord& record, std::size_t layer) {
  return archive::hash_of(as_bytes(fmt::format("builder {} {}", record.id, layer)));
}

/// "busybox-working-container" of "localhost/busybox:latest".
std::string default_name(const std::string& image) {
  std::string_view last = cut_last(image, '/').found ? cut_last(image, '/').after : std::string_view(image);
  last = cut(cut(last, '@').before, ':').before;
  return std::string(last) + "-working-container";
}

Result<> check_name(const std::string& name) {
  const bool is_plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  });
  if (!name.empty() && is_plain && name.front() != '.' && name.front() != '-') return {};
  return fail(Code::invalid, "'{}' is no name for a container", name).with_cure("letters, figures, '_', '.' and '-'");
}

bool is_mount_point(const std::string& path) {
  struct statx info;
  return statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &info) == 0 &&
         (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

/// A folder of its own for the name, the first that is free when none is asked for.
Result<std::string> make_place(const std::string& builders, const std::string& wanted, const std::string& image) {
  TRY(make_folders(builders, 0700));
  const std::string base = wanted.empty() ? default_name(image) : wanted;
  TRY(check_name(base));
  std::string name = base;
  for (int number = 1; mkdir((builders + "/" + name).c_str(), 0700) < 0; ++number) {
    if (errno != EEXIST) return Error::system("create folder {}/{}", builders, name);
    if (!wanted.empty())
      return fail(Code::exists, "there is a working container '{}' already", name)
          .with_cure("gantry builder rm " + name);
    name = fmt::format("{}-{}", base, number);
  }
  return name;
}

void describe_image(WorkingRecord& record, const store::Image& image) {
  record.image_id = image.id;
  for (const auto& layer : image.config.rootfs.diff_ids) record.layers.push_back(layer.text());
  for (const auto& blob : image.manifest.layers) record.blobs.push_back(json::encode(oci::bare(blob)));
  record.config = oci::write_image_config(image.config);
}

std::string empty_config() {
  oci::ImageConfig config;
  const auto platform = oci::host_platform();
  config.os = platform.os;
  config.architecture = platform.architecture;
  config.variant = platform.variant;
  return oci::write_image_config(config);
}

}  // namespace

Result<WorkingContainer> WorkingContainer::make(const store::Store& store, const std::string& name,
                                                const std::string& image_name, const store::Image* image) {
  const std::string chosen = TRY(make_place(builders(store), name, image_name));
  const std::string folder = builders(store) + "/" + chosen;
  WorkingContainer made(folder, TRY(Lock::take(folder, Lock::Mode::exclusive)));
  made.record_ = {.id = random_hex(32), .name = chosen, .image = image_name, .image_id = {}, .created = now()};
  made.record_.config = empty_config();
  if (image != nullptr) describe_image(made.record_, *image);
  TRY(make_folders(folder + "/work", 0700));
  TRY(make_folders(folder + "/upper"));
  if (image != nullptr && !image->config.rootfs.diff_ids.empty())
    TRY(copy_root(store.layers().path(image->config.rootfs.diff_ids.back()), made.upper()));
  TRY(made.pin(store));
  TRY(made.save());
  return made;
}

Result<> WorkingContainer::pin(const store::Store& store) const {
  const store::Pins pins(store.root());
  for (std::size_t i = 0; i < record_.layers.size(); ++i)
    TRY(pins.put(pin_key(record_, i), {.layer = record_.layers[i],
                                       .size = 0,
                                       .description = "base of the working container " + record_.name,
                                       .created = now()}));
  return {};
}

Result<WorkingContainer> WorkingContainer::open(const std::string& folder) {
  WorkingContainer opened(folder, TRY(Lock::take(folder, Lock::Mode::exclusive)));
  opened.record_ = TRY(json::decode<WorkingRecord>(TRY(read_file(folder + kRecord)), folder + kRecord));
  return opened;
}

Result<std::vector<WorkingRecord>> WorkingContainer::list(const store::Store& store) {
  std::vector<WorkingRecord> records;
  if (!path_exists(builders(store))) return records;
  for (const auto& name : TRY(list_folder(builders(store)))) {
    const std::string path = builders(store) + "/" + name + kRecord;
    auto text = read_file(path);
    if (!text) continue;  // half made, or half removed
    records.push_back(TRY(json::decode<WorkingRecord>(*text, path)));
  }
  std::ranges::sort(records, {}, &WorkingRecord::created);
  return records;
}

Result<WorkingContainer> WorkingContainer::find(const store::Store& store, const std::string& name) {
  std::string found;
  for (const auto& record : TRY(list(store))) {
    if (record.name == name) return open(builders(store) + "/" + record.name);
    if (name.empty() || !record.id.starts_with(name)) continue;
    if (!found.empty()) return fail(Code::invalid, "'{}' is the beginning of several ids", name);
    found = record.name;
  }
  if (!found.empty()) return open(builders(store) + "/" + found);
  return fail(Code::not_found, "no working container '{}'", name).with_cure("`gantry builder containers` lists them");
}

Result<oci::ImageConfig> WorkingContainer::config() const {
  return oci::parse_image_config(record_.config, folder_ + kRecord);
}

Result<std::vector<oci::Digest>> WorkingContainer::layers() const {
  std::vector<oci::Digest> layers;
  for (const auto& text : record_.layers) layers.push_back(TRY(oci::Digest::parse(text)));
  return layers;
}

Result<> WorkingContainer::save() const {
  return replace_file(folder_ + kRecord, json::encode_pretty(record_), 0600, Sync::no);
}

std::string WorkingContainer::mounted_at(const std::string& run_root) const {
  std::string path = mount_path(run_root);
  return is_mount_point(path) ? path : std::string();
}

Result<Workspace> WorkingContainer::workspace(const store::Store& store, const std::string& run_root) const {
  const auto below = TRY(layers());
  return Workspace::reopen(store, below,
                           {.upper = upper(), .work = folder_ + "/work", .mounted = mounted_at(run_root)});
}

Result<std::string> WorkingContainer::mount(const store::Store& store, const std::string& run_root) const {
  std::string path = mounted_at(run_root);
  if (!path.empty()) return path;
  path = mount_path(run_root);
  const Fd tree = TRY(TRY(workspace(store, run_root)).open());
  const Fd target = TRY(make_and_open_folder(path, 0700));
  TRY(linux::attach_mount(tree, target));
  return path;
}

Result<> WorkingContainer::unmount(const std::string& run_root) const {
  const std::string path = mounted_at(run_root);
  if (!path.empty() && umount2(path.c_str(), UMOUNT_NOFOLLOW) < 0) {
    if (errno == EBUSY) return fail(Code::busy, "'{}' is in use at {}", record_.name, path).with_cure("leave it");
    return Error::system("unmount {}", path);
  }
  rmdir(mount_path(run_root).c_str());
  return {};
}

Result<> WorkingContainer::remove(const store::Store& store, const std::string& run_root) const {
  TRY(unmount(run_root));
  const store::Pins pins(store.root());
  for (std::size_t i = 0; i < record_.layers.size(); ++i) TRY(pins.remove(pin_key(record_, i).hex()));
  return with_context(store::remove_mapped_tree(folder_), "remove the working container '{}'", record_.name);
}

}  // namespace gantry::build
