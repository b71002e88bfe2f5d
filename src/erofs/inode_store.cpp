#include "erofs/inode_store.hpp"

#include <algorithm>

namespace gantry::erofs {

namespace {

constexpr std::size_t kMostOpen = 2;
constexpr std::size_t kMostInRun = 32;

}  // namespace

Result<std::uint64_t> InodeStore::add(Bytes item) {
  if (item.size() > kBlockSize) {
    std::uint64_t at = image_.position();
    TRY(image_.append(item));
    TRY(image_.fill_block());
    return at / kInodeSlot;
  }
  Place place = find_room(item.size());
  if (place.run == nullptr) place = TRY(make_room());
  std::size_t& used = place.run->used[place.block];
  std::size_t in_run = place.block * kBlockSize + used;
  std::memcpy(place.run->bytes.data() + in_run, item.data(), item.size());
  used += round_up(item.size(), kInodeSlot);
  return (place.run->at + in_run) / kInodeSlot;
}

/// The begun block that has the least room that is enough.
InodeStore::Place InodeStore::find_room(std::size_t size) {
  Place best;
  std::size_t most = 0;
  for (Run& run : open_) {
    for (std::size_t block = 0; block < run.used.size(); ++block) {
      std::size_t used = run.used[block];
      if (used < most || kBlockSize - used < size) continue;
      best = {&run, block};
      most = used;
    }
  }
  return best;
}

/// A block that has not been begun.
Result<InodeStore::Place> InodeStore::make_room() {
  if (open_.empty() || open_.back().used.size() == open_.back().blocks) {
    if (open_.size() == kMostOpen) TRY(write_first());
    std::size_t blocks = std::clamp<std::size_t>(blocks_, 1, kMostInRun);
    open_.push_back({.at = image_.position(), .blocks = blocks, .bytes = std::move(spare_)});
    open_.back().bytes.assign(blocks * kBlockSize, std::byte{0});
    blocks_ += blocks;
    TRY(image_.append_zeros(blocks * kBlockSize));
  }
  Run& run = open_.back();
  run.used.push_back(0);
  return Place{&run, run.used.size() - 1};
}

Result<> InodeStore::write_first() {
  Run& run = open_.front();
  TRY(image_.patch(run.at, Bytes(run.bytes).first(run.used.size() * kBlockSize)));
  spare_ = std::move(run.bytes);
  open_.pop_front();
  return {};
}

Result<> InodeStore::finish() {
  while (!open_.empty()) TRY(write_first());
  return {};
}

}  // namespace gantry::erofs
