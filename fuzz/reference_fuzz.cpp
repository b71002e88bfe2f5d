// Names as users and manifests write them: references, digests, platforms. What reads must read the same after it is
// written.

#include "oci/digest.hpp"
#include "oci/platform.hpp"
#include "oci/reference.hpp"

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

void try_reference(std::string_view text) {
  const auto reference = oci::parse_reference(text);
  if (!reference) return;
  for (const std::string& form : {reference->canonical(), reference->familiar()}) {
    const auto again = oci::parse_reference(form);
    check(again && *again == *reference);
  }
}

void try_digest(std::string_view text) {
  const auto digest = oci::Digest::parse(text);
  if (!digest) return;
  check(digest->text() == text);
  check(digest->hex().find_first_not_of("0123456789abcdef") == std::string::npos);
}

void try_platform(std::string_view text) {
  const auto platform = oci::parse_platform(text);
  if (!platform) return;
  const auto again = oci::parse_platform(oci::text_of(*platform));
  check(again && *again == *platform);
  const int fit = oci::match(*platform, *platform);
  check(fit > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_reference(text);
  try_digest(text);
  try_platform(text);
  return 0;
}
