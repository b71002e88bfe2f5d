#include "archive/ring.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace gantry::archive {

std::span<std::byte> Ring::begin_fill() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return cancelled_ || done_.front() - done_.back() < kSlots; });
  if (cancelled_) return {};
  Slot& slot = slots_[done_.front() % kSlots];
  if (!slot.data) slot.data = std::make_unique_for_overwrite<std::byte[]>(kSlotSize);
  return {slot.data.get(), kSlotSize};
}

void Ring::end_fill(std::size_t size) {
  std::lock_guard lock(mutex_);
  slots_[done_.front() % kSlots].size = size;
  ++done_.front();
  changed_.notify_all();
}

void Ring::close(Result<> reason) {
  std::lock_guard lock(mutex_);
  closed_ = std::move(reason);
  changed_.notify_all();
}

Result<Bytes> Ring::begin_use(std::size_t stage) {
  std::unique_lock lock(mutex_);
  auto at_end = [&] { return closed_ && done_[stage] == done_.front(); };
  changed_.wait(lock, [&] { return cancelled_ || done_[stage] < done_[stage - 1] || at_end(); });
  if (cancelled_) return fail(Code::failed, "it was cancelled");
  if (done_[stage] == done_[stage - 1]) {
    TRY(*closed_);
    return Bytes();
  }
  const Slot& slot = slots_[done_[stage] % kSlots];
  return Bytes(slot.data.get(), slot.size);
}

void Ring::end_use(std::size_t stage) {
  std::lock_guard lock(mutex_);
  ++done_[stage];
  changed_.notify_all();
}

void Ring::cancel() {
  std::lock_guard lock(mutex_);
  cancelled_ = true;
  changed_.notify_all();
}

Result<Bytes> RingSource::next() {
  if (!ahead_.empty()) return std::exchange(ahead_, {});
  if (ended_) return Bytes();
  if (std::exchange(holds_, false)) ring_.end_use(stage_);
  Bytes data = TRY(ring_.begin_use(stage_));
  holds_ = !data.empty();
  ended_ = data.empty();
  return data;
}

Result<std::size_t> RingSource::read(std::span<std::byte> buffer) {
  Bytes data = TRY(next());
  std::size_t size = std::min(buffer.size(), data.size());
  if (size > 0) std::memcpy(buffer.data(), data.data(), size);
  ahead_ = data.subspan(size);
  return size;
}

}  // namespace gantry::archive
