#pragma once

#include "base/fd.hpp"
#include "base/stream.hpp"

#include <memory>
#include <string>

namespace gantry::transfer {

/// What the user gave to read: a path, or "-" or nothing for stdin.
struct Input {
  Fd fd;
  std::string name;  ///< for errors: the path, or "standard input"
};
Result<Input> open_input(const std::string& path);

/// The bytes of an input, from its start, in one go. Gzip and zstd stay as they are; other compressions (xz, bzip2,
/// lz4) go through the program that knows them. `tmp` is a folder for what has to be put down in between.
Result<std::unique_ptr<Source>> stream(Input input, const std::string& tmp);

/// A file that can seek and holds the input uncompressed: the input itself, or a copy in `tmp` without a name.
Result<Fd> seekable(Input input, const std::string& tmp);

/// All of a stream in a file of `tmp` that has no name, at its start.
Result<Fd> put_down(Source& source, const std::string& tmp);

}  // namespace gantry::transfer
