#include "archive/test_support.hpp"

#include "archive/hash.hpp"
#include "archive/tar_writer.hpp"
#include "base/file.hpp"
#include "base/subprocess.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <stdexcept>

namespace gantry::archive::test {

namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message());
  return std::move(result).take();
}

}  // namespace

TemporaryFolder::TemporaryFolder() : path_("/tmp/gantry-archive-XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) std::abort();
}

TemporaryFolder::~TemporaryFolder() { best_effort(remove_tree(path_)); }

std::string shell(const std::string& script) { return must(command_output({.argv = {"/bin/sh", "-euc", script}})); }

void set_xattr(const std::string& path, const char* name, std::string_view value) {
  if (lsetxattr(path.c_str(), name, value.data(), value.size(), 0) < 0)
    must(Result<>(Error::system("set {} of {}", name, path)));
}

std::vector<std::byte> file_bytes(const std::string& path) {
  std::string text = must(read_file(path, 1u << 30));
  auto bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

void write_bytes(const std::string& path, Bytes data) {
  must(write_all(must(open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0644)), as_text(data), path));
}

Result<std::string> drain(Source& source, std::size_t step) {
  std::string text;
  std::vector<std::byte> buffer(step);
  while (std::size_t got = TRY(source.read(buffer))) text += as_text(Bytes(buffer).first(got));
  return text;
}

Member file(std::string path, std::string data) {
  Entry entry{.path = std::move(path), .mode = 0644, .size = data.size(), .mtime = 1'700'000'000 * kSecond};
  return {std::move(entry), std::move(data)};
}

Member folder(std::string path, unsigned mode) {
  return {Entry{.path = std::move(path), .kind = Kind::directory, .mode = mode, .mtime = 1'600'000'000 * kSecond}};
}

Member link(Kind kind, std::string path, std::string target) {
  Entry entry{.path = std::move(path), .kind = kind, .mode = 0777};
  entry.link = std::move(target);
  return {std::move(entry)};
}

std::vector<std::byte> make_archive(const std::vector<Member>& members) {
  MemorySink sink;
  TarWriter writer(sink);
  for (const Member& member : members) {
    must(writer.add(member.entry));
    must(writer.write(as_bytes(member.data)));
  }
  must(writer.finish());
  return {sink.data().begin(), sink.data().end()};
}

namespace {

std::string describe_content(const std::string& path, const struct stat& info) {
  if (S_ISLNK(info.st_mode)) {
    char target[4096] = {};
    if (readlink(path.c_str(), target, sizeof target - 1) < 0) std::abort();
    return target;
  }
  if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode))
    return fmt::format("{}:{}", major(info.st_rdev), minor(info.st_rdev));
  if (S_ISREG(info.st_mode)) return fmt::format("{} {}", info.st_size, hash_of(file_bytes(path)).short_id());
  return "";
}

std::string describe_xattrs(const std::string& path) {
  char names[4096];
  ssize_t size = llistxattr(path.c_str(), names, sizeof names);
  std::vector<std::string> lines;
  for (const char* name = names; name < names + size; name += std::string_view(name).size() + 1) {
    char value[4096];
    ssize_t length = lgetxattr(path.c_str(), name, value, sizeof value);
    lines.push_back(fmt::format(" {}={}", name, std::string_view(value, std::max<ssize_t>(length, 0))));
  }
  std::ranges::sort(lines);
  std::string text;
  for (const auto& line : lines) text += line;
  return text;
}

void describe_below(const std::string& root, const std::string& path, std::map<ino_t, std::string>& seen,
                    std::string& text) {
  auto names = must(list_folder(root + path));
  std::ranges::sort(names);
  for (const auto& name : names) {
    std::string below = path + "/" + name;
    struct stat info;
    if (lstat((root + below).c_str(), &info) < 0) std::abort();
    auto first = S_ISDIR(info.st_mode) ? below : seen.try_emplace(info.st_ino, below).first->second;
    text += fmt::format("{} {:o} {}:{} {}.{:09} {}{}{}\n", below, info.st_mode, info.st_uid, info.st_gid,
                        info.st_mtim.tv_sec, info.st_mtim.tv_nsec, describe_content(root + below, info),
                        describe_xattrs(root + below), first == below ? "" : " = " + first);
    if (S_ISDIR(info.st_mode)) describe_below(root, below, seen, text);
  }
}

}  // namespace

std::string describe_tree(const std::string& path) {
  std::map<ino_t, std::string> seen;
  std::string text;
  describe_below(path, "", seen, text);
  return text;
}

}  // namespace gantry::archive::test
