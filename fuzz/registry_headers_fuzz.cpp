// What a registry says in headers: challenges, where a list goes on, ranges, how long to wait, where it sends one to.
// What comes out of it goes into URLs and times.

#include "distribution/backoff.hpp"
#include "distribution/challenge.hpp"
#include "distribution/headers.hpp"
#include "http/url.hpp"

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

constexpr std::int64_t kLongestWait = 400LL * 365 * 24 * 3600 * 1000;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& challenge : distribution::parse_challenges(text)) check(!challenge.scheme.empty());

  const auto link = distribution::next_link(text);
  check(link.size() <= text.size());
  const std::string next = http::resolve("https://registry.example/v2/a/tags/list?n=2", link);
  // Nothing that is no whole URL leads to another host.
  if (!link.starts_with("//") && link.find("://") == std::string_view::npos)
    check(http::origin_of(next).host == "registry.example");

  static_cast<void>(distribution::range_start(text));
  static_cast<void>(distribution::bytes_received(text));
  if (auto wait = distribution::parse_retry_after(text)) check(*wait >= 0 && *wait <= kLongestWait * 1000);
  check(http::with_parameter("https://registry.example/v2/", "n", text).find_first_of(" \r\n") == std::string::npos);
  return 0;
}
