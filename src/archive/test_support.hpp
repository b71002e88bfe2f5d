#pragma once

#include "archive/entry.hpp"
#include "base/fd.hpp"
#include "base/stream.hpp"

#include <string>
#include <vector>

namespace gantry::archive::test {

/// A folder below /tmp that is removed when it goes.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

/// Runs a shell script; a failure ends the test with what the script said last, as an exception.
std::string shell(const std::string& script);
void set_xattr(const std::string& path, const char* name, std::string_view value);

std::vector<std::byte> file_bytes(const std::string& path);
void write_bytes(const std::string& path, Bytes data);
/// All that a source gives, read in steps of `step` bytes.
Result<std::string> drain(Source& source, std::size_t step = 4096);

/// An entry and its data, for making archives.
struct Member {
  Entry entry;
  std::string data = {};
};
Member file(std::string path, std::string data);
Member folder(std::string path, unsigned mode = 0755);
Member link(Kind kind, std::string path, std::string target);
std::vector<std::byte> make_archive(const std::vector<Member>& members);

/// One line for each thing below a folder: all that a layer keeps. Inode numbers show as groups of hardlinks.
std::string describe_tree(const std::string& path);

}  // namespace gantry::archive::test
