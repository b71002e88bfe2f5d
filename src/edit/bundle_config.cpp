#include "edit/bundle_config.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/path.hpp"
#include "oci/default_path.hpp"
#include "oci/identity.hpp"
#include "runtime/runtime.hpp"

#include <fcntl.h>

namespace gantry::edit {

namespace {

constexpr std::size_t kMaxUserFile = 1u << 20;

/// Empty when the image has none.
std::string read_inside(const Fd& rootfs, const std::string& path) {
  auto fd = linux::open_in_root(rootfs, path, O_RDONLY | O_NONBLOCK);
  if (!fd) return {};
  return read_all(*fd, path, kMaxUserFile).value_or("");
}

bool has_variable(const std::vector<std::string>& env, std::string_view name) {
  for (const auto& line : env)
    if (cut(line, '=').before == name) return true;
  return false;
}

Result<> set_process(oci::Process& process, const oci::ExecutionConfig& config, const Fd& rootfs) {
  auto user = TRY(with_context(
      oci::resolve_user(config.user, {}, read_inside(rootfs, "etc/passwd"), read_inside(rootfs, "etc/group")),
      "user of the image"));
  process.user = {.uid = user.uid, .gid = user.gid, .additional_gids = user.groups};
  process.args = config.entrypoint;
  process.args.insert(process.args.end(), config.cmd.begin(), config.cmd.end());
  if (process.args.empty()) process.args = {"sh"};
  process.env = config.env;
  if (!has_variable(process.env, "PATH")) process.env.insert(process.env.begin(), oci::kDefaultPath);
  if (!has_variable(process.env, "TERM")) process.env.emplace_back("TERM=xterm");
  if (!has_variable(process.env, "HOME")) process.env.push_back("HOME=" + user.home);
  process.cwd = config.working_dir.starts_with('/') ? config.working_dir : "/" + config.working_dir;
  return {};
}

void annotate(std::map<std::string, std::string>& annotations, const oci::ImageConfig& image) {
  auto set = [&](const char* name, const std::string& value) {
    if (!value.empty()) annotations.emplace(std::string("org.opencontainers.image.") + name, value);
  };
  // The image's labels are the author's own words: they come first.
  for (const auto& [name, value] : image.config.labels) annotations.emplace(name, value);
  std::string ports;
  for (const auto& [port, nothing] : image.config.exposed_ports) ports += (ports.empty() ? "" : ",") + port;
  set("os", image.os);
  set("architecture", image.architecture);
  set("variant", image.variant);
  set("os.version", image.os_version);
  set("os.features", join(image.os_features, ","));
  set("author", image.author);
  set("created", image.created);
  set("stopSignal", image.config.stop_signal);
  set("exposedPorts", ports);
}

std::vector<oci::IdMapping> mappings(const std::vector<linux::IdMap>& maps) {
  std::vector<oci::IdMapping> out;
  for (const auto& map : maps) out.push_back({map.inside, map.outside, map.count});
  return out;
}

}  // namespace

Result<oci::Spec> bundle_config(const oci::ImageConfig& image, const Fd& rootfs, const UnpackOptions& options) {
  oci::Spec spec = runtime::example_spec(options.id_maps.has_value());
  spec.root->readonly = false;
  TRY(set_process(*spec.process, image.config, rootfs));
  annotate(spec.annotations, image);
  if (options.id_maps) {
    spec.linux->uid_mappings = mappings(options.id_maps->uids);
    spec.linux->gid_mappings = mappings(options.id_maps->gids);
  }
  return spec;
}

}  // namespace gantry::edit
