#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>

namespace gantry::build {

/// What a server told of a file.
struct Download {
  std::string digest;  ///< sha256 of what was fetched; empty: the tag still names what it named
  std::string etag;    ///< empty: the server tells none
};
/// Fetches a URL into a file, unless the server says that `etag` still names what is there.
using FetchFile =
    std::function<Result<Download>(const std::string& url, const std::string& etag, const std::string& path)>;

/// Files that builds have fetched: ROOT/downloads/<hash of the URL>, with what their servers said of them. Each build
/// asks the server again, and fetches only what has changed.
class Downloads {
 public:
  Downloads(std::string folder, FetchFile fetch) : folder_(std::move(folder)), fetch_(std::move(fetch)) {}

  /// Copies what a URL has to `path` and tells its digest, "sha256:…"; Code::corrupt when a `checksum` is given
  /// ("sha256:…") and it is another. What is there with this checksum already is not asked for.
  Result<std::string> get(const std::string& url, const std::string& checksum, const std::string& path) const;

 private:
  std::string folder_;
  FetchFile fetch_;
};

}  // namespace gantry::build
