#pragma once

#include "base/result.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gantry::report {

/// The part of Go's templates that `--format` needs: `{{.Field}}`, `{{.State.Pid}}`, `{{.}}`, `{{json .}}`,
/// `{{.Mounts | json}}`, `{{index .Config.Labels "name"}}`, `{{index .Names 0}}`, and `\t`, `\n` between them.
class Template {
 public:
  static Result<Template> parse(std::string_view text);

  /// Code::invalid for a field that `data` has not.
  Result<std::string> render(const boost::json::value& data) const;
  /// One text for each `{{…}}`, or what stands between two tabs: the cells of a table.
  Result<std::vector<std::string>> render_cells(const boost::json::value& data) const;

  /// The top field of what stands between two tabs, in order: "ID" of `{{.ID}}`; empty for plain text.
  std::vector<std::string> cell_fields() const;

 private:
  struct Part {
    std::string literal;  ///< without a path: only this
    bool is_value = false;
    std::vector<std::string> path;  ///< empty: the whole
    std::vector<std::string> keys;  ///< of `index`
    bool as_json = false;
  };
  static Result<Part> parse_action(std::string_view text);
  static Result<> render_part(const Part& part, const boost::json::value& data, std::string& out);

  std::vector<Part> parts_;
};

/// As Go prints a value: text as it is, `[a b]`, `map[k:v]`, `<nil>`.
std::string go_text(const boost::json::value& value);

}  // namespace gantry::report
