#pragma once

#include "base/stream.hpp"

#include <functional>
#include <memory>

namespace gantry::mirror {

inline Error stopped() { return fail(Code::busy, "it was stopped, and goes on the next time"); }

/// A stream that ends with an error once `stops` says so.
class Watched final : public Source {
 public:
  Watched(std::unique_ptr<Source> source, std::function<bool()> stops)
      : source_(std::move(source)), stops_(std::move(stops)) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    if (stops_ && stops_()) return stopped();
    return source_->read(buffer);
  }

 private:
  std::unique_ptr<Source> source_;
  std::function<bool()> stops_;
};

}  // namespace gantry::mirror
