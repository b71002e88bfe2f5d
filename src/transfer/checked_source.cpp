#include "transfer/checked_source.hpp"

namespace gantry::transfer {

Result<std::size_t> CheckedSource::read(std::span<std::byte> buffer) {
  if (ended_) return 0;
  std::size_t got = TRY(source_->read(buffer));
  hasher_.update(Bytes(buffer).first(got));
  if (got > 0) return got;
  ended_ = true;
  auto actual = hasher_.finish();
  if (actual != digest_) return fail(Code::corrupt, "{} has the digest {}", name_, actual.text());
  return got;
}

}  // namespace gantry::transfer
