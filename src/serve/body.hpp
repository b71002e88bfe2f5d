#pragma once

#include "serve/connection.hpp"
#include "serve/parser.hpp"
#include "serve/workers.hpp"

#include <memory>

namespace gantry::serve {

/// The body of a request, read from its connection by a worker, which waits for it.
class BodySource final : public Source {
 public:
  BodySource(Connection& connection, const Limits& limits, const Workers& workers);
  /// Code::busy: the client is too slow, or gone; Code::invalid: the body is not as it should be.
  Result<std::size_t> read(std::span<std::byte> buffer) override;

  /// Reads and drops what is left, when that is little. True: the next request may follow.
  bool drain();

 private:
  Result<std::size_t> read_plain(std::span<std::byte> buffer);
  Result<std::size_t> read_chunked(std::span<std::byte> buffer);
  Result<std::size_t> receive(std::span<std::byte> buffer);
  Result<> wait_for_client(std::int64_t since);
  Result<> invite();
  Result<> check_pace() const;

  Connection& connection_;
  const Limits& limits_;
  const Workers& workers_;
  std::uint64_t left_ = 0;  ///< of a body whose length was told
  std::unique_ptr<ChunkDecoder> chunks_;
  std::string raw_;  ///< of a chunked body: read and not decoded yet
  bool done_ = false;
  bool broken_ = false;
  bool invited_ = false;
  std::int64_t started_ = 0;
  std::uint64_t received_ = 0;
};

}  // namespace gantry::serve
