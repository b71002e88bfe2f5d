#pragma once

#include "serve/message.hpp"

#include <memory>
#include <span>

// HTTP/1.1's grammar, by Boost.Beast's parser. Nobody else sees Beast.

namespace gantry::serve {

/// What is wrong with a request that cannot be answered otherwise, and the status that says so.
struct BadRequest {
  int status = 400;
  std::string_view text;
};

inline constexpr std::size_t kMaxHead = 16u << 10;
inline constexpr std::size_t kMaxFields = 100;

/// Reads the head of a request, which ends with an empty line. Nothing: it is well-formed and in `request`.
std::optional<BadRequest> parse_head(std::string_view head, Request& request);

/// Takes a chunked body apart (RFC 9112, 7.1).
class ChunkDecoder {
 public:
  ChunkDecoder();
  ~ChunkDecoder();

  struct Step {
    std::size_t taken = 0;  ///< bytes of the input
    std::size_t given = 0;  ///< bytes of the output
  };
  /// Both may be 0 when the input has to grow first. Code::invalid when it is not chunked as it should be.
  Result<Step> decode(std::string_view input, std::span<std::byte> output);
  bool done() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace gantry::serve
