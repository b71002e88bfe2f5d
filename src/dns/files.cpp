#include "dns/files.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <cstring>

namespace gantry::dns {

namespace {

constexpr std::uint32_t kChanges = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR;
constexpr std::size_t kMostBytes = 1u << 20;  // of one file

bool is_hidden(const std::string& name) { return name.starts_with('.') || name.contains(".tmp-"); }

}  // namespace

Result<Files> Files::open(const std::string& folder) {
  Fd inotify(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify) return Error::system("watch {}", folder);
  if (inotify_add_watch(inotify.get(), folder.c_str(), kChanges) < 0) return Error::system("watch {}", folder);
  return Files(std::move(inotify), folder);
}

void Files::load_all(Directory& directory) {
  const auto networks = list_folder(folder_);
  if (!networks) return log::warning("{}", networks.error().message());
  for (const std::string& network : *networks)
    if (!is_hidden(network)) load_network(directory, network);
}

void Files::load_network(Directory& directory, const std::string& network) {
  const std::string path = folder_ + "/" + network;
  // Watched before it is read: what comes in between is seen twice, not never.
  const int watch = inotify_add_watch(inotify_.get(), path.c_str(), kChanges);
  if (watch < 0) return;  // removed again
  networks_[watch] = network;
  const auto names = list_folder(path);
  if (!names) return;
  for (const std::string& name : *names) load_file(directory, network, name);
}

void Files::load_file(Directory& directory, const std::string& network, const std::string& name) {
  if (is_hidden(name)) return;
  const std::string path = folder_ + "/" + network + "/" + name;
  const auto text = read_file(path, kMostBytes);
  if (!text) {
    if (name != kZoneFile) directory.remove_member(network, name);
    return;
  }
  if (name == kZoneFile) {
    auto zone = json::decode<Zone>(*text, path);
    auto set = zone ? directory.set_zone(network, *zone) : Result<>(zone.error());
    if (!set) log::warning("{}", set.error().message());
    return changed_.push_back(network);
  }
  const auto member = json::decode<Member>(*text, path);
  if (!member) return log::warning("{}", member.error().message());
  directory.set_member(network, name, *member);
}

void Files::refresh(Directory& directory) {
  if (std::exchange(fresh_, false)) load_all(directory);
  alignas(inotify_event) char buffer[16384];
  for (;;) {
    const ssize_t size = read(inotify_.get(), buffer, sizeof buffer);
    if (size <= 0) return;
    for (ssize_t at = 0; at < size;) {
      const auto& event = *reinterpret_cast<const inotify_event*>(buffer + at);
      at += static_cast<ssize_t>(sizeof event + event.len);
      const std::string name = event.len == 0 ? "" : event.name;
      const auto network = networks_.find(event.wd);
      if ((event.mask & IN_Q_OVERFLOW) != 0) load_all(directory);
      else if ((event.mask & IN_IGNORED) != 0) networks_.erase(event.wd);
      else if (network != networks_.end()) load_file(directory, network->second, name);
      else if (!is_hidden(name) && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) load_network(directory, name);
      else if (!is_hidden(name) && (event.mask & (IN_DELETE | IN_MOVED_FROM)) != 0) directory.remove_network(name);
    }
  }
}

}  // namespace gantry::dns
