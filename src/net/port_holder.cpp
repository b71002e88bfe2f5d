#include "base/file.hpp"
#include "base/text.hpp"
#include "net/ports.hpp"

#include <charconv>
#include <set>

// Who has bound a port: its sockets by /proc/net, and whose they are by the descriptors of all processes. Only for the
// text of an error, so it may take its time.

namespace gantry::net {

namespace {

/// The inodes of sockets that are bound to a port, from a table such as /proc/net/tcp (proc_net(5)).
void add_sockets(const std::string& table, std::uint16_t port, std::set<std::string>& inodes) {
  auto text = read_file("/proc/net/" + table);
  if (!text) return;
  const std::string wanted = fmt::format(":{:04X}", port);
  for (const std::string& line : split(*text, '\n')) {
    std::vector<std::string> words;
    for (std::string& word : split(line, ' '))
      if (!word.empty()) words.push_back(std::move(word));
    constexpr std::size_t kLocal = 1, kState = 3, kInode = 9;
    if (words.size() <= kInode || !words[kLocal].ends_with(wanted)) continue;
    // TCP_LISTEN; of UDP, TCP_CLOSE is one that waits for anybody.
    if (words[kState] == "0A" || words[kState] == "07") inodes.insert("socket:[" + words[kInode] + "]");
  }
}

std::string name_of(const std::string& pid) {
  const std::string name = read_file("/proc/" + pid + "/comm").value_or(std::string());
  return fmt::format("{} (process {})", trim(name), pid);
}

bool has_one(const std::string& pid, const std::set<std::string>& inodes) {
  auto descriptors = list_folder("/proc/" + pid + "/fd");
  if (!descriptors) return false;
  for (const std::string& descriptor : *descriptors)
    if (auto target = read_link("/proc/" + pid + "/fd/" + descriptor); target && inodes.contains(*target)) return true;
  return false;
}

}  // namespace

std::string holder_of(std::uint16_t port, std::string_view protocol) {
  std::set<std::string> inodes;
  if (protocol != "sctp")
    for (const char* family : {"", "6"}) add_sockets(std::string(protocol) + family, port, inodes);
  auto processes = list_folder("/proc");
  if (!processes || inodes.empty()) return {};
  for (const std::string& pid : *processes)
    if (parse_unsigned(pid) && has_one(pid, inodes)) return name_of(pid);
  return {};
}

}  // namespace gantry::net
