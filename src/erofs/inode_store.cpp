#include "erofs/inode_store.hpp"

#include <algorithm>

namespace gantry::erofs {

namespace {

constexpr std::size_t kMostOpen = 16;
constexpr std::uint64_t kMostInRun = 32;

}  // namespace

Result<std::uint64_t> InodeStore::add(Bytes item) {
  if (item.size() > kBlockSize) {
    std::uint64_t at = image_.position();
    TRY(image_.append(item));
    TRY(image_.fill_block());
    return at / kInodeSlot;
  }
  std::size_t index = TRY(block_with(item.size()));
  Block& block = open_[index];
  std::uint64_t at = block.at + block.used;
  std::ranges::copy(item, block.bytes.begin() + static_cast<std::ptrdiff_t>(block.used));
  block.used += round_up(item.size(), kInodeSlot);
  if (kBlockSize - block.used < sizeof(Inode)) TRY(close_block(index));
  return at / kInodeSlot;
}

/// The open block that has the least room that is enough.
Result<std::size_t> InodeStore::block_with(std::size_t room) {
  std::size_t best = open_.size();
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (kBlockSize - open_[i].used < room) continue;
    if (best == open_.size() || open_[i].used > open_[best].used) best = i;
  }
  if (best == open_.size()) {
    TRY(open_block());
    best = open_.size() - 1;
  }
  return best;
}

Result<> InodeStore::open_block() {
  if (open_.size() == kMostOpen) {
    auto fullest = std::ranges::max_element(open_, {}, &Block::used);
    TRY(close_block(static_cast<std::size_t>(fullest - open_.begin())));
  }
  if (next_ == end_) {
    std::uint64_t run = std::clamp<std::uint64_t>(blocks_, 1, kMostInRun);
    next_ = image_.position();
    end_ = next_ + run * kBlockSize;
    blocks_ += run;
    for (std::uint64_t i = 0; i < run; ++i) TRY(image_.append_zeros(kBlockSize));
  }
  open_.push_back({.at = next_});
  next_ += kBlockSize;
  return {};
}

Result<> InodeStore::close_block(std::size_t index) {
  TRY(image_.patch(open_[index].at, open_[index].bytes));
  if (index + 1 < open_.size()) open_[index] = open_.back();
  open_.pop_back();
  return {};
}

Result<> InodeStore::finish() {
  while (!open_.empty()) TRY(close_block(open_.size() - 1));
  return {};
}

}  // namespace gantry::erofs
