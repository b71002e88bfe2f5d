#pragma once

#include "base/fd.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace gantry::transfer {

/// Where the files of a saved image go: the other side of Tree.
class Destination {
 public:
  virtual ~Destination() = default;
  /// Adds a file of exactly `size` bytes. Folders on the way to it are made.
  virtual Result<> put(const std::string& path, std::uint64_t size, Source& data) = 0;
  Result<> put(const std::string& path, std::string_view bytes);
  /// What was written appears under its name. Without it nothing is left.
  virtual Result<> finish() = 0;
};

/// A tar at `path`, replacing a file that is there; "" and "-" are standard output.
Result<std::unique_ptr<Destination>> make_archive(const std::string& path);
/// A tar into a pipe or socket.
std::unique_ptr<Destination> make_archive(Fd stream, std::string name);
/// A folder; Code::exists when there is something at `path`.
Result<std::unique_ptr<Destination>> make_folder(const std::string& path);

}  // namespace gantry::transfer
