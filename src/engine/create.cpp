#include "base/file.hpp"
#include "base/id.hpp"
#include "engine/complete.hpp"
#include "engine/health.hpp"
#include "engine/names.hpp"
#include "engine/namespaces.hpp"
#include "engine/pods.hpp"
#include "engine/root.hpp"
#include "engine/state.hpp"
#include "engine/storage.hpp"
#include "engine/user_namespace.hpp"
#include "oci/platform.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace gantry::engine {

namespace {

Result<> check_platform(const store::Image& image, const ContainerConfig& config) {
  const std::string& name = config.image;
  const oci::Platform made_for = oci::platform_of(image.config);
  const oci::Platform host = oci::host_platform();
  if (!config.platform.empty()) {
    const oci::Platform wanted = TRY(oci::parse_platform(config.platform));
    if (oci::match(wanted, made_for) > 0) return {};
    return fail(Code::not_found, "image {} is for {}, not for {}", name, oci::text_of(made_for), config.platform)
        .with_cure(fmt::format("get that one: gantry pull --platform {} {}", config.platform, name));
  }
  if (oci::match(host, made_for) > 0) return {};
  return fail(Code::unsupported, "image {} is for {}, this machine is {}", name, oci::text_of(made_for),
              oci::text_of(host))
      .with_cure("get the image for this machine");
}

Result<> use_image(const store::Store& store, Record& record) {
  const std::string asked = record.config.image;
  const store::Image image = TRY(store.images().find(asked));
  TRY(check_platform(image, record.config));
  record.image_id = image.id;
  record.image_name = image.names.empty() ? image.id : image.names.front();
  record.layers = image.config.rootfs.diff_ids;
  complete(record.config, image.config.config);
  complete(record.config.health, image.config.config.healthcheck);
  return {};
}

Result<> use_folder(Record& record) {
  struct stat info;
  const std::string& folder = record.config.rootfs;
  if (stat(folder.c_str(), &info) < 0) return Error::system("root folder {}", folder);
  if (!S_ISDIR(info.st_mode)) return fail(Code::invalid, "{} is not a folder", folder);
  record.image_name = folder;
  complete(record.config, {});
  complete(record.config.health, {});
  return {};
}

Result<> use_root(const store::Store& store, Record& record) {
  const ContainerConfig& config = record.config;
  const int roots = !config.image.empty() + !config.rootfs.empty() + config.host_root;
  if (roots != 1)
    return fail(Code::invalid, "a container has one root").with_cure("give an image, --rootfs or --host-root");
  if (!config.image.empty()) return use_image(store, record);
  if (!config.rootfs.empty()) return use_folder(record);
  record.image_name = "host";
  complete(record.config, {});
  complete(record.config.health, {});
  return {};
}

/// Other containers may be renamed later.
Result<> refer_by_id(ContainerConfig& config, const std::function<Result<Record>(const std::string&)>& find) {
  for (std::string* mode : {&config.pid, &config.ipc, &config.uts, &config.cgroupns, &config.userns, &config.network}) {
    const std::string_view name = container_of(*mode);
    if (!name.empty()) *mode = "container:" + TRY(find(std::string(name))).id;
  }
  for (auto& need : config.needs) need = TRY(with_context(find(need), "option --requires")).id;
  return {};
}

/// Inserts the record, under a made-up name if it has none.
Result<> insert(Records& records, Record& record) {
  if (!record.config.name.empty()) {
    record.name = record.config.name;
    return records.insert(record);
  }
  constexpr int kAttempts = 20;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    record.name = random_name();
    auto inserted = records.insert(record);
    if (inserted || inserted.error().code() != Code::exists) return inserted;
  }
  // Thousands of containers: the id makes it unique.
  record.name = fmt::format("{}_{}", random_name(), record.id.substr(0, 8));
  return records.insert(record);
}

/// Never an existing file: it may be somebody's, or of a container that runs.
Result<> write_cidfile(const Record& record) {
  const std::string& path = record.config.cidfile;
  if (path.empty()) return {};
  auto file = open_file(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
  if (!file && file.error().os_error() == EEXIST)
    return fail(Code::exists, "the file {} for the container's id exists", path)
        .with_cure("remove it, or choose another --cidfile");
  return write_all(TRY(std::move(file)), record.id, path);
}

}  // namespace

Result<Record> Engine::State::make(const ContainerConfig& config) {
  TRY(finish_interrupted());
  store::Store& store = *TRY(this->store());
  Records& records = *TRY(this->records());
  // Until the row is there nothing else keeps the image's layers.
  const Lock use = TRY(store.use());
  const Volumes volumes = this->volumes();
  const Lock kept = TRY(volumes.keep());  // likewise its volumes
  Record record{.id = random_hex(32), .created = now(), .owner = ProcessId::own(), .config = config};
  TRY(join_pod(*this, record.config));
  auto find = [&](const std::string& name) { return records.find(name); };
  TRY(fix_user_namespace(record.config));  // keep-id goes before the image's user
  TRY(take_volumes_from(record.config, find));
  TRY(use_root(store, record));
  TRY(check_config(record.config));
  TRY(check_networks(record.config));
  TRY(refer_by_id(record.config, find));
  TRY(name_mounts(record.config, store.images()));
  TRY(insert(records, record));  // before anything else is made: from here finish_interrupted() finds it
  auto made = Root::make(store, settings.storage_driver, record);
  if (made) made = make_volumes(volumes, record.config);
  if (made) made = write_cidfile(record);
  if (made) {
    report(record, "create");
    return record;
  }
  if (auto held = hold(record.id); held && *held) best_effort(take_apart(**held));
  return std::move(made.error());
}

Result<std::string> Engine::create(const ContainerConfig& config) {
  const Record record = TRY(state_->make(config));
  TRY(TRY(state_->records())->set_created(record.id));
  return record.id;
}

}  // namespace gantry::engine
