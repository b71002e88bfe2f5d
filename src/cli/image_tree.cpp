#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "options/print.hpp"
#include "report/table.hpp"
#include "store/store.hpp"

#include <map>

namespace gantry::cli {

namespace {

struct ImageTreeArguments {
  bool what_requires = false;
  std::vector<std::string> names;  ///< [IMAGE]
};

/// A layer, and those that images have on top of it.
struct LayerNode {
  std::map<oci::Digest, LayerNode> above;
  std::vector<std::string> top_of;  ///< names, or ids, of images that end here
};

std::vector<std::string> names_or_id(const store::Image& image) {
  return image.names.empty() ? std::vector{short_id(image.id)} : image.names;
}

Result<LayerNode> layer_tree(const store::Store& store) {
  LayerNode root;
  for (const auto& row : TRY(store.images().list())) {
    auto image = store.images().find(row.id);
    if (!image) continue;  // it has just been removed, or the list has complained about it
    LayerNode* node = &root;
    for (const auto& diff_id : image->config.rootfs.diff_ids) node = &node->above[diff_id];
    for (auto& name : names_or_id(*image)) node->top_of.push_back(std::move(name));
  }
  return root;
}

std::string line_of(const store::Store& store, const oci::Digest& diff_id, const LayerNode& node) {
  auto info = store.layers().info(diff_id);
  std::string line = fmt::format("ID: {} Size: {}", diff_id.short_id(), info ? human_size(info->size) : "unknown");
  if (!node.top_of.empty()) line += fmt::format(" Top Layer of: [{}]", join(node.top_of, " "));
  return report::harmless(line);
}

/// `children` as lines below what has `indent`.
void add_lines(std::string& text, const store::Store& store, const std::map<oci::Digest, LayerNode>& children,
               const std::string& indent) {
  std::size_t left = children.size();
  for (const auto& [diff_id, node] : children) {
    const bool last = --left == 0;
    text += indent + (last ? "└── " : "├── ") + line_of(store, diff_id, node) + "\n";
    add_lines(text, store, node.above, indent + (last ? "    " : "│   "));
  }
}

/// The image's own layers, the base first, one below the other.
void add_own(std::string& text, const store::Store& store, const LayerNode& tree, const store::Image& image) {
  const LayerNode* node = &tree;
  const auto& layers = image.config.rootfs.diff_ids;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    auto next = node->above.find(layers[i]);
    if (next == node->above.end()) return;
    node = &next->second;
    text += (i + 1 == layers.size() ? "└── " : "├── ") + line_of(store, layers[i], *node) + "\n";
  }
}

const LayerNode* top_of(const LayerNode& tree, const store::Image& image) {
  const LayerNode* node = &tree;
  for (const auto& diff_id : image.config.rootfs.diff_ids) {
    auto next = node->above.find(diff_id);
    if (next == node->above.end()) return nullptr;
    node = &next->second;
  }
  return node;
}

Result<int> image_tree(const Globals& globals, const ImageTreeArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  const store::Store& store = *TRY(engine.images());
  auto tree = TRY(layer_tree(store));
  std::string text;
  if (arguments.names.empty()) {
    add_lines(text, store, tree.above, "");
    TRY(options::print(text));
    return 0;
  }
  auto image = TRY(store.images().find(arguments.names[0]));
  text = fmt::format("Image ID: {}\nTags:     [{}]\nSize:     {}\n", short_id(image.id), join(image.names, " "),
                     human_size(store.layers().size(image.config).value_or(0)));
  if (arguments.what_requires) {
    text += "Image Layers that need it\n";
    if (const LayerNode* top = top_of(tree, image)) add_lines(text, store, top->above, "");
  } else {
    text += "Image Layers\n";
    add_own(text, store, tree, image);
  }
  TRY(options::print(text));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&ImageTreeArguments::what_requires>(0, "whatrequires",
                                                      "Show the layers that other images have on top of it"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry image tree", "See what images share"},
    {"gantry image tree --whatrequires busybox", "See what is built on an image"},
};

}  // namespace

constinit const Command kImageTree = options::command<image_tree>({
    .name = "tree",
    .summary = "Show the layers of images as a tree",
    .synopsis = "[OPTIONS] [IMAGE]",
    .description = "Without IMAGE it shows the layers of all images in the store, each below the one that it lies on, "
                   "so that what images share is there once. Sizes are those of the layers' tars.",
    .examples = kExamples,
    .groups = kGroups,
    .words =
        options::words<&ImageTreeArguments::names>({.name = "IMAGE", .most = 1, .first = options::Completes::images}),
});

}  // namespace gantry::cli
