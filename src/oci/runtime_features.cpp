#include "oci/runtime_features.hpp"

#include "base/json.hpp"

namespace gantry::oci {

Result<Features> parse_features(std::string_view text, std::string_view name) {
  return json::decode<Features>(text, name);
}
std::string write_features(const Features& features) { return json::encode_pretty(features); }

}  // namespace gantry::oci
