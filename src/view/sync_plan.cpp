#include "view/sync_plan.hpp"

#include "yaml/yaml.hpp"

#include <regex>

namespace gantry::view {

namespace {

using yaml::Node;

Error wrong(std::string_view file, const Node& node, std::string_view what) {
  return fail(Code::invalid, "{}: line {}: {}", file, node.line, what);
}

Result<std::string> text_of(std::string_view file, const Node& node, const std::string& key) {
  if (node.kind != Node::Kind::scalar) return wrong(file, node, key + " wants a text");
  return node.text;
}

Result<> read_images(std::string_view file, const Node& node, SyncRegistry& registry) {
  if (node.kind == Node::Kind::list) return wrong(file, node, "images want a map of repositories");
  for (const auto& tags : node.items) {
    const std::string& repository = tags.key;
    SyncImages images{.repository = repository};
    if (tags.kind != Node::Kind::list && tags.kind != Node::Kind::null)
      return wrong(file, tags, repository + " wants a list of tags");
    for (const auto& tag : tags.items) images.tags.push_back(TRY(text_of(file, tag, repository)));
    registry.images.push_back(std::move(images));
  }
  return {};
}

Result<> read_rules(std::string_view file, const Node& node, std::string SyncImages::*rule, SyncRegistry& registry) {
  for (const auto& value : node.items) {
    const std::string& repository = value.key;
    SyncImages images{.repository = repository};
    images.*rule = TRY(text_of(file, value, repository));
    registry.images.push_back(std::move(images));
  }
  return {};
}

Result<> read_credentials(std::string_view file, const Node& node, SyncRegistry& registry) {
  for (const auto& value : node.items) {
    const std::string& key = value.key;
    if (key != "username" && key != "password") return wrong(file, value, "credentials are username and password");
    (key == "username" ? registry.user : registry.password) = TRY(text_of(file, value, key));
  }
  return {};
}

Result<SyncRegistry> read_registry(std::string_view file, const std::string& host, const Node& node) {
  SyncRegistry registry{.host = host};
  if (node.kind != Node::Kind::map) return wrong(file, node, host + " wants a map");
  for (const auto& value : node.items) {
    const std::string& key = value.key;
    if (key == "images") TRY(read_images(file, value, registry));
    else if (key == "images-by-tag-regex") TRY(read_rules(file, value, &SyncImages::pattern, registry));
    else if (key == "images-by-semver") TRY(read_rules(file, value, &SyncImages::versions, registry));
    else if (key == "credentials") TRY(read_credentials(file, value, registry));
    else if (key == "cert-dir") registry.certificates = TRY(text_of(file, value, key));
    else if (key == "tls-verify" && (value.text == "true" || value.text == "false"))
      registry.tls_verify = value.text == "true";
    else return wrong(file, value, "'" + key + "' is not known there, or its value is not");
  }
  return registry;
}

}  // namespace

Result<std::vector<SyncRegistry>> parse_sync_plan(std::string_view text, std::string_view file) {
  std::vector<SyncRegistry> registries;
  auto documents = TRY(yaml::parse(text, file));
  if (documents.size() != 1 || documents[0].kind != Node::Kind::map)
    return fail(Code::invalid, "{}: a map of registries belongs there", file);
  for (const auto& node : documents[0].items) registries.push_back(TRY(read_registry(file, node.key, node)));
  return registries;
}

Result<std::vector<std::string>> chosen_tags(const SyncImages& images, const std::vector<std::string>& tags) {
  std::vector<std::string> chosen;
  try {
    const std::regex pattern(images.pattern);
    for (const auto& tag : tags) {
      if (!images.pattern.empty() && !std::regex_search(tag, pattern)) continue;
      if (!images.versions.empty() && !TRY(is_in_range(tag, images.versions))) continue;
      chosen.push_back(tag);
    }
  } catch (const std::regex_error&) {
    return fail(Code::invalid, "'{}' is no regular expression", images.pattern);
  }
  return chosen;
}

}  // namespace gantry::view
