#include "engine/volume_mount.hpp"

#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "linux/mount.hpp"
#include "linux/mount_point.hpp"
#include "runtime/mount_options.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace gantry::engine {

namespace {

Result<> read_word(VolumeOptions& options, std::string_view word) {
  auto [key, value, found] = cut(word, '=');
  auto number = [&]() -> Result<unsigned> {
    const std::uint64_t id = TRY(parse_unsigned(value));
    if (id >= UINT32_MAX) return fail(Code::invalid, "'{}' is no user id", value);
    return static_cast<unsigned>(id);
  };
  // A tmpfs takes these three itself.
  if (options.type.empty() && key == "size" && found) options.size = TRY(parse_size(value));
  else if (options.type.empty() && key == "uid" && found) options.uid = TRY(number());
  else if (options.type.empty() && key == "gid" && found) options.gid = TRY(number());
  else options.words.emplace_back(word);
  return {};
}

Result<Fd> open_loop_device(const Fd& file) {
  constexpr int kAttempts = 32;  // another process may take the one that we were offered
  const Fd control = TRY(open_file("/dev/loop-control", O_RDWR));
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const int number = ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (number < 0) return Error::system("find a free loop device");
    Fd device = TRY(open_file(fmt::format("/dev/loop{}", number), O_RDWR));
    loop_config config{};
    config.fd = static_cast<std::uint32_t>(file.get());
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;  // it goes with its mount
    if (ioctl(device.get(), LOOP_CONFIGURE, &config) == 0) return device;
    if (errno != EBUSY) return Error::system("set up loop device {}", number);
  }
  return fail(Code::busy, "every loop device is taken by others as soon as it is free");
}

Result<Fd> open_disk(const std::string& path, std::uint64_t size) {
  if (!path_exists(path)) {
    const std::string unfinished = path + ".new";
    Fd file = TRY(open_file(unfinished, O_RDWR | O_CREAT | O_TRUNC, 0600));
    if (ftruncate(file.get(), static_cast<off_t>(size)) < 0) return Error::system("make {}", unfinished);
    TRY(with_context(command_output({.argv = {"mkfs.ext4", "-q", "-F", "-m", "0", unfinished}}),
                     "make a file system of {} bytes", size));
    if (rename(unfinished.c_str(), path.c_str()) < 0) return Error::system("rename {}", unfinished);
  }
  return open_file(path, O_RDWR);
}

}  // namespace

Result<VolumeOptions> VolumeOptions::read(const std::map<std::string, std::string>& options) {
  VolumeOptions read;
  for (const auto& [key, value] : options) {
    if (key == "type") read.type = value == "none" ? "bind" : value;
    else if (key == "device") read.device = value;
    else if (key != "o" && key != "size")
      return fail(Code::invalid, "the driver local has no option '{}'", key).with_cure("there are type, device and o");
  }
  if (auto words = options.find("o"); words != options.end())
    for (const auto& word : split(words->second, ','))
      if (!word.empty()) TRY(with_context(read_word(read, word), "option o"));
  if (auto size = options.find("size"); size != options.end())
    TRY(with_context(read_word(read, "size=" + size->second), "option size"));
  auto is_word = [&](std::string_view word) { return std::ranges::find(read.words, word) != read.words.end(); };
  if (read.type.empty() && (is_word("bind") || is_word("rbind"))) read.type = "bind";
  if (read.is_bind() && !read.device.starts_with('/'))
    return fail(Code::invalid, "a volume that binds a folder needs its absolute path").with_cure("give device=/PATH");
  if (read.type.empty() && !read.device.empty())
    return fail(Code::invalid, "the device {} is given, and no type", read.device).with_cure("give type=FILESYSTEM");
  if (read.type.empty() && !read.words.empty())
    return fail(Code::invalid, "'{}' is an option of a mount, and no type is given", read.words.front())
        .with_cure("give type=FILESYSTEM; without one there are size, uid and gid");
  return read;
}

bool VolumeOptions::is_bind() const { return type == "bind"; }

Result<> VolumeOptions::mount(const std::string& path) const {
  if (geteuid() != 0)
    return fail(Code::denied, "an ordinary user cannot mount file systems on the host")
        .with_cure("use --tmpfs or --mount, which mount in the container, or a volume without type and size");
  if (size) return mount_in_file(path);
  const runtime::MountOptions options = TRY(runtime::parse_mount_options(words));
  const Fd made = TRY(linux::make_mount(type, device.empty() ? type : device, options.data, options.flags.set));
  const Fd target = TRY(open_file(path, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  return linux::attach_mount(made, target);
}

Result<> VolumeOptions::mount_in_file(const std::string& path) const {
  const Fd file = TRY(open_disk(path.substr(0, path.rfind('/')) + "/disk", *size));
  const Fd device = TRY(open_loop_device(file));
  const Fd made = TRY(linux::make_mount("ext4", TRY(read_link(fmt::format("/proc/self/fd/{}", device.get()))), {}, 0));
  const Fd target = TRY(open_file(path, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  TRY(linux::attach_mount(made, target));
  rmdir((path + "/lost+found").c_str());  // an empty volume is filled from the image
  if ((uid || gid) && chown(path.c_str(), uid.value_or(-1u), gid.value_or(-1u)) < 0)
    return Error::system("give {} to its user", path);
  return {};
}

Result<> unmount_volume(const std::string& path) {
  if (!linux::is_mount_point(path) || umount2(path.c_str(), UMOUNT_NOFOLLOW) == 0) return {};
  if (errno == EBUSY) return fail(Code::busy, "{} is in use", path).with_cure("end what uses it");
  return Error::system("unmount {}", path);
}

}  // namespace gantry::engine
