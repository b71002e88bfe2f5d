#include "store/layers.hpp"

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "store/mapped.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace gantry::store {

namespace {

constexpr oci::Algorithm kAlgorithms[] = {oci::Algorithm::sha256, oci::Algorithm::sha512};
constexpr const char* kInfo = "/layer.json";

std::string layer_folder(const std::string& layers, const oci::Digest& diff_id) {
  return fmt::format("{}/{}/{}", layers, oci::name_of(diff_id.algorithm()), diff_id.hex());
}

/// Names beside the image by which it finds the images that it has pieces of: see linux::open_layer().
Result<> link_needs(const std::string& image, const std::vector<std::string>& needs) {
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const oci::Digest digest = TRY(oci::Digest::parse(needs[i]));
    const std::string name = fmt::format("{}.{}", image, i + 1);
    const std::string target = erofs_driver().layer_path(layer_folder("../..", digest));
    if (symlink(target.c_str(), name.c_str()) < 0) return Error::system("create {}", name);
  }
  return {};
}

}  // namespace

LayerStaging::~LayerStaging() {
  // Scratch alone could not remove files of subordinate ids. Committed: there is nothing.
  if (!scratch_.path().empty() && !driver_->is_image()) best_effort(remove_mapped_tree(path_));
}

Result<> LayerStaging::commit(const oci::Digest& diff_id, LayerInfo info) {
  info.driver = driver_->name();
  TRY(link_needs(path_, info.needs));
  TRY(replace_file(scratch_.path() + kInfo, json::encode(info), 0644, Sync::no));
  TRY(make_folders(fmt::format("{}/{}", layers_, oci::name_of(diff_id.algorithm())), 0700));
  std::string target = layer_folder(layers_, diff_id);
  // One that is there already wins, and this one then has to go as any other unfinished one.
  if (path_exists(target)) return {};
  return scratch_.publish(target);
}

std::string Layers::folder(const oci::Digest& diff_id) const { return layer_folder(root_ + "/layers", diff_id); }

bool Layers::has(const oci::Digest& diff_id) const { return path_exists(folder(diff_id)); }

Result<LayerInfo> Layers::info(const oci::Digest& diff_id) const {
  if (!has(diff_id)) return fail(Code::not_found, "layer {} is not unpacked", diff_id.text());
  return json::decode<LayerInfo>(TRY(read_file(folder(diff_id) + kInfo)), "layer " + diff_id.text());
}

std::string Layers::path(const oci::Digest& diff_id) const {
  std::string path = folder(diff_id);
  return driver_of(path).layer_path(path);
}

Result<std::vector<std::string>> Layers::paths(const oci::ImageConfig& config) const {
  std::vector<std::string> paths;
  for (auto diff_id = config.rootfs.diff_ids.rbegin(); diff_id != config.rootfs.diff_ids.rend(); ++diff_id) {
    paths.push_back(path(*diff_id));
    if (!path_exists(paths.back())) return fail(Code::not_found, "layer {} is not unpacked", diff_id->text());
  }
  return paths;
}

Result<std::uint64_t> Layers::size(const oci::ImageConfig& config) const {
  std::uint64_t bytes = 0;
  for (const auto& diff_id : config.rootfs.diff_ids) bytes += TRY(info(diff_id)).size;
  return bytes;
}

Result<std::vector<DonorLayer>> Layers::donors(std::size_t most) const {
  std::vector<std::pair<Timestamp, DonorLayer>> found;
  for (auto& diff_id : TRY(list())) {
    const std::string index = folder(diff_id) + kPieceIndex;
    struct stat info;
    if (diff_id.algorithm() != oci::Algorithm::sha256 || stat(index.c_str(), &info) < 0) continue;
    found.emplace_back(info.st_mtim.tv_sec * kSecond + info.st_mtim.tv_nsec, DonorLayer{diff_id, path(diff_id), index});
  }
  std::ranges::sort(found, std::greater(), [](const auto& donor) { return donor.first; });
  std::vector<DonorLayer> donors;
  for (auto& [time, donor] : found)
    if (donors.size() < most) donors.push_back(std::move(donor));
  return donors;
}

void Layers::add_needs(std::set<oci::Digest>& layers) const {
  std::vector<oci::Digest> open(layers.begin(), layers.end());
  while (!open.empty()) {
    const auto layer = info(open.back());
    open.pop_back();
    // One that is not there needs nothing, and one whose record is damaged cannot be used.
    if (!layer) continue;
    for (const auto& text : layer->needs)
      if (auto digest = oci::Digest::parse(text); digest && layers.insert(*digest).second) open.push_back(*digest);
  }
}

bool Layers::is_whole(const oci::Digest& diff_id) const {
  std::set<oci::Digest> all{diff_id};
  add_needs(all);
  return std::ranges::all_of(all, [&](const auto& layer) { return info(layer) && path_exists(path(layer)); });
}

Result<LayerStaging> Layers::begin() const {
  auto scratch = TRY(content::Scratch::make_folder(root_ + "/tmp"));
  TRY(driver_->make_layer(scratch.path()));
  return LayerStaging(std::move(scratch), *driver_, root_ + "/layers");
}

Result<> Layers::remove(const oci::Digest& diff_id) const {
  if (!has(diff_id)) return {};
  auto scratch = TRY(content::Scratch::take_folder(root_ + "/tmp", folder(diff_id)));
  return with_context(remove_mapped_tree(scratch.path()), "remove layer {}", diff_id.text());
}

Result<std::vector<oci::Digest>> Layers::list() const {
  std::vector<oci::Digest> digests;
  for (oci::Algorithm algorithm : kAlgorithms) {
    std::string folder = fmt::format("{}/layers/{}", root_, oci::name_of(algorithm));
    if (!path_exists(folder)) continue;
    for (const auto& name : TRY(list_folder(folder)))
      if (auto digest = oci::Digest::from_hex(algorithm, name)) digests.push_back(std::move(*digest));
  }
  return digests;
}

}  // namespace gantry::store
