#include "serve/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

namespace gantry::serve {

namespace {

/// What OpenSSL says of its last error.
std::string reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* text = ERR_reason_error_string(code);
  ERR_clear_error();
  return text != nullptr ? text : "unknown error";
}

Result<std::string> version_of(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) < 0) return Error::system("look at {}", path);
  return fmt::format("{} {} {}.{} ", info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

/// This server speaks HTTP/1.1 alone, whatever else a client offers.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  // It is pointed into.
  static constexpr unsigned char kProtocols[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, kProtocols, sizeof kProtocols - 1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

Result<std::shared_ptr<ssl_ctx_st>> make_context(const std::string& certificate, const std::string& key) {
  std::shared_ptr<ssl_ctx_st> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return fail(Code::failed, "start TLS: {}", reason());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
    return fail(Code::invalid, "the certificate in {} cannot be used: {}", certificate, reason());
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
    return fail(Code::invalid, "the key in {} cannot be used: {}", key, reason());
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return fail(Code::invalid, "the key in {} is not that of the certificate in {}", key, certificate);
  return context;
}

}  // namespace

Tls::~Tls() = default;

Result<std::unique_ptr<Tls>> Tls::load(const std::string& certificate, const std::string& key) {
  std::unique_ptr<Tls> tls(new Tls(certificate, key));
  TRY(tls->refresh());
  return tls;
}

Result<> Tls::refresh() {
  auto version = TRY(version_of(certificate_)) + TRY(version_of(key_));
  if (version == version_) return {};
  // Files that do not fit are complained about once; the second of the two may be written just now.
  version_ = std::move(version);
  auto context = TRY(make_context(certificate_, key_));
  std::lock_guard lock(mutex_);
  context_ = std::move(context);
  return {};
}

ssl_st* Tls::new_session() const {
  std::lock_guard lock(mutex_);
  SSL* session = SSL_new(context_.get());
  if (session != nullptr) SSL_set_accept_state(session);
  return session;
}

}  // namespace gantry::serve
