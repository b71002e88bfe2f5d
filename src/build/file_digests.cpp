#include "build/file_digests.hpp"

#include "archive/hash.hpp"
#include "base/file.hpp"
#include "linux/path.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <iterator>
#include <memory>

namespace gantry::build {

namespace {

/// The kernel's clock for files moves in steps of some milliseconds.
constexpr Timestamp kClockStep = 20'000'000;
constexpr std::size_t kHexDigits = 64;
constexpr std::size_t kMostBytes = 1u << 30;
constexpr std::uint64_t kLarge = 32u << 20;

Timestamp time_of(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

Result<std::string> digest_of(const Fd& file) {
  constexpr std::size_t kBuffer = 256u << 10;
  static const auto buffer = std::make_unique_for_overwrite<std::byte[]>(kBuffer);
  archive::Hasher hasher;
  while (true) {
    const ssize_t got = read(file.get(), buffer.get(), kBuffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error::system("read it");
    if (got == 0) return hasher.finish().hex();
    hasher.update(Bytes(buffer.get(), static_cast<std::size_t>(got)));
  }
}

/// One number and the blank behind it; false at the end of what can be read.
template <class T>
bool take_number(std::string_view& line, T& number) {
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc() || end == line.data() + line.size() || *end != ' ') return false;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()) + 1);
  return true;
}

}  // namespace

FileDigests::FileDigests(const std::string& folder, const std::string& context)
    : folder_(folder), path_(folder + "/" + archive::hash_of(as_bytes(context)).hex().substr(0, 32)), begun_(now()) {
  if (!folder_.empty()) load();
}

/// "SIZE MODIFIED CHANGED INODE DIGEST PATH" with a NUL behind each, as paths may hold anything else.
void FileDigests::load() {
  auto text = read_file(path_, kMostBytes);
  if (!text) return;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto end = rest.find('\0');
    if (end == std::string_view::npos) return;
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    Known known;
    if (!take_number(line, known.size) || !take_number(line, known.modified) || !take_number(line, known.changed) ||
        !take_number(line, known.inode) || line.size() <= kHexDigits + 1)
      return;
    known.digest = line.substr(0, kHexDigits);
    known_.emplace(line.substr(kHexDigits + 1), std::move(known));
  }
}

FileDigests::Known FileDigests::describe(const struct stat& info) {
  return {.size = static_cast<std::uint64_t>(info.st_size),
          .modified = time_of(info.st_mtim),
          .changed = time_of(info.st_ctim),
          .inode = info.st_ino,
          .digest = {}};
}

Result<std::string> FileDigests::of(const Fd& root, const SourceEntry& file) {
  Known now = describe(file.info);
  const auto found = known_.find(file.path);
  if (found != known_.end()) {
    now.digest = found->second.digest;
    if (now == found->second) return now.digest;
  }
  const bool is_settled = now.changed + kClockStep < begun_;
  if (is_settled && now.size >= kLarge) {
    ++local_;
    return fmt::format("file {} {} {} {} {}", file.info.st_dev, now.inode, now.size, now.modified, now.changed);
  }
  // O_NONBLOCK: should a fifo have come in its place, opening does not wait.
  Fd opened = TRY(linux::open_in_root(root, "/" + file.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  now.digest = TRY(with_context(digest_of(opened), "{}", file.path));
  std::string digest = now.digest;
  if (is_settled) known_.insert_or_assign(file.path, std::move(now));
  else if (found != known_.end()) known_.erase(found);
  else return digest;
  is_changed_ = true;
  return digest;
}

Result<> FileDigests::save() {
  if (!is_changed_ || folder_.empty()) return {};
  std::string text;
  for (const auto& [path, known] : known_) {
    fmt::format_to(std::back_inserter(text), "{} {} {} {} {} {}", known.size, known.modified, known.changed,
                   known.inode, known.digest, path);
    text += '\0';
  }
  TRY(make_folders(folder_, 0700));
  TRY(replace_file(path_, text, 0600, Sync::no));
  is_changed_ = false;
  return {};
}

}  // namespace gantry::build
