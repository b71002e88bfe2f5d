#include "base/log.hpp"
#include "registries/toml.hpp"

#include <algorithm>

namespace gantry::registries::toml {

const Value* Reader::find(std::string_view key) const {
  const auto place = table_.find(std::string(key));
  return place == table_.end() ? nullptr : &place->second;
}

std::string Reader::path_of(std::string_view key) const {
  return path_.empty() || key.empty() ? fmt::format("{}{}", path_, key) : fmt::format("{}.{}", path_, key);
}

Error Reader::invalid(std::string_view key, std::string_view why) const {
  return fail(Code::invalid, "{}: {}: {}", file_, path_of(key), why);
}

Result<bool> Reader::boolean(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return false;
  if (const auto* boolean = std::get_if<bool>(&value->content)) return *boolean;
  return invalid(key, "it must be true or false");
}

Result<std::string> Reader::string(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return std::string();
  if (const auto* string = std::get_if<std::string>(&value->content)) return *string;
  return invalid(key, "it must be a string");
}

Result<std::vector<std::string>> Reader::strings(std::string_view key) const {
  const Value* value = find(key);
  std::vector<std::string> strings;
  if (value == nullptr) return strings;
  const auto* list = std::get_if<List>(&value->content);
  if (list == nullptr) return invalid(key, "it must be a list of strings");
  for (const auto& element : *list) {
    const auto* string = std::get_if<std::string>(&element.content);
    if (string == nullptr) return invalid(key, "it must be a list of strings");
    strings.push_back(*string);
  }
  return strings;
}

Result<std::map<std::string, std::string>> Reader::string_map(std::string_view key) const {
  std::map<std::string, std::string> map;
  if (!has(key)) return map;
  const Reader reader = TRY(table(key));
  for (const auto& [name, value] : reader.table_) map.emplace(name, TRY(reader.string(name)));
  return map;
}

Result<Reader> Reader::table(std::string_view key) const {
  static const Table kEmpty;
  const Value* value = find(key);
  if (value == nullptr) return Reader(kEmpty, file_, path_of(key));
  if (const auto* table = std::get_if<Table>(&value->content)) return Reader(*table, file_, path_of(key));
  return invalid(key, "it must be a table");
}

Result<std::vector<Reader>> Reader::tables(std::string_view key) const {
  const Value* value = find(key);
  std::vector<Reader> readers;
  if (value == nullptr) return readers;
  const auto* list = std::get_if<List>(&value->content);
  if (list == nullptr) return invalid(key, fmt::format("it must be a list of tables, as in [[{}]]", path_of(key)));
  for (const auto& element : *list) {
    const auto* table = std::get_if<Table>(&element.content);
    std::string path = fmt::format("{}[{}]", path_of(key), readers.size());
    if (table == nullptr) return fail(Code::invalid, "{}: {}: it must be a table", file_, path);
    readers.emplace_back(*table, file_, std::move(path));
  }
  return readers;
}

void Reader::warn_of_others(std::initializer_list<std::string_view> known) const {
  for (const auto& [key, value] : table_)
    if (std::ranges::find(known, key) == known.end()) log::warning("{}: unknown key {}", file_, path_of(key));
}

}  // namespace gantry::registries::toml
