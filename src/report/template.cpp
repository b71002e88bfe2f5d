#include "report/template.hpp"

#include "base/text.hpp"

#include <boost/json/serialize.hpp>

#include <span>

namespace gantry::report {

namespace json = boost::json;

namespace {

/// Turns `\t` and `\n` into what they mean.
std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 't') out += '\t';
    else if (next == 'n') out += '\n';
    else {
      out += text[i];
      continue;
    }
    ++i;
  }
  return out;
}

/// Words and "quoted words" of an action.
Result<std::vector<std::string>> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = trim(text)).empty()) {
    std::size_t end;
    if (text[0] == '"') {
      end = text.find('"', 1);
      if (end == text.npos) return fail(Code::invalid, "a quote is not closed");
      words.emplace_back(text.substr(0, ++end));
    } else {
      end = std::min(text.find_first_of(" \t"), text.size());
      words.emplace_back(text.substr(0, end));
    }
    text.remove_prefix(end);
  }
  return words;
}

const json::value* member(const json::object& object, std::string_view name) {
  if (auto* exact = object.if_contains(name)) return exact;
  for (const auto& [key, value] : object)  // .Id where it is spelled .ID, and the other way round
    if (to_lower(key) == to_lower(name)) return &value;
  return nullptr;
}

Result<const json::value*> index_into(const json::value& value, const std::string& key) {
  static constexpr json::value* kNothing = nullptr;
  if (auto* object = value.if_object()) {
    auto* found = object->if_contains(key);
    return found ? found : kNothing;
  }
  auto* list = value.if_array();
  auto position = parse_unsigned(key);
  if (!list || !position) return fail(Code::invalid, "index {} finds nothing in {}", key, json::serialize(value));
  if (*position >= list->size()) return fail(Code::invalid, "index {} is beyond the end of a list", key);
  return &(*list)[*position];
}

}  // namespace

std::string go_text(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_null()) return "<nil>";
  std::string out;
  if (auto* list = value.if_array()) {
    for (const auto& item : *list) (out += out.empty() ? "" : " ") += go_text(item);
    return "[" + out + "]";
  }
  if (auto* object = value.if_object()) {
    for (const auto& [key, item] : *object) ((out += out.empty() ? "" : " ") += key) += ":" + go_text(item);
    return "map[" + out + "]";
  }
  return json::serialize(value);
}

Result<Template::Part> Template::parse_action(std::string_view text) {
  Part part{.is_value = true};
  auto [term, filter, has_filter] = cut(text, '|');
  if (has_filter && trim(filter) != "json") return fail(Code::unsupported, "'{}' is no function", trim(filter));
  part.as_json = has_filter;
  auto words = TRY(words_of(term));
  if (words.size() >= 2 && words[0] == "json") {
    part.as_json = true;
    words.erase(words.begin());
  } else if (words.size() >= 3 && words[0] == "index") {
    for (auto key : std::span(words).subspan(2))
      part.keys.push_back(key.front() == '"' ? key.substr(1, key.size() - 2) : key);
    words = {words[1]};
  }
  if (words.size() != 1 || words[0].front() != '.')
    return fail(Code::unsupported, "'{}' is not understood", trim(text))
        .with_cure("write {{.Field}}, {{json .Field}} or {{index .Field \"key\"}}");
  if (words[0] != ".") part.path = split(std::string_view(words[0]).substr(1), '.');
  return part;
}

Result<Template> Template::parse(std::string_view text) {
  Template result;
  auto add_literal = [&](std::string_view literal) {
    if (!literal.empty()) result.parts_.push_back({.literal = unescape(literal)});
  };
  while (true) {
    auto begin = text.find("{{");
    add_literal(text.substr(0, begin));
    if (begin == text.npos) return result;
    text.remove_prefix(begin + 2);
    auto end = text.find("}}");
    if (end == text.npos) return fail(Code::invalid, "option --format: '{{{{{}' lacks its '}}}}'", text);
    result.parts_.push_back(TRY(with_context(parse_action(text.substr(0, end)), "option --format")));
    text.remove_prefix(end + 2);
  }
}

Result<> Template::render_part(const Part& part, const json::value& data, std::string& out) {
  if (!part.is_value) {
    out += part.literal;
    return {};
  }
  const json::value* value = &data;
  for (const auto& name : part.path) {
    auto* object = value->if_object();
    value = object ? member(*object, name) : nullptr;
    if (!value) return fail(Code::invalid, "option --format: there is no field '.{}'", join(part.path, "."));
  }
  for (const auto& key : part.keys) {
    value = TRY(with_context(index_into(*value, key), "option --format"));
    if (!value) return {};
  }
  out += part.as_json ? json::serialize(*value) : go_text(*value);
  return {};
}

Result<std::string> Template::render(const json::value& data) const {
  std::string out;
  for (const auto& part : parts_) TRY(render_part(part, data, out));
  return out;
}

Result<std::vector<std::string>> Template::render_cells(const json::value& data) const {
  std::vector<std::string> cells(1);
  for (const auto& part : parts_) {
    if (part.is_value) {
      TRY(render_part(part, data, cells.back()));
      continue;
    }
    auto pieces = split(part.literal, '\t');
    cells.back() += pieces[0];
    cells.insert(cells.end(), pieces.begin() + 1, pieces.end());
  }
  return cells;
}

std::vector<std::string> Template::cell_fields() const {
  std::vector<std::string> fields(1);
  for (const auto& part : parts_) {
    if (part.is_value && !part.path.empty()) {
      if (fields.back().empty()) fields.back() = part.path.back();
      continue;
    }
    for (char c : part.literal)
      if (c == '\t') fields.emplace_back();
  }
  return fields;
}

}  // namespace gantry::report
