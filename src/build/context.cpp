#include "build/context.hpp"

#include "archive/hash.hpp"
#include "base/file.hpp"

#include <fcntl.h>

namespace gantry::build {

Result<Context> Context::open(const std::string& path, dockerfile::IgnoreRules ignored, const std::string& memory) {
  Fd root = TRY(with_context(open_file(path, O_RDONLY | O_DIRECTORY), "the build context"));
  return Context(std::move(root), std::move(ignored), FileDigests(memory, path));
}

Result<std::string> Context::digest(const std::vector<SourceMatch>& matches) {
  archive::Hasher hasher;
  auto add = [&](std::string_view text) {
    hasher.update(as_bytes(text));
    hasher.update(as_bytes(std::string_view("\0", 1)));
  };
  for (const auto& match : matches) {
    add(match.name);
    add(match.shown);
    for (const auto& entry : match.entries) {
      add(std::string_view(entry.path).substr(match.path.size()));
      add(fmt::format("{:o}", entry.info.st_mode));
      if (S_ISREG(entry.info.st_mode)) add(TRY(digests_.of(root_, entry)));
      else if (S_ISCHR(entry.info.st_mode) || S_ISBLK(entry.info.st_mode)) add(fmt::format("{}", entry.info.st_rdev));
      else add(entry.link);
    }
  }
  return hasher.finish().hex();
}

}  // namespace gantry::build
