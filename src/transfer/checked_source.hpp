#pragma once

#include "archive/hash.hpp"
#include "base/stream.hpp"
#include "oci/image_spec.hpp"

#include <memory>

namespace gantry::transfer {

/// Passes on a blob's bytes, and fails at their end when they were not those of its digest.
class CheckedSource final : public Source {
 public:
  CheckedSource(std::unique_ptr<Source> source, const oci::Digest& digest, std::string name)
      : source_(std::move(source)), digest_(digest), name_(std::move(name)), hasher_(digest.algorithm()) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  std::unique_ptr<Source> source_;
  oci::Digest digest_;
  std::string name_;  ///< for the error
  archive::Hasher hasher_;
  bool ended_ = false;
};

}  // namespace gantry::transfer
