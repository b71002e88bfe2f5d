#pragma once

#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gantry::registries::toml {

struct Value;
using List = std::vector<Value>;
using Table = std::map<std::string, Value>;

/// A value of a TOML document. Numbers, dates and times are `Other`: nothing that we read has any.
struct Value {
  struct Other {};
  std::variant<Other, bool, std::string, List, Table> content;
};

/// Code::invalid with the line and column. `name` is the document's name in errors.
Result<Table> parse(std::string_view text, std::string_view name);

/// A table with its place in a document, for errors that say `FILE: registry[0].location: …`. It may not outlive the
/// document.
class Reader {
 public:
  Reader(const Table& table, std::string_view file, std::string path = "")
      : table_(table), file_(file), path_(std::move(path)) {}

  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// Code::invalid for a value of another type; an absent one is false or empty.
  Result<bool> boolean(std::string_view key) const;
  Result<std::string> string(std::string_view key) const;
  Result<std::vector<std::string>> strings(std::string_view key) const;
  Result<std::map<std::string, std::string>> string_map(std::string_view key) const;
  Result<Reader> table(std::string_view key) const;
  Result<std::vector<Reader>> tables(std::string_view key) const;

  /// Logs a warning for each key that is not one of these.
  void warn_of_others(std::initializer_list<std::string_view> known) const;

  /// Code::invalid about the value at `key`, or about the table itself.
  Error invalid(std::string_view key, std::string_view why) const;

 private:
  const Value* find(std::string_view key) const;
  std::string path_of(std::string_view key) const;

  const Table& table_;
  std::string_view file_;
  std::string path_;
};

}  // namespace gantry::registries::toml
