#pragma once

#include "base/stream.hpp"

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace gantry::archive {

/// Buffers that go round between a row of threads: the first stage fills one, each later stage sees it after the
/// stage before, and after the last it is filled again. Nothing is copied from stage to stage.
class Ring {
 public:
  static constexpr std::size_t kSlots = 8;
  static constexpr std::size_t kSlotSize = 256u << 10;

  explicit Ring(std::size_t stages) : done_(stages, 0) {}

  /// For stage 0: the next buffer to fill; empty when the ring has been cancelled.
  std::span<std::byte> begin_fill();
  void end_fill(std::size_t size);
  /// For stage 0: nothing more follows, or why not.
  void close(Result<> reason = {});

  /// For the other stages: the next filled buffer, empty at the end; the error of close() after all that came before.
  Result<Bytes> begin_use(std::size_t stage);
  void end_use(std::size_t stage);

  /// Lets every stage that waits or comes later give up.
  void cancel();

 private:
  struct Slot {
    std::unique_ptr<std::byte[]> data;
    std::size_t size = 0;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<Slot, kSlots> slots_;
  std::vector<std::uint64_t> done_;  ///< buffers that each stage has finished
  std::optional<Result<>> closed_;
  bool cancelled_ = false;
};

/// What one stage of a ring sees, as a stream.
class RingSource final : public Source {
 public:
  RingSource(Ring& ring, std::size_t stage) : ring_(ring), stage_(stage) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override;
  /// What is left of the current buffer, or the next one; empty at the end. Valid until the next call.
  Result<Bytes> next();

 private:
  Ring& ring_;
  std::size_t stage_;
  Bytes ahead_;
  bool holds_ = false;
  bool ended_ = false;
};

}  // namespace gantry::archive
