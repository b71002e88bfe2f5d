#pragma once

#include "build/bases.hpp"
#include "build/downloads.hpp"
#include "options/globals.hpp"

namespace gantry::build_cli {

/// Brings base images into the store by gantry-transfer.
build::Bases::Fetch fetcher(const options::Globals& globals, const options::Folders& folders);
/// Fetches files by it.
Result<build::Download> fetch_file(const std::string& url, const std::string& etag, const std::string& path);

}  // namespace gantry::build_cli
