#include "cli/outline.hpp"

#include <boost/json/serialize.hpp>

namespace gantry::cli {

namespace json = boost::json;

namespace {

/// A text that YAML would read as something else, or not at all, is put in quotes.
std::string yaml_scalar(const json::value& value) {
  if (!value.is_string()) return json::serialize(value);
  const auto& text = value.get_string();
  bool plain = !text.empty();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool inside = (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == ' ' || c == '/';
    plain = plain && (letter || (i == 0 ? c == '/' : inside));
  }
  return plain ? std::string(text) : json::serialize(value);
}

void add(std::string& out, const json::object& object, std::size_t indent) {
  for (const auto& [key, value] : object) {
    (out.append(indent, ' ') += key) += ':';
    if (auto* inner = value.if_object()) {
      out += '\n';
      add(out, *inner, indent + 2);
    } else {
      (out += " " + yaml_scalar(value)) += '\n';
    }
  }
}

}  // namespace

std::string outline(const json::object& object) {
  std::string out;
  add(out, object, 0);
  return out;
}

}  // namespace gantry::cli
