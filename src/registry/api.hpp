#pragma once

#include "registry/answers.hpp"
#include "registry/backend.hpp"
#include "registry/storage.hpp"
#include "serve/message.hpp"

namespace gantry::registry {

struct ApiSettings {
  bool read_only = false;  ///< nothing is pushed or deleted
};

/// The API of distribution-spec 1.1 and what docker adds to it, without sockets.
class Api final : public Backend {
 public:
  Api(Storage& storage, ApiSettings settings) : storage_(storage), settings_(settings) {}

  std::optional<serve::Response> answer_at_once(const Call& call) override;
  serve::Response handle(const Call& call, Source& body) override;

  /// For when another process has changed what is stored.
  void forget_answers() { answers_.forget_all(); }

 private:
  using Request = serve::Request;
  using Response = serve::Response;

  Result<Response> dispatch(const Call& call, Source& body);
  Result<Response> dispatch_manifest(const Call& call, Source& body);
  Result<Response> dispatch_blob(const Request& request, const Route& route);
  Result<Response> dispatch_upload(const Call& call, Source& body);

  Result<Response> get_blob(const Request& request, const Route& route, const oci::Digest& digest);
  Result<Response> delete_blob(const Route& route, const oci::Digest& digest);

  Result<Response> start_upload(const Call& call, Source& body);
  Result<std::optional<std::uint64_t>> find_to_mount(const Call& call, const oci::Digest& digest);
  Result<std::optional<Response>> mount(const Call& call);
  Result<Response> add_chunk(const Request& request, const Route& route, Source& body);
  Result<Response> finish_upload(const Call& call, Source& body);
  Result<Response> upload_status(const Route& route);
  Result<Response> cancel_upload(const Route& route);
  Result<Response> commit(Uploads::Session& session, const Call& call, const oci::Digest& digest);

  Result<Response> get_manifest(const Request& request, const Route& route);
  Result<Response> put_manifest(const Call& call, Source& body);
  Result<Response> delete_manifest(const Call& call);

  Result<Response> list_tags(const Request& request, const Route& route);
  Result<Response> list_repositories(const Call& call);
  Result<Response> list_referrers(const Request& request, const Route& route);

  Storage& storage_;
  ApiSettings settings_;
  Answers answers_;
};

}  // namespace gantry::registry
