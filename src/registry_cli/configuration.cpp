#include "registry_cli/configuration.hpp"

#include "base/file.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>
#include <cstdlib>

namespace gantry::registry_cli {

namespace {

const options::Option* find_option(std::span<const options::Option> table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &options::Option::name);
  return found == table.end() || found->hidden ? nullptr : &*found;
}

std::string names_of(std::span<const options::Option> table) {
  std::string names;
  for (const auto& option : table)
    if (!option.hidden) names.append(names.empty() ? "" : ", ").append(option.name);
  return names;
}

std::string variable_of(std::string_view option) {
  std::string name = "GANTRY_REGISTRY_";
  for (const char c : option) name += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

}  // namespace

Result<> read_configuration(const std::string& path, std::span<const options::Option> table, void* target) {
  const auto documents = TRY(yaml::parse(TRY(read_file(path)), path));
  if (documents.empty() || documents[0].kind == yaml::Node::Kind::null) return {};
  if (documents.size() > 1 || documents[0].kind != yaml::Node::Kind::map)
    return fail(Code::invalid, "{}: this is no list of `name: value`", path);
  for (const auto& value : documents[0].items) {
    const std::string& name = value.key;
    const auto* option = find_option(table, name);
    if (option == nullptr)
      return fail(Code::invalid, "{}, line {}: there is no member '{}'", path, value.line, name)
          .with_cure("there are " + names_of(table));
    if (value.kind != yaml::Node::Kind::scalar)
      return fail(Code::invalid, "{}, line {}: '{}' takes a single value", path, value.line, name);
    TRY(with_context(option->set(target, value.text), "{}, line {}: {}", path, value.line, name));
  }
  return {};
}

Result<> read_environment(std::span<const options::Option> table, void* target) {
  for (const auto& option : table) {
    const std::string name = variable_of(option.name);
    if (const char* value = option.hidden ? nullptr : std::getenv(name.c_str()))
      TRY(with_context(option.set(target, value), "${}", name));
  }
  return {};
}

}  // namespace gantry::registry_cli
