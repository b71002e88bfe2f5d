#pragma once

#include "archive/hash.hpp"
#include "base/file.hpp"
#include "registry/api.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace gantry::registry::test {

inline constexpr const char* kManifestType = "application/vnd.oci.image.manifest.v1+json";

/// What a client sees of an answer.
struct Seen {
  int status = 0;
  std::string fields;
  std::string body;

  std::string field(std::string_view name) const {
    const std::string start = std::string(name) + ": ";
    std::size_t at = fields.find(start);
    if (at == std::string::npos) return "";
    at += start.size();
    return fields.substr(at, fields.find("\r\n", at) - at);
  }
};

inline std::string digest_of(std::string_view text, oci::Algorithm algorithm = oci::Algorithm::sha256) {
  return archive::hash_of(as_bytes(text), algorithm).text();
}

/// A registry in a folder of its own, without a network.
class WithRegistry : public testing::Test {
 protected:
  WithRegistry() {
    char name[] = "/tmp/registry-test.XXXXXX";
    root_ = mkdtemp(name);
    restart();
  }
  ~WithRegistry() override {
    api_.reset();
    storage_.reset();
    best_effort(remove_tree(root_));
  }
  void restart(ApiSettings settings = {}) {
    api_.reset();
    storage_.reset();
    auto storage = Storage::open(root_);
    if (!storage) std::abort();
    storage_ = std::make_unique<Storage>(std::move(*storage));
    api_ = std::make_unique<Api>(*storage_, settings);
  }

  Seen ask(serve::Method method, std::string_view target, std::string_view body = {},
           std::vector<serve::Field> fields = {}, bool chunked = false) {
    serve::Request request{.method = method, .method_name = serve::name_of(method), .target = target};
    const auto query = target.find('?');
    request.path = target.substr(0, query);
    if (query != std::string_view::npos) request.query = target.substr(query + 1);
    request.fields = std::move(fields);
    request.chunked = chunked;
    if (!chunked) request.content_length = body.size();
    MemorySource source(as_bytes(body));
    const Route route = parse_route(request.path);
    const Call call{request, route, caller_};
    auto at_once = request.has_body() ? std::nullopt : api_->answer_at_once(call);
    at_once_ = at_once.has_value();
    return see(at_once ? std::move(*at_once) : api_->handle(call, source));
  }
  Seen get(std::string_view target, std::vector<serve::Field> fields = {}) {
    return ask(serve::Method::get, target, {}, std::move(fields));
  }
  Seen head(std::string_view target) { return ask(serve::Method::head, target); }
  Seen remove(std::string_view target) { return ask(serve::Method::delete_, target); }

  Seen push_blob(std::string_view repository, std::string_view bytes) {
    return ask(serve::Method::post, fmt::format("/v2/{}/blobs/uploads/?digest={}", repository, digest_of(bytes)),
               bytes);
  }
  /// Where a new upload goes on.
  std::string begin(std::string_view repository) {
    return ask(serve::Method::post, fmt::format("/v2/{}/blobs/uploads/", repository)).field("Location");
  }
  Seen push_manifest(std::string_view repository, std::string_view reference, std::string_view bytes,
                     std::string_view type = "application/vnd.oci.image.manifest.v1+json") {
    return ask(serve::Method::put, fmt::format("/v2/{}/manifests/{}", repository, reference), bytes,
               {{"Content-Type", type}});
  }
  /// A manifest with one layer, whose blobs are pushed; `more` is put among its members.
  std::string make_manifest(std::string_view repository, std::string_view layer, std::string_view more = "") {
    push_blob(repository, "{}");
    push_blob(repository, layer);
    return fmt::format(
        R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",{}"config":{{"mediaType":)"
        R"("application/vnd.oci.image.config.v1+json","digest":"{}","size":2}},"layers":[{{"mediaType":)"
        R"("application/vnd.oci.image.layer.v1.tar","digest":"{}","size":{}}}]}})",
        more, digest_of("{}"), digest_of(layer), layer.size());
  }

  static Seen see(serve::Response response) {
    Seen seen{response.status, response.fields, {}};
    if (const auto* text = std::get_if<std::string>(&response.body)) seen.body = *text;
    if (const auto* shared = std::get_if<serve::SharedText>(&response.body)) seen.body = **shared;
    if (const auto* range = std::get_if<serve::FileRange>(&response.body)) {
      seen.body.resize(range->size);
      const ssize_t got = pread(range->file->get(), seen.body.data(), range->size, static_cast<off_t>(range->offset));
      seen.body.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    }
    return seen;
  }

  std::string root_;
  std::unique_ptr<Storage> storage_;
  std::unique_ptr<Api> api_;
  bool at_once_ = false;                              ///< the last answer came from memory
  accounts::Caller caller_{.does_everything = true};  ///< who asks
};

}  // namespace gantry::registry::test
