#include "view/layer_files.hpp"

#include "archive/inflate.hpp"
#include "archive/layer_path.hpp"
#include "archive/tar_reader.hpp"
#include "view/toc.hpp"

#include <algorithm>

namespace gantry::view {

namespace {

/// More than any layer has by far; the list of as many takes about 1 GB.
constexpr std::size_t kMaxMembers = 4u << 20;

/// A blob in parts, each twice as large as the one before: a server sends ahead what the network takes, which is
/// megabytes that nobody may want.
class GrowingParts final : public Source {
 public:
  GrowingParts(const transfer::Origin& origin, const oci::Descriptor& blob) : origin_(origin), blob_(blob) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const auto size = static_cast<std::uint64_t>(blob_.size);
    while (true) {
      std::size_t got = part_ ? TRY(part_->read(buffer)) : 0;
      if (got > 0 || until_ == size) return got;
      const std::uint64_t from = until_;
      until_ = std::min(size, until_ + length_);
      length_ *= 2;
      part_ = TRY(origin_.open_part(blob_, from, until_));
    }
  }

 private:
  static constexpr std::uint64_t kFirst = 64u << 10;

  const transfer::Origin& origin_;
  const oci::Descriptor& blob_;
  std::uint64_t until_ = 0;  ///< where the current part ends
  std::uint64_t length_ = kFirst;
  std::unique_ptr<Source> part_;
};

/// A tar that is read from its start.
class TarStream {
 public:
  TarStream(const transfer::Origin& origin, const oci::Descriptor& layer, Reading reading)
      : origin_(origin), layer_(layer), is_sparing_(reading == Reading::sparing && origin.has_parts()) {}

  /// With a clean path; nothing at the end.
  Result<std::optional<archive::Entry>> next() {
    if (!tar_) {
      if (is_sparing_) packed_ = std::make_unique<GrowingParts>(origin_, layer_);
      else packed_ = TRY(origin_.open(layer_));
      inflated_ = std::make_unique<archive::Inflater>(*packed_);
      tar_ = std::make_unique<archive::TarReader>(*inflated_, archive::EndMarker::optional);
    }
    auto entry = TRY(tar_->next());
    if (entry) entry->path = TRY(archive::clean_entry_path(entry->path));
    return entry;
  }
  Result<std::size_t> read(std::span<std::byte> buffer) { return tar_->read(buffer); }

 private:
  const transfer::Origin& origin_;
  const oci::Descriptor& layer_;
  bool is_sparing_;
  std::unique_ptr<Source> packed_;
  std::unique_ptr<archive::Inflater> inflated_;
  std::unique_ptr<archive::TarReader> tar_;
};

/// The file that a stream has come to: its own stream, or one that goes on behind it.
class CurrentFile final : public Source {
 public:
  explicit CurrentFile(TarStream& stream) : stream_(stream) {}
  explicit CurrentFile(std::unique_ptr<TarStream> own) : own_(std::move(own)), stream_(*own_) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override { return stream_.read(buffer); }

 private:
  std::unique_ptr<TarStream> own_;
  TarStream& stream_;
};

class StreamedLayer final : public LayerFiles {
 public:
  StreamedLayer(const transfer::Origin& origin, const oci::Descriptor& layer, Reading reading)
      : LayerFiles(layer), origin_(origin), stream_(origin, descriptor(), reading) {}

  bool is_indexed() const override { return false; }

  Result<std::unique_ptr<Source>> content(const archive::Entry& file) override {
    const std::size_t place = place_of(file);
    if (place + 1 == known() && !is_complete() && !taken_) {
      taken_ = true;
      return std::make_unique<CurrentFile>(stream_);
    }
    // It has gone by.
    auto again = std::make_unique<TarStream>(origin_, descriptor(), Reading::sparing);
    for (std::size_t i = 0; i <= place; ++i)
      if (!TRY(again->next()))
        return fail(Code::corrupt, "layer {} is shorter than before", descriptor().digest.text());
    return std::make_unique<CurrentFile>(std::move(again));
  }

 protected:
  Result<bool> advance() override {
    auto entry = TRY(with_context(stream_.next(), "layer {}", descriptor().digest.text()));
    taken_ = false;
    if (!entry) return false;
    if (known() == kMaxMembers)
      return fail(Code::invalid, "layer {} has more than {} members", descriptor().digest.text(), kMaxMembers);
    add(std::move(*entry));
    return true;
  }

 private:
  const transfer::Origin& origin_;
  TarStream stream_;
  bool taken_ = false;  ///< the current file's bytes are being read, or have been
};

class IndexedLayer final : public LayerFiles {
 public:
  IndexedLayer(const transfer::Origin& origin, const oci::Descriptor& layer, std::vector<TocEntry> table)
      : LayerFiles(layer), origin_(origin), table_(std::move(table)) {}

  bool is_indexed() const override { return true; }

  Result<std::unique_ptr<Source>> content(const archive::Entry& file) override {
    return open_chunks(origin_, descriptor(), table_[place_of(file)]);
  }

 protected:
  Result<bool> advance() override {
    if (known() == table_.size()) return false;
    add(table_[known()].entry);
    return true;
  }

 private:
  const transfer::Origin& origin_;
  std::vector<TocEntry> table_;
};

}  // namespace

void LayerFiles::add(archive::Entry entry) {
  places_.insert_or_assign(entry.path, entries_.size());
  entries_.push_back(std::move(entry));
}

Result<const archive::Entry*> LayerFiles::at(std::size_t place) {
  while (place >= entries_.size() && !complete_) complete_ = !TRY(advance());
  return place < entries_.size() ? &entries_[place] : nullptr;
}

const archive::Entry* LayerFiles::find(std::string_view path) const {
  auto found = places_.find(path);
  return found == places_.end() ? nullptr : &entries_[found->second];
}

bool LayerFiles::has_below(std::string_view path) const {
  if (path.empty()) return !entries_.empty();
  std::string folder = std::string(path) + "/";
  auto next = places_.lower_bound(folder);
  return next != places_.end() && next->first.starts_with(folder);
}

Result<std::unique_ptr<LayerFiles>> open_layer_files(const transfer::Origin& origin, const oci::Descriptor& layer,
                                                     bool use_toc, Reading reading) {
  if (use_toc)
    if (auto table = TRY(read_toc(origin, layer)))
      return std::make_unique<IndexedLayer>(origin, layer, std::move(*table));
  return std::make_unique<StreamedLayer>(origin, layer, reading);
}

}  // namespace gantry::view
