#include "transfer/names.hpp"

#include "oci/reference.hpp"
#include "store/images.hpp"

namespace gantry::transfer {

std::string chosen_name(const std::vector<std::string>& names, std::string_view given) {
  auto local = store::local_name(given);
  auto reference = oci::parse_reference(given);
  std::string whole = reference ? oci::with_default_tag(std::move(*reference)).canonical() : "";
  for (const auto& name : names)
    if ((local && name == *local) || name == whole) return name;
  return {};
}

std::string without_transport(std::string_view text) {
  constexpr std::string_view kTransport = "docker://";
  if (text.starts_with(kTransport)) text.remove_prefix(kTransport.size());
  return std::string(text);
}

}  // namespace gantry::transfer
