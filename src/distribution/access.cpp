#include "distribution/access.hpp"

#include "registries/certificates.hpp"
#include "registries/names.hpp"

namespace gantry::distribution {

Result<Access> access_to(const registries::Paths& paths, std::string_view name, bool insecure) {
  Access access;
  access.host = registries::host_of(name);
  access.insecure = insecure;
  auto certificates = TRY(registries::certificates_for(paths, access.host));
  access.authorities = std::move(certificates.authorities);
  access.client_certificate = std::move(certificates.client_certificate);
  access.client_key = std::move(certificates.client_key);
  return access;
}

}  // namespace gantry::distribution
