#include "base/variables.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace gantry {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string find_in_path(std::string_view program) {
  const char* path = std::getenv("PATH");
  for (const auto& folder : split(path != nullptr ? path : "/usr/bin:/bin", ':'))
    if (std::string file = fmt::format("{}/{}", folder, program); access(file.c_str(), X_OK) == 0) return file;
  return {};
}

}  // namespace gantry
