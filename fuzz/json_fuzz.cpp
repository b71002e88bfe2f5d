// Documents of runtime-spec and image-spec. What reads must be the same after it is written and read again.

#include "oci/image_spec.hpp"
#include "oci/runtime_features.hpp"
#include "oci/runtime_spec.hpp"
#include "oci/runtime_state.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace gantry;

template <class T>
void round_trip(std::string_view text, Result<T> (*parse)(std::string_view, std::string_view),
                std::string (*write)(const T&)) {
  const auto value = parse(text, "document");
  if (!value) return;
  const auto again = parse(write(*value), "document");
  if (!again || !(*again == *value)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  round_trip<oci::Spec>(text, oci::parse_spec, oci::write_spec);
  round_trip<oci::Process>(text, oci::parse_process, oci::write_process);
  round_trip<oci::Features>(text, oci::parse_features, oci::write_features);
  round_trip<oci::State>(text, oci::parse_state, oci::write_state);
  round_trip<oci::Manifest>(text, oci::parse_manifest, oci::write_manifest);
  round_trip<oci::Index>(text, oci::parse_index, oci::write_index);
  round_trip<oci::ImageConfig>(text, oci::parse_image_config, oci::write_image_config);
  if (const auto spec = oci::parse_spec(text, "document")) best_effort(oci::validate(*spec));
  oci::detect_media_type(text);
  return 0;
}
