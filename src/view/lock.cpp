#include "view/lock.hpp"

#include "yaml/yaml.hpp"

namespace gantry::view {

namespace {

using yaml::Node;

void collect(const Node& node, std::vector<const Node*>& found) {
  for (const auto& value : node.items) {
    const bool is_image = node.kind == Node::Kind::map && value.key == "image";
    const Node* name = &value;
    if (is_image && value.kind == Node::Kind::map) name = value.find("reference");
    if (is_image && name != nullptr && name->kind == Node::Kind::scalar && !name->text.empty()) found.push_back(name);
    else collect(value, found);
  }
}

/// In the quotes that it had.
std::string written(std::string_view text, const Node& node, const std::string& name) {
  const char quote = text[node.begin];
  return quote == '"' || quote == '\'' ? quote + name + quote : name;
}

}  // namespace

Result<std::vector<NamedImage>> images_in(std::string_view text, std::string_view file) {
  std::vector<NamedImage> images;
  std::vector<const Node*> found;
  auto documents = TRY(yaml::parse(text, file));
  for (const auto& document : documents) collect(document, found);
  images.reserve(found.size());
  for (const Node* node : found) images.push_back({node->text, node->line});
  return images;
}

Result<std::string> lock_images(std::string_view text, std::string_view file,
                                const std::function<Result<std::string>(const NamedImage&)>& lock) {
  std::vector<const Node*> found;
  auto documents = TRY(yaml::parse(text, file));
  for (const auto& document : documents) collect(document, found);
  std::string locked;
  std::size_t done = 0;
  for (const Node* node : found) {
    auto name = TRY(with_context(lock({node->text, node->line}), "{}: line {}", file, node->line));
    if (name == node->text) continue;
    if (text[node->begin] == '|' || text[node->begin] == '>')
      return fail(Code::unsupported, "{}: line {}: the image's name is a block of text", file, node->line)
          .with_cure("write it behind the colon");
    locked += text.substr(done, node->begin - done);
    locked += written(text, *node, name);
    done = node->end;
  }
  locked += text.substr(done);
  return locked;
}

}  // namespace gantry::view
