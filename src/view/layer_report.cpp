#include "view/layer_report.hpp"

#include "archive/layer_path.hpp"
#include "oci/media_types.hpp"
#include "transfer/offer.hpp"
#include "view/merge.hpp"

#include <algorithm>
#include <map>

namespace gantry::view {

namespace {

using archive::Kind;

/// The image as it grows, layer by layer from the base.
class Growth {
 public:
  explicit Growth(ImageReport& report) : report_(report) {}

  Result<> add_layer(LayerFiles& files, LayerReport& layer) {
    changes_.clear();
    TRY(read(files));
    for (const auto& [path, what] : whiteouts_) remove(path, what);
    for (const auto& [path, entry] : entries_) put(path, *entry, layer);
    for (auto& [path, change] : changes_) {
      if (change.kind == Change::Kind::added) ++layer.added;
      else if (change.kind == Change::Kind::changed) ++layer.changed;
      else ++layer.removed;
      layer.changes.push_back(std::move(change));
    }
    report_.size += layer.size;
    return {};
  }

  void finish() {
    for (auto& [path, waste] : waste_) {
      waste.path = path;
      report_.wasted += waste.size;
      report_.waste.push_back(std::move(waste));
    }
    std::ranges::stable_sort(report_.waste, std::greater(), &Waste::size);
  }

 private:
  /// What is in the image now.
  struct Present {
    Kind kind = Kind::file;
    std::uint64_t size = 0;
    std::uint64_t uid = 0, gid = 0;
    unsigned mode = 0;
  };
  using Files = std::map<std::string, Present, std::less<>>;

  Result<> read(LayerFiles& files) {
    entries_.clear();
    whiteouts_.clear();
    for (std::size_t place = 0; const archive::Entry* entry = TRY(files.at(place)); ++place) {
      auto whiteout = TRY(archive::whiteout_of(entry->path));
      if (whiteout.type == archive::Whiteout::Type::none && !entry->path.empty()) entries_[entry->path] = entry;
      else if (whiteout.type == archive::Whiteout::Type::hide) whiteouts_[whiteout.path] = whiteout.type;
      else if (whiteout.type == archive::Whiteout::Type::opaque) whiteouts_.try_emplace(whiteout.path, whiteout.type);
    }
    return {};
  }

  void waste(const std::string& path, std::uint64_t size) {
    if (size == 0) return;
    auto& waste = waste_[path];
    waste.size += size;
    ++waste.times;
  }

  void drop(Files::iterator file) {
    waste(file->first, file->second.size);
    changes_[file->first] = {
        .kind = Change::Kind::removed, .path = file->first, .size = file->second.size, .file = file->second.kind};
    present_.erase(file);
  }

  void drop_below(const std::string& folder) {
    const std::string prefix = folder.empty() ? "" : folder + "/";
    for (auto next = present_.lower_bound(prefix); next != present_.end() && next->first.starts_with(prefix);)
      drop(next++);
  }

  void remove(const std::string& path, archive::Whiteout::Type what) {
    drop_below(path);
    auto file = present_.find(path);
    if (what == archive::Whiteout::Type::hide && file != present_.end()) drop(file);
  }

  void put(const std::string& path, const archive::Entry& entry, LayerReport& layer) {
    layer.size += entry.size;
    const Present made{entry.kind, entry.size, entry.uid, entry.gid, entry.mode};
    auto removed = changes_.find(path);  // and here it is again
    auto [file, is_new] = present_.try_emplace(path, made);
    const bool was_there = !is_new || removed != changes_.end();
    if (!is_new) {
      const Present before = file->second;
      const bool same_folder = entry.kind == Kind::directory && before.kind == Kind::directory;
      if (same_folder && before.mode == made.mode && before.uid == made.uid && before.gid == made.gid) return;
      waste(path, before.size);
      if (before.kind == Kind::directory && !same_folder) drop_below(path);
      file->second = made;
    }
    changes_[path] = {.kind = was_there ? Change::Kind::changed : Change::Kind::added,
                      .path = path,
                      .size = entry.size,
                      .file = entry.kind};
  }

  ImageReport& report_;
  Files present_;
  std::map<std::string, Waste> waste_;
  // of the current layer
  std::map<std::string, const archive::Entry*> entries_;
  std::map<std::string, archive::Whiteout::Type> whiteouts_;
  std::map<std::string, Change> changes_;
};

/// Who made the layers, where the config tells.
void add_history(const oci::ImageConfig& config, std::vector<LayerReport>& layers) {
  std::size_t next = 0;
  for (const auto& step : config.history) {
    if (step.empty_layer || next == layers.size()) continue;
    LayerReport& layer = layers[next++];
    layer.created = step.created;
    layer.created_by = step.created_by;
    layer.comment = step.comment;
  }
  for (std::size_t i = 0; i < layers.size() && i < config.rootfs.diff_ids.size(); ++i)
    layers[i].diff_id = config.rootfs.diff_ids[i];
}

}  // namespace

Result<ImageReport> report_layers(const transfer::Origin& origin, const transfer::Listed& image,
                                  const FilesOptions& options) {
  auto offer = TRY(transfer::offer_of(origin, image, options.platform));
  ImageReport report;
  Growth growth(report);
  for (const auto& layer : offer.layers) {
    report.layers.push_back({.descriptor = layer.descriptor});
    auto files = TRY(open_layer_files(origin, layer.descriptor, options.use_toc, Reading::whole));
    TRY(growth.add_layer(*files, report.layers.back()));
  }
  growth.finish();
  add_history(TRY(oci::parse_image_config(offer.config.bytes, origin.name() + ": config")), report.layers);
  return report;
}

}  // namespace gantry::view
