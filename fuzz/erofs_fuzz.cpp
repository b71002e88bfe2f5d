// Layers as images. What the writer makes of any archive is an image that our reader can walk: all names, all data,
// links that are counted right, and nothing that lies in the place of something else. Compressed it holds the same.

#include "archive/tar_format.hpp"
#include "erofs/reader.hpp"
#include "erofs/write_layer.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace {

using namespace gantry;
using namespace gantry::erofs;

constexpr std::uint64_t kMostBytes = 1u << 20;
constexpr std::uint64_t kMostEntries = 2000;

void require(bool promise) {
  if (!promise) std::abort();
}

template <class T>
T must(Result<T> result) {
  require(result.has_value());
  return std::move(result).take();
}

/// Gives what looks like headers the checksums that they should have: else hardly any change would get past them.
std::vector<std::byte> with_checksums(Bytes archive) {
  std::vector<std::byte> mended(archive.begin(), archive.end());
  for (std::size_t at = 0; at + sizeof(archive::TarHeader) <= mended.size(); at += archive::kBlock) {
    archive::TarHeader header;
    std::memcpy(&header, mended.data() + at, sizeof header);
    if (std::memcmp(header.magic, "ustar", 5) != 0) continue;
    archive::put_checksum(header);
    std::memcpy(mended.data() + at, &header, sizeof header);
  }
  return mended;
}

class Walk {
 public:
  /// `is_shared`: files may be equal, and then lie in one place.
  Walk(const Fd& image, std::span<const Fd> devices, bool is_shared)
      : reader_(must(ImageReader::open(image, devices))), is_shared_(is_shared) {}

  /// A number for all names and data.
  std::uint64_t run() {
    look_at(reader_.root());
    std::vector<Step> steps{{reader_.root(), reader_.root()}};
    while (!steps.empty()) {
      Step step = steps.back();
      steps.pop_back();
      for (const NameView& name : must(reader_.names(files_.at(step.folder), step.parent))) {
        add(as_bytes(name.name));
        look_at(name.inode);
        ++names_[name.inode];
        bool is_folder = S_ISDIR(files_.at(name.inode).mode);
        require(is_folder == (name.type == FileType::directory));
        if (!is_folder) continue;
        ++names_[step.folder];  // its ".."
        require(names_[name.inode] == 1);
        steps.push_back({name.inode, step.folder});
      }
    }
    check_links();
    check_places();
    return sum_;
  }

 private:
  struct Step {
    std::uint64_t folder, parent;
  };

  void look_at(std::uint64_t inode) {
    if (files_.contains(inode)) return;
    FileView file = must(reader_.file(inode));
    std::uint64_t tail = file.layout == Layout::inline_tail ? file.size % kBlockSize : 0;
    places_.emplace_back(inode * kInodeSlot, file.behind + tail);
    std::uint64_t blocks = blocks_of(file.size - tail);
    bool has_data = S_ISREG(file.mode) || S_ISDIR(file.mode) || S_ISLNK(file.mode);
    bool has_map = file.layout == Layout::chunked || file.layout == Layout::packed;
    if (has_data && !has_map && blocks > 0 && !(is_shared_ && S_ISREG(file.mode)))
      places_.emplace_back(file.place * kBlockSize, (file.place + blocks) * kBlockSize);
    if (has_data) read(file, !S_ISDIR(file.mode));
    files_.emplace(inode, std::move(file));
  }

  /// A sparse file may be endless: its ends will do.
  void read(const FileView& file, bool counts) {
    std::array<std::byte, 70'000> buffer;
    for (std::uint64_t at = 0; at < file.size;) {
      auto part = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), file.size - at));
      must(reader_.read(file, at, part));
      if (counts) add(part);
      at += part.size();
      if (at > kMostBytes && file.size - at > buffer.size()) at = file.size - buffer.size();
    }
  }

  void add(Bytes data) {
    for (std::byte byte : data) sum_ = (sum_ ^ static_cast<std::uint64_t>(byte)) * 0x100000001b3;
  }

  void check_links() {
    for (const auto& [inode, file] : files_) {
      std::uint32_t own = S_ISDIR(file.mode) ? inode == reader_.root() ? 2 : 1 : 0;
      require(file.links == names_[inode] + own);
    }
  }

  void check_places() {
    std::ranges::sort(places_);
    for (std::size_t i = 1; i < places_.size(); ++i) require(places_[i - 1].second <= places_[i].first);
    require(places_.empty() || places_.front().first >= kSuperBlockAt + sizeof(SuperBlock));
  }

  ImageReader reader_;
  bool is_shared_;
  std::uint64_t sum_ = 0xcbf29ce484222325;
  std::map<std::uint64_t, FileView> files_;
  std::map<std::uint64_t, std::uint32_t> names_;  ///< that lead to an inode, "." left out
  std::vector<std::pair<std::uint64_t, std::uint64_t>> places_;
};

/// The image by these options: a number for what is in it.
std::optional<std::uint64_t> write_and_walk(Bytes archive, LayerImageOptions options, const Fd& image) {
  MemorySource tar(archive);
  options.end = archive::EndMarker::optional;
  options.max_bytes = kMostBytes;
  options.max_entries = kMostEntries;
  if (!write_layer(tar, image, options)) return std::nullopt;
  std::vector<Fd> devices;
  for (const Donor& donor : options.donors) devices.push_back(must(donor.image.duplicate()));
  return Walk(image, devices, options.index != nullptr).run();
}

Fd make_file() {
  Fd file(memfd_create("file", MFD_CLOEXEC));
  require(file.valid());
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto archive = with_checksums(std::as_bytes(std::span(data, size)));
  auto sum = write_and_walk(archive, {}, make_file());
  if (!sum) return 0;
  for (auto compression : {std::optional<Algorithm>(), std::optional(Algorithm::lz4), std::optional(Algorithm::zstd)}) {
    LayerImageOptions options;
    options.compression = compression;
    Fd index = make_file();
    options.index = &index;
    Fd image = make_file();
    require(write_and_walk(archive, options, image) == sum);
    // All of it is there already then.
    std::vector<Donor> donors;
    donors.push_back({"before", std::move(image), must(PieceIndex::open(index))});
    options.donors = donors;
    Fd another = make_file();
    options.index = &another;
    require(write_and_walk(archive, options, make_file()) == sum);
  }
  return 0;
}
