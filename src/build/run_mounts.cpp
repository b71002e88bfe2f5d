#include "build/run_mounts.hpp"

#include "archive/hash.hpp"
#include "base/file.hpp"
#include "build/copier.hpp"
#include "linux/idmap.hpp"
#include "linux/mount.hpp"
#include "linux/path.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ranges>

namespace gantry::build {

namespace {

using dockerfile::MountType;
using dockerfile::RunMount;
using dockerfile::Sharing;

Result<> give(const std::string& path, const RunMount& mount, std::uint32_t mode) {
  if (chown(path.c_str(), mount.uid.value_or(0), mount.gid.value_or(0)) < 0)
    return Error::system("give {} to {}:{}", path, mount.uid.value_or(0), mount.gid.value_or(0));
  if (chmod(path.c_str(), mount.mode.value_or(mode)) < 0) return Error::system("set the mode of {}", path);
  return {};
}

class Preparation {
 public:
  Preparation(const Situation& situation, const Workspace& place) : situation_(situation), place_(place) {}

  Result<RunMounts> run(const RunStep& step) {
    for (const auto& mount : step.mounts) TRY(with_context(prepare(mount), "--mount={}", mount.mount.text));
    return std::move(made_);
  }

 private:
  Result<> prepare(const StepMount& mount) {
    switch (mount.mount.type) {
      case MountType::bind:
        return bind(mount);
      case MountType::cache:
        return cache(mount);
      case MountType::tmpfs:
        return memory(mount.mount);
      case MountType::secret:
        return secret(mount.mount);
      case MountType::ssh:
        return agent(mount.mount);
    }
    return fail(Code::unsupported, "this type of mount is not known");
  }

  void add(const std::string& source, const std::string& target, bool read_only) {
    made_.mounts.push_back({.type = "bind",
                            .source = source,
                            .target = target,
                            .options = {"rbind", "rprivate", read_only ? "ro" : "rw"}});
  }

  Result<std::string> new_folder() {
    std::string path = fmt::format("{}/m{}", place_.folder(), count_++);
    TRY(make_folders(path));
    return path;
  }

  /// Layers of the origin, the top first, as folders for an overlay.
  Result<std::vector<std::string>> layers_of(const FileOrigin& origin) {
    std::vector<std::string> layers;
    if (origin.node) {
      for (const auto& layer : situation_.layers[*origin.node] | std::views::reverse)
        layers.push_back(situation_.settings.store.layers().path(layer));
    } else if (origin.context) {
      layers.push_back(TRY(context_folder(*origin.context)));
    }
    return layers;
  }

  /// The context itself, or when an ignore file leaves something out a copy of the rest.
  Result<std::string> context_folder(std::size_t number) {
    const Context& context = situation_.contexts[number];
    if (context.ignored().empty()) return situation_.graph.contexts[number].path;
    std::string path = TRY(new_folder());
    Fd to = TRY(open_folder(path));
    const CopyRules rules{.time = situation_.settings.time, .has_times_of_own = true};
    Copier copier(context.root(), to, rules);
    for (const auto& match : TRY(find_sources(context.root(), "/", {.ignored = &context.ignored()})))
      TRY(copier.put(match, "/", true));
    return path;
  }

  /// Mounts the origin; what is written to it is forgotten.
  Result<std::string> mount_origin(const FileOrigin& origin, bool read_only) {
    linux::Overlay overlay{.layers = TRY(layers_of(origin)), .upper = {}, .work = {}};
    overlay.user_xattr = !linux::in_initial_user_namespace();
    overlay.layers.push_back(TRY(new_folder()));
    if (overlay.layers.size() == 1) overlay.layers.push_back(TRY(new_folder()));
    if (!read_only) {
      overlay.upper = TRY(new_folder());
      overlay.work = TRY(new_folder());
    }
    std::string path = TRY(new_folder());
    Fd mount = TRY(linux::make_overlay(overlay, MOUNT_ATTR_NODEV | (read_only ? MOUNT_ATTR_RDONLY : 0)));
    TRY(linux::attach_mount(mount, TRY(open_file(path, O_PATH | O_DIRECTORY))));
    return path;
  }

  Result<> bind(const StepMount& mount) {
    const bool plain = mount.origin.context && mount.mount.is_read_only;
    const std::string tree =
        plain ? TRY(context_folder(*mount.origin.context)) : TRY(mount_origin(mount.origin, mount.mount.is_read_only));
    Fd root = TRY(open_file(tree, O_PATH | O_DIRECTORY));
    const auto matches = TRY(find_sources(root, mount.mount.source.empty() ? "/" : mount.mount.source, {}));
    if (matches.size() != 1) return fail(Code::invalid, "'{}' is not one thing", mount.mount.source);
    add(tree + "/" + matches.front().path, mount.mount.target, mount.mount.is_read_only);
    return {};
  }

  Result<> memory(const RunMount& mount) {
    std::vector<std::string> options{"nosuid", "nodev", "mode=1777"};
    if (mount.size != 0) options.push_back(fmt::format("size={}", mount.size));
    made_.mounts.push_back({.type = "tmpfs", .source = "tmpfs", .target = mount.target, .options = options});
    return {};
  }

  /// A folder that outlives the build, and that builds share as the mount says.
  Result<> cache(const StepMount& mount) {
    const RunMount& wanted = mount.mount;
    const std::string id = wanted.id.empty() ? wanted.target : wanted.id;
    const std::string base = situation_.settings.caches + "/" + archive::hash_of(as_bytes(id)).hex().substr(0, 32);
    std::string path = base;
    for (int copy = 1;; ++copy) {
      const bool is_new = !path_exists(path);
      TRY(make_folders(path));
      if (is_new) TRY(fill_cache(mount, path));
      if (wanted.sharing == Sharing::shared) break;
      auto lock = wanted.sharing == Sharing::locked ? Lock::take(path, Lock::Mode::exclusive)
                                                    : Lock::try_take(path, Lock::Mode::exclusive);
      if (lock) {
        made_.locks.push_back(std::move(*lock));
        break;
      }
      if (lock.error().code() != Code::busy) return std::move(lock.error());
      path = fmt::format("{}-{}", base, copy);
    }
    Fd root = TRY(open_file(path, O_PATH | O_DIRECTORY));
    if (mount.origin.node || mount.origin.context || wanted.source.empty()) {
      add(path, wanted.target, wanted.is_read_only);
      return {};
    }
    TRY(linux::open_or_make_in_root(root, wanted.source, linux::NodeKind::folder));
    add(path + linux::clean_path(wanted.source), wanted.target, wanted.is_read_only);
    return {};
  }

  Result<> fill_cache(const StepMount& mount, const std::string& path) {
    TRY(give(path, mount.mount, 0755));
    if (!mount.origin.node && !mount.origin.context) return {};
    const std::string tree = TRY(mount_origin(mount.origin, true));
    Fd from = TRY(open_file(tree, O_PATH | O_DIRECTORY));
    Fd to = TRY(open_folder(path));
    const CopyRules rules{.time = situation_.settings.time, .has_times_of_own = true};
    Copier copier(from, to, rules);
    for (const auto& match : TRY(find_sources(from, mount.mount.source.empty() ? "/" : mount.mount.source, {})))
      TRY(copier.put(match, "/", true));
    return {};
  }

  /// In memory that nobody else sees: not even a killed build leaves it on a disk.
  Result<std::string> memory_file(const std::string& content) {
    if (secrets_.empty()) {
      secrets_ = TRY(new_folder());
      Fd memory = TRY(linux::make_mount("tmpfs", "tmpfs", {{"mode", "0700"}}, MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID));
      TRY(linux::attach_mount(memory, TRY(open_file(secrets_, O_PATH | O_DIRECTORY))));
    }
    std::string path = fmt::format("{}/{}", secrets_, count_++);
    Fd file = TRY(open_file(path, O_WRONLY | O_CREAT | O_EXCL, 0600));
    TRY(write_all(file, content, "the secret"));
    return path;
  }

  Result<> secret(const RunMount& mount) {
    const std::string id = mount.id.empty() ? mount.target.substr(mount.target.rfind('/') + 1) : mount.id;
    const auto& secrets = situation_.settings.secrets.values;
    const auto found = secrets.find(id);
    if (found == secrets.end()) {
      if (!mount.is_required) return {};
      return fail(Code::not_found, "there is no secret '{}'", id)
          .with_cure(fmt::format("give it: --secret id={},src=FILE", id));
    }
    if (!mount.env.empty()) made_.env.push_back(mount.env + "=" + found->second);
    if (!mount.env.empty() && mount.target.empty()) return {};
    const std::string path = TRY(memory_file(found->second));
    TRY(give(path, mount, 0400));
    add(path, mount.target.empty() ? "/run/secrets/" + id : mount.target, true);
    return {};
  }

  Result<> agent(const RunMount& mount) {
    const std::string id = mount.id.empty() ? "default" : mount.id;
    const auto& sockets = situation_.settings.secrets.ssh_sockets;
    const auto found = sockets.find(id);
    if (found == sockets.end()) {
      if (!mount.is_required) return {};
      return fail(Code::not_found, "there is no SSH agent '{}'", id)
          .with_cure(fmt::format("give it: --ssh {}, with $SSH_AUTH_SOCK set", id));
    }
    const std::string target =
        mount.target.empty() ? fmt::format("/run/buildkit/ssh_agent.{}", agents_++) : mount.target;
    add(found->second, target, false);
    made_.env.push_back("SSH_AUTH_SOCK=" + target);
    return {};
  }

  const Situation& situation_;
  const Workspace& place_;
  RunMounts made_;
  std::string secrets_;
  int count_ = 0;
  int agents_ = 0;
};

}  // namespace

Result<RunMounts> prepare_mounts(const RunStep& step, const Situation& situation, const Workspace& place) {
  return Preparation(situation, place).run(step);
}

}  // namespace gantry::build
