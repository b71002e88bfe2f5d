#pragma once

#include "store/store.hpp"
#include "transfer/import.hpp"

#include <string>
#include <string_view>

namespace gantry::transfer {

/// A compressed layer that is ready to be imported, and how its image is to be run.
struct Bootstrap {
  Fd layer;  ///< a file without a name, at its start
  ImportOptions options;
};

/// Makes an image's content from what this machine has: "busybox" of busybox-static's program, or "debian:SUITE" of
/// Debian's packages with mmdebstrap(1). Runs as the user, outside of any user namespace, since mmdebstrap makes its
/// own. `tmp` is a folder for temporary files. Errors say which package is missing.
Result<Bootstrap> bootstrap(std::string_view what, const std::string& tmp);

/// Of busybox at `path`: all its commands as links, and the few files that a small system has.
Result<Bootstrap> bootstrap_busybox(const std::string& path, const std::string& tmp);
Result<Bootstrap> bootstrap_debian(std::string_view suite, const std::string& tmp);

/// Lines for apt's sources.list: those of `folder` (/etc/apt) that are for the suite, its updates and security fixes.
/// Empty when there are none.
Result<std::vector<std::string>> apt_sources(const std::string& folder, std::string_view suite);

/// The environment variable that every image of ours sets.
inline constexpr std::string_view kPath = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

}  // namespace gantry::transfer
