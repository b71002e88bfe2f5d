#include "engine/option_words.hpp"

#include "linux/path.hpp"

namespace gantry::engine {

Result<std::string> absolute(std::string_view path, std::string_view what, std::string_view whole) {
  if (!path.starts_with('/')) return fail(Code::invalid, "'{}': {} '{}' is not an absolute path", whole, what, path);
  return linux::clean_path(path);
}

bool is_true(std::string_view value) { return value.empty() || value == "true" || value == "1"; }

}  // namespace gantry::engine
