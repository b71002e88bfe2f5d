// What a client of the registry can send: heads of requests, chunked bodies, paths, ranges, queries, credentials.
// The first byte chooses how a body is cut into pieces.

#include "accounts/secret.hpp"
#include "registry/names.hpp"
#include "registry/range.hpp"
#include "registry/route.hpp"
#include "serve/parser.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace gantry;

void check(bool holds) {
  if (!holds) std::abort();
}

void try_path(std::string_view path) {
  const auto route = registry::parse_route(path);
  if (registry::is_repository(route.repository)) {
    check(route.repository.find("..") == std::string::npos);
    check(route.repository.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-/") == std::string::npos);
  }
  if (const auto decoded = serve::decode_percent(path)) {
    check(serve::decode_percent(serve::encode_percent(*decoded)) == *decoded);
    check(decoded->find('\0') == std::string::npos);
  }
}

void try_range(std::string_view field) {
  constexpr std::uint64_t kSize = 1000;
  const auto answer = registry::parse_range(field, kSize);
  if (answer.kind == registry::RangeKind::part) {
    check(answer.range.size > 0 && answer.range.first < kSize);
    check(answer.range.size <= kSize - answer.range.first);
  }
  if (const auto chunk = registry::parse_content_range(field)) check(chunk->size > 0);
}

void try_head(std::string_view text) {
  serve::Request request;
  if (serve::parse_head(text, request)) return;
  check(request.path.starts_with('/'));
  check(!(request.chunked && request.content_length));
  check(request.fields.size() <= serve::kMaxFields);
  try_path(request.path);
  serve::query_value(request.query, "digest");
  if (const auto range = request.field("range")) try_range(*range);
}

void try_chunks(std::string_view text, std::size_t step) {
  serve::ChunkDecoder decoder;
  std::string waiting;
  std::byte buffer[64];
  for (std::size_t i = 0; i < text.size() && !decoder.done(); i += step) {
    waiting += text.substr(i, step);
    while (!decoder.done()) {
      const auto taken = decoder.decode(waiting, buffer);
      if (!taken) return;
      check(taken->taken <= waiting.size() && taken->given <= sizeof buffer);
      waiting.erase(0, taken->taken);
      if (taken->taken == 0) break;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  try_head(text);
  try_chunks(text, data[0] % 32 + 1);
  try_path(text);
  try_range(text);
  accounts::parse_basic(text);
  return 0;
}
