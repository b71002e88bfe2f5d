#include "cdi/yaml_json.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "yaml/yaml.hpp"

#include <charconv>
#include <cstdint>

namespace gantry::cdi {

namespace {

using yaml::Node;

std::string scalar(const Node& node) {
  const std::string& text = node.text;
  if (node.quoted) return json::encode(text);
  if (text == "true" || text == "True" || text == "TRUE") return "true";
  if (text == "false" || text == "False" || text == "FALSE") return "false";
  if (text.empty() || text == "null" || text == "~" || text == "Null" || text == "NULL") return "null";
  if (text.starts_with("0o") || text.starts_with("0x")) {
    std::uint64_t value = 0;
    const int base = text[1] == 'o' ? 8 : 16;
    auto [end, problem] = std::from_chars(text.data() + 2, text.data() + text.size(), value, base);
    if (problem == std::errc() && end == text.data() + text.size()) return std::to_string(value);
  }
  if (auto number = parse_signed(text)) return std::to_string(*number);
  return json::encode(text);
}

Result<> write(const Node& node, std::string_view name, std::string& out) {
  switch (node.kind) {
    case Node::Kind::null:
      out += "null";
      return {};
    case Node::Kind::scalar:
      out += scalar(node);
      return {};
    case Node::Kind::alias:
      return fail(Code::unsupported, "{}: line {}: the alias *{} is not followed", name, node.line, node.text)
          .with_cure("write out what it stands for");
    case Node::Kind::list:
    case Node::Kind::map:
      break;
  }
  const bool is_map = node.kind == Node::Kind::map;
  out += is_map ? '{' : '[';
  for (const Node& item : node.items) {
    if (&item != &node.items.front()) out += ',';
    if (is_map) out += json::encode(item.key) + ":";
    TRY(write(item, name, out));
  }
  out += is_map ? '}' : ']';
  return {};
}

}  // namespace

Result<std::string> json_of_yaml(std::string_view text, std::string_view name) {
  const auto documents = TRY(yaml::parse(text, name));
  if (documents.size() != 1) return fail(Code::invalid, "{}: there are {} documents, not one", name, documents.size());
  std::string out;
  TRY(write(documents.front(), name, out));
  return out;
}

}  // namespace gantry::cdi
