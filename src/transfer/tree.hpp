#pragma once

#include "base/fd.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace gantry::transfer {

/// The files of a folder or of a tar archive, by path. All of it is hostile.
class Tree {
 public:
  virtual ~Tree() = default;

  /// For errors: the path that the user gave.
  virtual const std::string& name() const = 0;
  virtual bool has(const std::string& path) const = 0;
  /// Bytes of a file, where that is known without reading it.
  virtual std::optional<std::uint64_t> size(const std::string& path) const = 0;
  /// Reads one file from its start. Any number may be read at a time, also in different processes after a fork.
  /// Code::not_found names the file and the tree. `this` outlives it.
  virtual Result<std::unique_ptr<Source>> open(const std::string& path) const = 0;

  /// A whole file of at most `limit` bytes.
  Result<std::string> read(const std::string& path, std::size_t limit = 4u << 20) const;
};

Result<std::unique_ptr<Tree>> open_folder_tree(const std::string& path);
/// `tar` is a plain tar in a file that can seek. Links between members are followed, once per member.
Result<std::unique_ptr<Tree>> open_tar_tree(Fd tar, std::string name);

}  // namespace gantry::transfer
