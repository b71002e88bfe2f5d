#include "registry/from_store.hpp"

#include "base/file.hpp"
#include "oci/media_types.hpp"
#include "oci/reference.hpp"
#include "registry/document.hpp"
#include "registry/listing.hpp"
#include "registry/names.hpp"
#include "registry/reply.hpp"
#include "registry/stored.hpp"

#include <sys/stat.h>

namespace gantry::registry {

namespace {

using Kind = Route::Kind;

serve::Response unknown_name() { return problem(404, "NAME_UNKNOWN", "there is no such repository"); }

/// The page of a sorted map's keys that a request wants.
template <class Map>
Page page_of(const Map& map, const Wanted& wanted) {
  Page page;
  for (auto each = map.upper_bound(wanted.last); each != map.end(); ++each) {
    if (page.names.size() == wanted.most) {
      page.more = true;
      break;
    }
    page.names.push_back(each->first);
  }
  return page;
}

}  // namespace

StoreApi::Images StoreApi::read_images(const oci::Index& index) {
  struct Named {
    oci::Reference reference;
    const oci::Descriptor* descriptor;
  };
  std::vector<Named> all;
  for (const auto& each : index.manifests) {
    const auto name = each.annotations.find(oci::kRefName);
    if (name == each.annotations.end()) continue;
    auto reference = oci::parse_reference(name->second);
    if (reference && !reference->tag.empty()) all.push_back({std::move(*reference), &each});
  }
  auto rank = [](const Named& named) {
    return named.reference.registry == "localhost" ? 0 : named.reference.registry == "docker.io" ? 1 : 2;
  };
  Images images;
  for (const int turn : {0, 1, 2}) {
    for (const auto& named : all) {
      if (rank(named) != turn) continue;
      for (const auto& name : {named.reference.name(), named.reference.repository})
        if (is_repository(name)) images[name].emplace(named.reference.tag, *named.descriptor);
    }
  }
  return images;
}

Result<std::shared_ptr<const StoreApi::Images>> StoreApi::images() {
  const std::string path = blobs_.root() + "/index.json";
  struct stat info;
  if (stat(path.c_str(), &info) < 0) return Error::system("look at {}", path);
  auto version = fmt::format("{} {} {}.{}", info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
  std::lock_guard lock(mutex_);
  if (version == version_) return images_;
  const auto index = TRY(oci::parse_index(TRY(read_file(path)), path));
  images_ = std::make_shared<const Images>(read_images(index));
  version_ = std::move(version);
  return images_;
}

serve::Response StoreApi::handle(const Call& call, Source&) {
  auto response = answer(call.request, call.route);
  return response ? std::move(*response) : problem_of(response.error());
}

Result<serve::Response> StoreApi::answer(const serve::Request& request, const Route& route) {
  if (request.method != serve::Method::get && request.method != serve::Method::head)
    return problem(405, "UNSUPPORTED", "this registry takes no changes");
  if (route.kind == Kind::none) return problem(404, "NAME_UNKNOWN", "there is nothing of this name");
  if (route.kind == Kind::base) return json_reply(200, "{}\n");
  const auto all = TRY(images());
  const auto wanted = wanted_of(request);
  if (!wanted) return bad_page_size();
  if (route.kind == Kind::catalog) return repositories_reply(page_of(*all, *wanted), *wanted);
  if (!is_repository(route.repository)) return problem(400, "NAME_INVALID", "this is no name of a repository");
  const auto found = all->find(route.repository);
  if (found == all->end()) return unknown_name();
  switch (route.kind) {
    case Kind::tags:
      return tags_reply(route.repository, page_of(found->second, *wanted), *wanted);
    case Kind::manifest:
      return manifest(request, route, found->second);
    case Kind::blob:
      return blob(request, route);
    case Kind::referrers: {
      auto response = reply(200);  // a store has no list of them
      response.add("Content-Type", oci::kOciIndex);
      response.body = oci::write_index({.media_type = std::string(oci::kOciIndex)});
      return response;
    }
    default:
      return problem(405, "UNSUPPORTED", "this registry takes no changes");
  }
}

Result<serve::Response> StoreApi::manifest(const serve::Request& request, const Route& route, const Tags& tags) {
  const auto unknown = [] { return problem(404, "MANIFEST_UNKNOWN", "there is no such manifest"); };
  oci::Digest digest;
  if (const auto tag = tags.find(route.reference); tag != tags.end()) {
    digest = tag->second.digest;
  } else if (auto given = oci::Digest::parse(route.reference)) {
    digest = std::move(*given);
  } else {
    return unknown();
  }
  auto bytes = blobs_.read(digest, kMaxManifest);
  if (!bytes && (bytes.error().code() == Code::not_found || bytes.error().code() == Code::corrupt)) return unknown();
  std::string document = TRY(std::move(bytes));
  const std::string type = oci::detect_media_type(document);
  if (type.empty()) return unknown();
  return select(request, *manifest_answer(digest, type, std::move(document)));
}

Result<serve::Response> StoreApi::blob(const serve::Request& request, const Route& route) {
  const auto digest = oci::Digest::parse(route.reference);
  if (!digest) return problem(400, "DIGEST_INVALID", "this is no digest that is known here");
  auto size = blobs_.size(*digest);
  auto file = blobs_.open(*digest);
  if ((!size && size.error().code() == Code::not_found) || (!file && file.error().code() == Code::not_found))
    return problem(404, "BLOB_UNKNOWN", "this blob is not here");
  return select(request, *blob_answer(*digest, TRY(std::move(file)), TRY(std::move(size))));
}

}  // namespace gantry::registry
