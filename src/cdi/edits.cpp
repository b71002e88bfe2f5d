#include "cdi/edits.hpp"

#include "base/text.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>

namespace gantry::cdi {

namespace {

Result<> add_variables(oci::Process& process, const std::vector<std::string>& env) {
  for (const auto& entry : env) {
    auto [name, value, found] = cut(entry, '=');
    if (!found || name.empty()) return fail(Code::invalid, "env: '{}' is not NAME=VALUE", entry);
    std::erase_if(process.env, [&](const std::string& other) { return cut(other, '=').before == name; });
    process.env.push_back(entry);
  }
  return {};
}

Result<oci::DeviceType> type_of(const DeviceNode& node, mode_t mode) {
  if (node.type == "b" || (node.type.empty() && S_ISBLK(mode))) return oci::DeviceType::block;
  if (node.type == "c" || (node.type.empty() && S_ISCHR(mode))) return oci::DeviceType::character;
  if (node.type == "u") return oci::DeviceType::unbuffered;
  if (node.type == "p" || (node.type.empty() && S_ISFIFO(mode))) return oci::DeviceType::fifo;
  return fail(Code::invalid, "deviceNodes: {} is no device", node.path);
}

Result<> add_node(oci::Linux& linux, const DeviceNode& node) {
  const std::string& host = node.host_path.empty() ? node.path : node.host_path;
  struct stat info {};
  const bool is_whole = !node.type.empty() && (node.type == "p" || (node.major && node.minor));
  if (!is_whole && stat(host.c_str(), &info) < 0) return Error::system("deviceNodes: {}", host);
  oci::Device device{.path = node.path, .file_mode = node.file_mode, .uid = node.uid, .gid = node.gid};
  device.type = TRY(type_of(node, info.st_mode));
  if (device.type != oci::DeviceType::fifo) {
    device.major = node.major.value_or(major(info.st_rdev));
    device.minor = node.minor.value_or(minor(info.st_rdev));
  }
  if (!device.file_mode && !is_whole) device.file_mode = info.st_mode & 0777;
  std::erase_if(linux.devices, [&](const oci::Device& other) { return other.path == device.path; });
  if (device.type != oci::DeviceType::fifo) {
    const std::string access = node.permissions.empty() ? "rwm" : node.permissions;
    if (!linux.resources) linux.resources.emplace();
    linux.resources->devices.push_back(
        {true, device.type == oci::DeviceType::block ? "b" : "c", device.major, device.minor, access});
  }
  linux.devices.push_back(std::move(device));
  return {};
}

void add_mount(std::vector<oci::Mount>& mounts, const CdiMount& edit) {
  oci::Mount mount{edit.container_path, edit.type.empty() ? "bind" : edit.type, edit.host_path, edit.options};
  auto is_bind = [](const std::string& option) { return option == "bind" || option == "rbind"; };
  if (mount.type == "bind" && std::ranges::none_of(mount.options, is_bind)) mount.options.emplace_back("rbind");
  std::erase_if(mounts, [&](const oci::Mount& other) { return other.destination == mount.destination; });
  mounts.push_back(std::move(mount));
}

Result<> add_hook(oci::Hooks& hooks, const CdiHook& edit) {
  oci::Hook hook{edit.path, edit.args, edit.env, edit.timeout};
  if (edit.hook_name == "prestart") hooks.prestart.push_back(std::move(hook));
  else if (edit.hook_name == "createRuntime") hooks.create_runtime.push_back(std::move(hook));
  else if (edit.hook_name == "createContainer") hooks.create_container.push_back(std::move(hook));
  else if (edit.hook_name == "startContainer") hooks.start_container.push_back(std::move(hook));
  else if (edit.hook_name == "poststart") hooks.poststart.push_back(std::move(hook));
  else if (edit.hook_name == "poststop") hooks.poststop.push_back(std::move(hook));
  else return fail(Code::invalid, "hooks: there is no hook '{}'", edit.hook_name);
  return {};
}

}  // namespace

Result<> apply_edits(oci::Spec& spec, const ContainerEdits& edits) {
  TRY(add_variables(*spec.process, edits.env));
  for (const auto& node : edits.device_nodes) TRY(add_node(*spec.linux, node));
  for (const auto& mount : edits.mounts) add_mount(spec.mounts, mount);
  for (const auto& hook : edits.hooks) TRY(add_hook(spec.hooks ? *spec.hooks : spec.hooks.emplace(), hook));
  for (const auto gid : edits.additional_gids)
    if (auto& gids = spec.process->user.additional_gids; std::ranges::find(gids, gid) == gids.end())
      gids.push_back(gid);
  return {};
}

}  // namespace gantry::cdi
