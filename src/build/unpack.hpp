#pragma once

#include "base/fd.hpp"

namespace gantry::build {

/// Whether ADD takes a file for an archive: a tar, plain or compressed with gzip, zstd, xz or bzip2.
Result<bool> is_archive(const Fd& file);

/// Unpacks one into an empty folder; it is hostile. The times and owners are the archive's.
Result<> unpack_archive(const Fd& file, const Fd& folder);

}  // namespace gantry::build
