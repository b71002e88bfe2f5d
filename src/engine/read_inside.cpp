#include "engine/read_inside.hpp"

#include "base/file.hpp"
#include "linux/path.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace gantry::engine {

Result<std::string> read_inside(const Fd& root, const char* path) {
  auto file = linux::open_in_root(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file && file.error().code() == Code::not_found) return std::string();
  struct stat info;
  Fd opened = TRY(std::move(file));
  if (fstat(opened.get(), &info) < 0 || !S_ISREG(info.st_mode)) return std::string();
  return read_all(opened, path, 4u << 20);
}

}  // namespace gantry::engine
