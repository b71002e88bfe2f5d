#pragma once

#include "base/fd.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace gantry::archive {

/// A layer's tar, byte for byte as it once was, from the files that it was unpacked to and from what containers/storage
/// (and Docker) have kept of the rest: github.com/vbatts/tar-split, a JSON document a line. All of it is hostile: files
/// are looked for below the folder alone, and whether the tar is the right one only its digest tells.
class TarSplitSource final : public Source {
 public:
  /// `lines` is what was kept, uncompressed; `folder` has the files; `name` is for errors.
  TarSplitSource(std::unique_ptr<Source> lines, Fd folder, std::string name)
      : lines_(std::move(lines)), folder_(std::move(folder)), name_(std::move(name)) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  Result<std::string> next_line();
  Result<> begin_piece(const std::string& line);

  std::unique_ptr<Source> lines_;
  Fd folder_;
  std::string name_;
  std::string ahead_;  ///< of `lines_`, read but not used
  std::size_t used_ = 0;
  std::string piece_;  ///< bytes to hand out
  std::size_t handed_ = 0;
  Fd file_;                 ///< or a file's
  std::uint64_t left_ = 0;  ///< bytes of it
};

}  // namespace gantry::archive
