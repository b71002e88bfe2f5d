#pragma once

#include <curl/curl.h>

namespace gantry::http {

/// For CURLOPT_SSL_CTX_FUNCTION: trusts the certificates of the PEM files in `authorities` (a pointer to a vector of
/// paths) besides the system's, which curl's own option for a file would replace. A file that cannot be read makes the
/// connection fail.
CURLcode trust_authorities(CURL* easy, void* context, void* authorities);

}  // namespace gantry::http
