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

using Kind = yaml::Node::Kind;

Result<> set_member(const options::Option& option, const yaml::Node& value, const std::string& path, void* target) {
  if (value.kind == Kind::list && option.repeats) {
    for (const auto& item : value.items) TRY(set_member(option, item, path, target));
    return {};
  }
  if (value.kind != Kind::scalar)
    return fail(Code::invalid, "{}, line {}: '{}' takes a single value", path, value.line, option.name);
  return with_context(option.set(target, value.text), "{}, line {}: {}", path, value.line, option.name);
}

Error no_member(const yaml::Node& value, const std::string& path, const std::string& names) {
  return fail(Code::invalid, "{}, line {}: there is no member '{}'", path, value.line, value.key)
      .with_cure("there are " + names);
}

Result<> read_section(const Section& section, const yaml::Node& list, const std::string& path) {
  if (list.kind == Kind::null) return {};
  if (list.kind != Kind::list)
    return fail(Code::invalid, "{}, line {}: '{}' takes a list", path, list.line, section.name)
        .with_cure(fmt::format("each item begins with `- `, as in `- {}: ...`", section.tables.front().front().name));
  for (const auto& item : list.items) {
    if (item.kind != Kind::map)
      return fail(Code::invalid, "{}, line {}: this is no list of `name: value`", path, item.line);
    void* target = section.add();
    for (const auto& value : item.items) {
      const options::Option* option = nullptr;
      std::string names;
      for (const auto& table : section.tables) {
        if (option == nullptr) option = find_option(table, value.key);
        names.append(names.empty() ? "" : ", ").append(names_of(table));
      }
      if (option == nullptr) return no_member(value, path, names);
      TRY(set_member(*option, value, path, target));
    }
  }
  return {};
}

}  // namespace

Result<> read_configuration(const std::string& path, std::span<const options::Option> table, void* target,
                            const std::vector<Section>& sections) {
  const auto documents = TRY(yaml::parse(TRY(read_file(path)), path));
  if (documents.empty() || documents[0].kind == Kind::null) return {};
  if (documents.size() > 1 || documents[0].kind != Kind::map)
    return fail(Code::invalid, "{}: this is no list of `name: value`", path);
  for (const auto& value : documents[0].items) {
    if (const auto* option = find_option(table, value.key)) {
      TRY(set_member(*option, value, path, target));
      continue;
    }
    const auto section = std::ranges::find(sections, value.key, &Section::name);
    if (section == sections.end()) {
      std::string names = names_of(table);
      for (const auto& each : sections) names.append(", ").append(each.name);
      return no_member(value, path, names);
    }
    TRY(read_section(*section, value, path));
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
