#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/mount.hpp"
#include "linux/path.hpp"
#include "runtime/rootfs.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <span>

namespace gantry::runtime {

namespace {

/// config-linux.md, "Default Devices".
struct DefaultDevice {
  const char* name;
  unsigned major;
  unsigned minor;
};
constexpr DefaultDevice kDefaultDevices[] = {{"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
                                             {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};

/// runtime-linux.md, "Dev symbolic links", and the multiplexer of the container's own terminals.
struct Link {
  const char* name;
  const char* target;
};
constexpr Link kLinks[] = {{"fd", "/proc/self/fd"},
                           {"stdin", "/proc/self/fd/0"},
                           {"stdout", "/proc/self/fd/1"},
                           {"stderr", "/proc/self/fd/2"},
                           {"ptmx", "pts/ptmx"}};

mode_t type_bits(oci::DeviceType type) {
  switch (type) {
    case oci::DeviceType::block:
      return S_IFBLK;
    case oci::DeviceType::fifo:
      return S_IFIFO;
    default:
      return S_IFCHR;
  }
}

struct Node {
  mode_t mode;
  dev_t number;
  uid_t uid = 0;
  gid_t gid = 0;
};

bool is_node(const struct stat& info, const Node& node) {
  return (info.st_mode & S_IFMT) == (node.mode & S_IFMT) && (S_ISFIFO(node.mode) || info.st_rdev == node.number);
}

/// What is at a device's place already and is not that device.
enum class Other {
  replace,  ///< a default device: what an image put there goes
  refuse,   ///< one of the config, as config-linux.md has it
};

/// The node itself, checked on a descriptor.
Result<> make_node(const linux::Place& place, const Node& node, Other other) {
  const char* name = place.name.c_str();
  int dir = place.folder.get();
  for (int attempt = 0;; ++attempt) {
    if (mknodat(dir, name, node.mode, node.number) < 0 && errno != EEXIST) return Error::system("make device {}", name);
    Fd made = TRY(open_at(dir, place.name, O_PATH | O_NOFOLLOW));
    struct stat info;
    if (fstat(made.get(), &info) < 0) return Error::system("look at device {}", name);
    if (is_node(info, node)) {
      if ((info.st_uid != node.uid || info.st_gid != node.gid) &&
          fchownat(made.get(), "", node.uid, node.gid, AT_EMPTY_PATH) < 0)
        return Error::system("set the owner of device {}", name);
      return {};
    }
    if (other == Other::refuse || attempt > 0 || unlinkat(dir, name, 0) < 0)
      return fail(Code::exists, "something else is at {} where a device belongs", name);
  }
}

Result<> bind_node(const linux::Place& place, const std::string& source, const Node& node) {
  Fd host = TRY(with_context(open_file(source, O_PATH), "bind the host's device"));
  struct stat info;
  if (fstat(host.get(), &info) < 0) return Error::system("look at {}", source);
  if (!is_node(info, node)) return fail(Code::denied, "{} of the host is not the device that is asked for", source);
  Fd mount = TRY(linux::clone_mount(host, false));
  auto target = open_at(place.folder.get(), place.name, O_PATH | O_NOFOLLOW);
  if (!target) {
    TRY(open_at(place.folder.get(), place.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644));
    target = open_at(place.folder.get(), place.name, O_PATH | O_NOFOLLOW);
  }
  return linux::attach_mount(mount, TRY(std::move(target)));
}

/// Where the host has the device: at the same path, unless the container is to see it elsewhere. The caller checks it.
std::string path_on_host(const std::string& path, const Node& node) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && is_node(info, node)) return path;
  const char* kind = S_ISBLK(node.mode) ? "block" : "char";
  const std::string uevent =
      read_file(fmt::format("/sys/dev/{}/{}:{}/uevent", kind, major(node.number), minor(node.number))).value_or("");
  for (std::string_view line : split(uevent, '\n'))
    if (line.starts_with("DEVNAME=")) return fmt::format("/dev/{}", line.substr(line.find('=') + 1));
  return path;
}

Result<> make_default_devices(bool bind, const Fd& root) {
  linux::Place place{TRY(linux::open_or_make_in_root(root, "/dev", linux::NodeKind::folder)), {}};
  for (const auto& device : kDefaultDevices) {
    place.name = device.name;
    Node node{S_IFCHR | 0666, makedev(device.major, device.minor)};
    TRY(bind ? bind_node(place, std::string("/dev/") + device.name, node) : make_node(place, node, Other::replace));
  }
  for (const auto& link : kLinks)
    if (symlinkat(link.target, place.folder.get(), link.name) < 0 && errno != EEXIST)
      return Error::system("make link /dev/{}", link.name);
  return {};
}

}  // namespace

Result<> make_devices(const oci::Spec& spec, bool own_user_namespace, const Rootfs& rootfs) {
  const Fd& root = rootfs.root;
  if (!rootfs.dev_is_bound)
    TRY(with_context(make_default_devices(own_user_namespace, root), "make the default devices"));
  if (!spec.linux) return {};
  for (const auto& device : spec.linux->devices) {
    bool fifo = device.type == oci::DeviceType::fifo;
    dev_t number = fifo ? 0 : makedev(static_cast<unsigned>(*device.major), static_cast<unsigned>(*device.minor));
    Node node{type_bits(device.type) | (device.file_mode.value_or(0666) & 07777), number, device.uid.value_or(0),
              device.gid.value_or(0)};
    linux::Place place = TRY(linux::place_in_root(root, device.path));
    bool bind = own_user_namespace && !fifo;  // a fifo is no device to the kernel: anyone may make one
    TRY(with_context(
        bind ? bind_node(place, path_on_host(device.path, node), node) : make_node(place, node, Other::refuse),
        "device {}", device.path));
  }
  return {};
}

}  // namespace gantry::runtime
