#include "registry_cli/rule_settings.hpp"

#include "options/value.hpp"

namespace gantry::registry_cli {

Result<std::int64_t> read_age(std::string_view word) {
  if (!word.ends_with('d')) return options::read_duration(word);
  const auto days = options::read_between<0, 100'000>(word.substr(0, word.size() - 1));
  if (!days) return fail(Code::invalid, "'{}' is no time", word).with_cure("as in 36h or 30d");
  return *days * 24 * 3600 * kSecond;
}

}  // namespace gantry::registry_cli
