#include "registries/toml.hpp"

#include <algorithm>

// A registries.conf has lists of tables of lists of tables, and no more. The assertions do not hold for broken
// documents (3.3.0: a NUL in a key), which are an ordinary error without them.
#define TOML_ASSERT(expression) static_assert(true)
#define TOML_EXCEPTIONS 0
#define TOML_MAX_NESTED_VALUES 8
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace gantry::registries::toml {

namespace {

constexpr int kMaxDepth = 16;
/// A dotted key is a table for each dot, and toml++ takes tables apart by recursion, however many they are.
constexpr std::ptrdiff_t kMaxDotsInALine = 500;

bool has_endless_key(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (std::ranges::count(line, '.') > kMaxDotsInALine) return true;
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return false;
}

/// Beyond ASCII toml++ has undefined behaviour for some characters (tomlplusplus issue 295), and nothing that we read
/// may hold any: what stands for them is valid in comments and in strings alone.
std::string only_ascii(std::string_view text) {
  std::string ascii(text);
  std::ranges::replace_if(
      ascii, [](char c) { return (c & 0x80) != 0; }, '?');
  return ascii;
}

Result<Value> convert(const ::toml::node& node, int depth);

Result<Table> convert_table(const ::toml::table& table, int depth) {
  Table converted;
  for (const auto& [key, node] : table) converted.emplace(key.str(), TRY(convert(node, depth)));
  return converted;
}

Result<Value> convert(const ::toml::node& node, int depth) {
  if (depth == kMaxDepth) return fail(Code::invalid, "its tables are nested too deep");
  if (const auto* boolean = node.as_boolean()) return Value{boolean->get()};
  if (const auto* string = node.as_string()) return Value{string->get()};
  if (const auto* table = node.as_table()) {
    auto members = TRY(convert_table(*table, depth + 1));
    return Value{std::move(members)};
  }
  const auto* array = node.as_array();
  if (array == nullptr) return Value{};
  List list;
  for (const auto& element : *array) list.push_back(TRY(convert(element, depth + 1)));
  return Value{std::move(list)};
}

}  // namespace

Result<Table> parse(std::string_view text, std::string_view name) {
  if (has_endless_key(text)) return fail(Code::invalid, "{}: a line has more than {} dots", name, kMaxDotsInALine);
  const ::toml::parse_result parsed = ::toml::parse(only_ascii(text));
  if (!parsed) {
    const auto& error = parsed.error();
    return fail(Code::invalid, "{}: line {}, column {}: {}", name, error.source().begin.line,
                error.source().begin.column, error.description());
  }
  return with_context(convert_table(parsed.table(), 0), "{}", name);
}

}  // namespace gantry::registries::toml
