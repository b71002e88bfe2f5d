#pragma once

#include "base/file.hpp"
#include "base/stream.hpp"

#include <memory>
#include <string>

namespace gantry::transfer {

/// Passes on what is read and writes it to a file as well.
class TeeSource final : public Source {
 public:
  /// `file` outlives it; `name` is its, for errors.
  TeeSource(std::unique_ptr<Source> source, const Fd& file, std::string name)
      : source_(std::move(source)), file_(file), name_(std::move(name)) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    std::size_t got = TRY(source_->read(buffer));
    TRY(write_all(file_, as_text(Bytes(buffer).first(got)), name_));
    return got;
  }

 private:
  std::unique_ptr<Source> source_;
  const Fd& file_;
  std::string name_;
};

}  // namespace gantry::transfer
