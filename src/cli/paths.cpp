#include "cli/paths.hpp"

#include "base/file.hpp"

namespace gantry::cli {

Result<std::string> absolute_source(std::string_view volume) {
  auto source = volume.substr(0, volume.find(':'));
  bool relative = source == "." || source == ".." || source.starts_with("./") || source.starts_with("../");
  return relative ? absolute_path(volume) : std::string(volume);
}

}  // namespace gantry::cli
