#include "view/image_files.hpp"

#include "archive/layer_path.hpp"
#include "linux/path.hpp"
#include "oci/media_types.hpp"
#include "transfer/offer.hpp"
#include "view/merge.hpp"

#include <algorithm>
#include <set>

namespace gantry::view {

using archive::Kind;

namespace {

constexpr int kMaxLinks = 40;  // the kernel's limit

/// Clean: without a slash at either end, and what leads out of the root leads to the root.
std::string clean(std::string_view path) { return linux::clean_path("/" + std::string(path)).substr(1); }

std::string joined(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : std::string(folder) + "/" + std::string(name);
}

std::string whiteout_name(std::string_view path) {
  auto [folder, name] = archive::split_path(path);
  return joined(folder, std::string(archive::kWhiteoutPrefix) + std::string(name));
}

/// Whether the layer hides what layers below it have at `path`, as far as whiteouts do.
bool is_whited_out(const LayerFiles& layer, std::string_view path) {
  auto hidden = [&](std::string_view one) { return layer.find(whiteout_name(one)) != nullptr; };
  auto opaque = [&](std::string_view folder) { return layer.find(joined(folder, archive::kOpaqueName)) != nullptr; };
  return hidden(path) || opaque("") || any_above(path, [&](auto one) { return hidden(one) || opaque(one); });
}

FoundFile bare_folder(std::size_t layer, std::string path) {
  FoundFile folder{.layer = layer, .entry = {}};
  folder.entry.path = std::move(path);
  folder.entry.kind = Kind::directory;
  folder.entry.mode = 0755;
  return folder;
}

}  // namespace

/// What is known of a path after the layers from the top down to some layer.
struct ImageFiles::Looked {
  std::optional<FoundFile> found;
  std::string redirect;  ///< what the path is through a symlink on the way
  bool is_redirected = false;
  bool is_hidden = false;                      ///< lower layers no longer count
  std::set<std::string, std::less<>> folders;  ///< on the way, that are folders in a layer above
  std::optional<std::size_t> implied;          ///< the layer where it is a folder because something is in it
};

Result<ImageFiles> ImageFiles::open(const transfer::Origin& origin, const transfer::Listed& image,
                                    const FilesOptions& options) {
  auto document = TRY(transfer::manifest_of(origin, image, options.platform));
  auto manifest = TRY(oci::parse_manifest(document.bytes, origin.name() + ": manifest"));
  ImageFiles files(origin, image.label);
  files.use_toc_ = options.use_toc;
  for (const auto& layer : manifest.layers) {
    if (!oci::is_layer(layer.media_type))
      return fail(Code::unsupported, "{}: {} is of type {}, which is no layer", image.label, layer.digest.text(),
                  layer.media_type);
    files.layers_.insert(files.layers_.begin(), layer);
  }
  files.files_.resize(files.layers_.size());
  return files;
}

Result<LayerFiles*> ImageFiles::layer(std::size_t number, Reading reading) {
  if (!files_[number]) files_[number] = TRY(open_layer_files(*origin_, layers_[number], use_toc_, reading));
  return files_[number].get();
}

Result<FoundFile> ImageFiles::find(std::string_view path, bool follow) {
  std::string wanted = clean(path);
  for (int links = 0; links <= kMaxLinks; ++links) {
    auto looked = TRY(look(wanted, 0));
    if (looked.is_redirected) {
      wanted = looked.redirect;
      continue;
    }
    if (!looked.found) return fail(Code::not_found, "image {} has no file {}", label_, path);
    const archive::Entry& entry = looked.found->entry;
    if (entry.kind != Kind::symlink || !follow) return std::move(*looked.found);
    wanted = clean(entry.link.starts_with('/') ? entry.link : joined(archive::split_path(wanted).folder, entry.link));
  }
  return fail(Code::invalid, "image {}: {} leads through more than {} symlinks", label_, path, kMaxLinks);
}

Result<ImageFiles::Looked> ImageFiles::look(const std::string& path, std::size_t from) {
  Looked looked;
  if (path.empty()) {
    looked.found = bare_folder(0, "");
    return looked;
  }
  for (std::size_t i = from; i < layers_.size() && !looked.is_hidden && !looked.is_redirected; ++i) {
    auto found = TRY(look_in(i, path, looked));
    if (!found) continue;
    // A folder in which an upper layer has something stays a folder, whatever it was below.
    if (looked.implied && found->entry.kind != Kind::directory) break;
    looked.found = std::move(found);
    return looked;
  }
  if (looked.implied && !looked.is_redirected) looked.found = bare_folder(*looked.implied, path);
  return looked;
}

/// Looks in one layer, and reads it to its end only when it is not there.
Result<std::optional<FoundFile>> ImageFiles::look_in(std::size_t number, const std::string& path, Looked& looked) {
  LayerFiles& layer = *TRY(this->layer(number));
  auto through_link = [&](std::string_view above) {
    const archive::Entry* entry = layer.find(above);
    if (entry == nullptr || entry->kind != Kind::symlink) return false;
    if (looked.folders.contains(above)) {  // a layer above has made it a folder
      looked.is_hidden = true;
      return true;
    }
    std::string target(entry->link.starts_with('/') ? entry->link
                                                    : joined(archive::split_path(above).folder, entry->link));
    looked.redirect = clean(target + path.substr(above.size()));
    return looked.is_redirected = true;
  };
  if (const auto* entry = layer.find(path)) return FoundFile{number, *entry};
  if (any_above(path, through_link)) return std::optional<FoundFile>();
  while (const archive::Entry* entry = TRY(layer.at(layer.known()))) {
    if (entry->path == path) return FoundFile{number, *entry};
    const bool is_above =
        path.size() > entry->path.size() && path[entry->path.size()] == '/' && path.starts_with(entry->path);
    if (is_above && entry->kind == Kind::symlink && through_link(entry->path)) return std::optional<FoundFile>();
  }
  looked.is_hidden = is_whited_out(layer, path) || any_above(path, [&](std::string_view above) {
                       const archive::Entry* entry = layer.find(above);
                       if (layer.has_below(above) || (entry != nullptr && entry->kind == Kind::directory))
                         looked.folders.emplace(above);
                       else if (entry != nullptr) return true;  // a file where the way leads through
                       return false;
                     });
  if (!looked.implied && layer.has_below(path)) looked.implied = number;
  return std::optional<FoundFile>();
}

/// A hardlink means a file of its own layer, or, where another tool has made the layer, one below it.
Result<FoundFile> ImageFiles::target_of(const FoundFile& found) {
  FoundFile file = found;
  for (int links = 0; links <= kMaxLinks && file.entry.kind == Kind::hardlink; ++links) {
    std::string target = TRY(archive::clean_entry_path(file.entry.link));
    auto looked = TRY(look(target, file.layer));
    if (!looked.found)
      return fail(Code::corrupt, "{}: it is a hardlink to {}, which is not there", file.entry.path, target);
    file = std::move(*looked.found);
  }
  return file;
}

Result<std::unique_ptr<Source>> ImageFiles::content(const FoundFile& found) {
  FoundFile file = TRY(target_of(found));
  if (file.entry.kind != Kind::file)
    return fail(Code::invalid, "image {}: {} is {}", label_, found.entry.path,
                file.entry.kind == Kind::directory ? "a folder" : "no file");
  return TRY(layer(file.layer))->content(*TRY(layer(file.layer))->find(file.entry.path));
}

Result<> ImageFiles::each(std::string_view path, const std::function<Result<>(const FoundFile&)>& visit) {
  Merge merge;
  for (std::size_t number = 0; number < layers_.size(); ++number) {
    // From the start again, so that each file's bytes go by when it is visited.
    if (files_[number] && !files_[number]->is_indexed()) files_[number].reset();
    LayerFiles& files = *TRY(layer(number, Reading::whole));
    for (std::size_t place = 0; const archive::Entry* entry = TRY(files.at(place)); ++place) {
      const bool is_inside =
          path.empty() || entry->path == path || (entry->path.starts_with(path) && entry->path[path.size()] == '/');
      if (TRY(merge.add(*entry)) && is_inside) TRY(visit(FoundFile{number, *entry}));
    }
    merge.end_layer();
  }
  return {};
}

}  // namespace gantry::view
