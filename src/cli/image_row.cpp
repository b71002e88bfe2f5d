#include "cli/image_row.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/moment.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace gantry::cli {

namespace json = boost::json;

namespace {

json::array text_list(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

/// "localhost/busybox@sha256:…" for every repository that the image has a name in.
json::array repository_digests(const std::vector<std::string>& references, const oci::Digest& digest) {
  std::vector<std::string> names;
  for (const auto& name : references) {
    auto reference = oci::parse_reference(name);
    if (!reference) continue;
    std::string text = reference->name() + "@" + digest.text();
    if (std::ranges::find(names, text) == names.end()) names.push_back(std::move(text));
  }
  return text_list(names);
}

json::object text_map(const std::map<std::string, std::string>& texts) {
  json::object object;
  for (const auto& [key, value] : texts) object[key] = value;
  return object;
}

/// Where the layers are unpacked, as podman and docker tell it.
json::object graph_driver(const store::Store& store, const store::Image& image) {
  auto paths = store.layers().paths(image.config).value_or(std::vector<std::string>());
  json::object data;
  std::string driver(store::overlay_driver().name());
  if (!paths.empty()) {
    if (auto info = store.layers().info(image.config.rootfs.diff_ids.back())) driver = info->driver;
    data["UpperDir"] = paths.front();
    paths.erase(paths.begin());
    if (!paths.empty()) data["LowerDir"] = join(paths, ":");
  }
  return {{"Name", driver}, {"Data", std::move(data)}};
}

/// A described struct as a tree, with the spelling of its specification.
template <class T>
Result<json::value> tree_of(const T& value) {
  boost::system::error_code problem;
  auto tree = json::parse(gantry::json::encode(value), problem);
  if (problem) return fail(Code::failed, "cannot print the image's config: {}", problem.message());
  return tree;
}

}  // namespace

json::object image_row(const store::ImageSummary& image, const std::string& name, bool in_full, Timestamp now,
                       const json::storage_ptr& storage) {
  auto reference = oci::parse_reference(name);
  const bool tagged = reference && !reference->tag.empty();
  return json::object(
      {
          {"Repository", reference ? reference->name() : "<none>"},
          {"Tag", tagged ? reference->tag : "<none>"},
          {"ID", in_full ? "sha256:" + image.id : short_id(image.id)},
          {"Created", image.created ? time_ago(image.created, now) : "unknown"},
          {"Size", human_size(image.size)},
          {"CreatedAt", image.created ? go_time(image.created) : "unknown"},
          {"CreatedSince", image.created ? time_ago(image.created, now) : "unknown"},
          {"Digest", image.digest.text()},
          {"Labels", text_map(image.labels)},
      },
      storage);
}

json::object image_document(const store::ImageSummary& image, Timestamp now) {
  return {
      {"Id", image.id},
      {"RepoTags", text_list(image.names)},
      {"RepoDigests", repository_digests(image.names, image.digest)},
      {"Names", text_list(image.names)},
      {"Size", image.size},
      {"VirtualSize", image.size},
      {"Labels", text_map(image.labels)},
      {"Digest", image.digest.text()},
      {"Created", image.created / kSecond},
      {"CreatedAt", image.created ? to_rfc3339(image.created) : ""},
      {"CreatedSince", image.created ? time_ago(image.created, now) : ""},
  };
}

Result<json::object> image_inspection(const store::Store& store, const store::Image& image) {
  const std::uint64_t size = store.layers().size(image.config).value_or(0);
  json::array layers;
  for (const auto& diff_id : image.config.rootfs.diff_ids) layers.emplace_back(diff_id.text());
  auto config = TRY(tree_of(image.config.config));
  auto history = TRY(tree_of(image.config.history));
  return json::object{
      {"Id", image.id},
      {"Digest", image.descriptor.digest.text()},
      {"Parent", ""},
      {"Comment", image.config.history.empty() ? "" : image.config.history.back().comment},
      {"RepoTags", text_list(image.names)},
      {"RepoDigests", repository_digests(image.names, image.descriptor.digest)},
      {"Created", image.config.created},
      {"Author", image.config.author},
      {"Version", ""},
      {"DockerVersion", ""},
      {"Config", std::move(config)},
      {"Architecture", image.config.architecture},
      {"Variant", image.config.variant},
      {"Os", image.config.os},
      {"Size", size},
      {"VirtualSize", size},
      {"GraphDriver", graph_driver(store, image)},
      {"RootFS", {{"Type", image.config.rootfs.type}, {"Layers", std::move(layers)}}},
      {"Labels", text_map(image.config.config.labels)},
      {"Annotations", text_map(image.manifest.annotations)},
      {"ManifestType", image.descriptor.media_type},
      {"User", image.config.config.user},
      {"History", std::move(history)},
      {"NamesHistory", text_list(image.names)},
      {"Metadata", {{"LastTagTime", "0001-01-01T00:00:00Z"}}},
  };
}

}  // namespace gantry::cli
