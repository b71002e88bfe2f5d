#include "http/authorities.hpp"

#include "base/log.hpp"

#include <openssl/ssl.h>

#include <string>
#include <vector>

namespace gantry::http {

CURLcode trust_authorities(CURL*, void* context, void* authorities) {
  auto* store = SSL_CTX_get_cert_store(static_cast<SSL_CTX*>(context));
  for (const auto& path : *static_cast<const std::vector<std::string>*>(authorities)) {
    if (X509_STORE_load_file(store, path.c_str()) == 1) continue;
    log::error("certificate {}: it cannot be read, or is no certificate in PEM", path);
    return CURLE_SSL_CACERT_BADFILE;
  }
  return CURLE_OK;
}

}  // namespace gantry::http
