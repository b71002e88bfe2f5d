#include "base/json.hpp"
#include "registry/test_support.hpp"

namespace gantry::registry {
namespace {

using serve::Method;
using test::digest_of;
using testing::HasSubstr;

constexpr const char* kIndexType = "application/vnd.oci.image.index.v1+json";

class Api_ : public test::WithRegistry {};

TEST_F(Api_, IsThere) {
  const auto seen = get("/v2/");
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.field("Docker-Distribution-Api-Version"), "registry/2.0");
  EXPECT_EQ(ask(Method::post, "/v2/").status, 405);
}

TEST_F(Api_, BlobsAreReadWholeAndInParts) {
  push_blob("a", "0123456789");
  const auto path = "/v2/a/blobs/" + digest_of("0123456789");
  for (int round = 0; round < 2; ++round) {
    auto seen = get(path);
    EXPECT_EQ(at_once_, round == 1);
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.body, "0123456789");
    EXPECT_EQ(seen.field("Docker-Content-Digest"), digest_of("0123456789"));
    EXPECT_EQ(seen.field("Accept-Ranges"), "bytes");
    seen = get(path, {{"Range", "bytes=3-5"}});
    EXPECT_EQ(seen.status, 206);
    EXPECT_EQ(seen.body, "345");
    EXPECT_EQ(seen.field("Content-Range"), "bytes 3-5/10");
    EXPECT_EQ(get(path, {{"range", "bytes=-2"}}).body, "89");
    seen = get(path, {{"Range", "bytes=10-"}});
    EXPECT_EQ(seen.status, 416);
    EXPECT_EQ(seen.field("Content-Range"), "bytes */10");
    EXPECT_EQ(get(path, {{"If-None-Match", seen.field("ETag")}}).status, 200);
    EXPECT_EQ(get(path, {{"If-None-Match", "\"" + digest_of("0123456789") + "\""}}).status, 304);
  }
  EXPECT_EQ(head(path).status, 200);
  EXPECT_FALSE(at_once_) << "asking is using: it has to be noted";
  EXPECT_EQ(get("/v2/b" + path.substr(5)).status, 404) << "another repository has it not";
}

TEST_F(Api_, BlobsOfARepositoryAreDeletedAlone) {
  push_blob("a", "bytes");
  push_blob("b", "bytes");
  const auto digest = digest_of("bytes");
  get("/v2/a/blobs/" + digest);
  EXPECT_EQ(remove("/v2/a/blobs/" + digest).status, 202);
  EXPECT_EQ(get("/v2/a/blobs/" + digest).status, 404);
  EXPECT_EQ(remove("/v2/a/blobs/" + digest).status, 404);
  EXPECT_EQ(get("/v2/b/blobs/" + digest).status, 200);
}

TEST_F(Api_, ManifestsAreReadByTagAndDigest) {
  const auto manifest = make_manifest("a", "layer");
  auto seen = push_manifest("a", "1", manifest);
  EXPECT_EQ(seen.status, 201);
  EXPECT_EQ(seen.field("Location"), "/v2/a/manifests/" + digest_of(manifest));
  for (const std::string& reference : {std::string("1"), digest_of(manifest)}) {
    for (int round = 0; round < 2; ++round) {
      seen = get("/v2/a/manifests/" + reference);
      EXPECT_EQ(at_once_, round == 1);
      EXPECT_EQ(seen.body, manifest);
      EXPECT_EQ(seen.field("Content-Type"), "application/vnd.oci.image.manifest.v1+json");
      EXPECT_EQ(seen.field("Docker-Content-Digest"), digest_of(manifest));
    }
    EXPECT_EQ(head("/v2/a/manifests/" + reference).status, 200);
  }
  EXPECT_EQ(get("/v2/a/manifests/2").status, 404);
  EXPECT_EQ(get("/v2/b/manifests/1").status, 404);
}

TEST_F(Api_, ATagThatMovesIsSeenToHaveMoved) {
  const auto first = make_manifest("a", "one"), second = make_manifest("a", "two");
  push_manifest("a", "latest", first);
  get("/v2/a/manifests/latest");
  push_manifest("a", "latest", second);
  EXPECT_EQ(get("/v2/a/manifests/latest").body, second);
  EXPECT_EQ(get("/v2/a/manifests/" + digest_of(first)).body, first);
}

TEST_F(Api_, ManifestsAreDeletedWithTheirTagsAndTagsAlone) {
  const auto manifest = make_manifest("a", "layer");
  for (const char* tag : {"1", "2", "3"}) push_manifest("a", tag, manifest);
  get("/v2/a/manifests/1");
  EXPECT_EQ(remove("/v2/a/manifests/1").status, 202);
  EXPECT_EQ(remove("/v2/a/manifests/1").status, 404);
  EXPECT_EQ(get("/v2/a/manifests/1").status, 404);
  EXPECT_EQ(get("/v2/a/manifests/2").status, 200);
  EXPECT_EQ(remove("/v2/a/manifests/" + digest_of(manifest)).status, 202);
  EXPECT_EQ(get("/v2/a/manifests/2").status, 404);
  EXPECT_EQ(get("/v2/a/manifests/" + digest_of(manifest)).status, 404);
  EXPECT_EQ(remove("/v2/a/manifests/" + digest_of(manifest)).status, 404);
}

TEST_F(Api_, ManifestsThatAreNoneAreRefused) {
  const auto manifest = make_manifest("a", "layer");
  EXPECT_THAT(push_manifest("a", "1", "nonsense").body, HasSubstr("MANIFEST_INVALID"));
  EXPECT_EQ(push_manifest("a", "1", "{}").status, 400);
  EXPECT_EQ(push_manifest("a", "1", manifest, "text/plain").status, 400);
  EXPECT_EQ(push_manifest("a", "1", manifest, kIndexType).status, 400);
  EXPECT_EQ(push_manifest("a", "1", manifest, "application/vnd.docker.distribution.manifest.v2+json").status, 400);
  EXPECT_EQ(push_manifest("a", digest_of("other"), manifest).status, 400);
  EXPECT_EQ(push_manifest("a", "1", std::string((4u << 20) + 1, ' ')).status, 413);
  EXPECT_EQ(push_manifest("a", "-1", manifest).status, 400);
  EXPECT_EQ(push_manifest("a", "sha256:zz", manifest).status, 400);
  EXPECT_EQ(get("/v2/a/tags/list").body, "{\"name\":\"a\",\"tags\":[]}\n");
}

TEST_F(Api_, ManifestsNeedTheirBlobs) {
  const auto manifest = make_manifest("a", "layer");
  const auto seen = push_manifest("b", "1", manifest);
  EXPECT_EQ(seen.status, 404);
  EXPECT_THAT(seen.body, HasSubstr("MANIFEST_BLOB_UNKNOWN"));
  const auto index = fmt::format(
      R"({{"schemaVersion":2,"manifests":[{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{}","size":{}}}]}})",
      digest_of(manifest), manifest.size());
  EXPECT_EQ(push_manifest("a", "all", index, kIndexType).status, 404);
  push_manifest("a", digest_of(manifest), manifest);
  EXPECT_EQ(push_manifest("a", "all", index, kIndexType).status, 201);
  EXPECT_EQ(get("/v2/a/manifests/all").field("Content-Type"), kIndexType);
}

TEST_F(Api_, Sha512NamesManifestsToo) {
  const auto manifest = make_manifest("a", "layer");
  const auto digest = digest_of(manifest, oci::Algorithm::sha512);
  EXPECT_EQ(push_manifest("a", digest, manifest).field("Docker-Content-Digest"), digest);
  EXPECT_EQ(get("/v2/a/manifests/" + digest).body, manifest);
}

TEST_F(Api_, TagsAreListedPageByPage) {
  const auto manifest = make_manifest("a", "layer");
  for (const char* tag : {"b", "a", "d", "c", "B"}) push_manifest("a", tag, manifest);
  EXPECT_EQ(get("/v2/a/tags/list").body, "{\"name\":\"a\",\"tags\":[\"B\",\"a\",\"b\",\"c\",\"d\"]}\n");
  auto seen = get("/v2/a/tags/list?n=2");
  EXPECT_EQ(seen.body, "{\"name\":\"a\",\"tags\":[\"B\",\"a\"]}\n");
  EXPECT_EQ(seen.field("Link"), "</v2/a/tags/list?last=a&n=2>; rel=\"next\"");
  EXPECT_EQ(get("/v2/a/tags/list?n=2&last=a").body, "{\"name\":\"a\",\"tags\":[\"b\",\"c\"]}\n");
  seen = get("/v2/a/tags/list?last=c&n=2");
  EXPECT_EQ(seen.body, "{\"name\":\"a\",\"tags\":[\"d\"]}\n");
  EXPECT_EQ(seen.field("Link"), "");
  EXPECT_EQ(get("/v2/a/tags/list?n=0").body, "{\"name\":\"a\",\"tags\":[]}\n");
  EXPECT_EQ(get("/v2/a/tags/list?n=x").status, 400);
  EXPECT_EQ(get("/v2/a/tags/list?n=-1").status, 400);
  EXPECT_EQ(get("/v2/b/tags/list").status, 404);
}

TEST_F(Api_, RepositoriesAreListedPageByPage) {
  EXPECT_EQ(get("/v2/_catalog").body, "{\"repositories\":[]}\n");
  for (const char* name : {"b", "a/x", "c"}) push_manifest(name, "1", make_manifest(name, "layer"));
  push_blob("empty", "bytes");
  EXPECT_EQ(get("/v2/_catalog").body, "{\"repositories\":[\"a/x\",\"b\",\"c\"]}\n");
  const auto seen = get("/v2/_catalog?n=1&last=a/x");
  EXPECT_EQ(seen.body, "{\"repositories\":[\"b\"]}\n");
  EXPECT_EQ(seen.field("Link"), "</v2/_catalog?last=b&n=1>; rel=\"next\"");
}

TEST_F(Api_, ReferrersAreListedAndFiltered) {
  const auto subject = make_manifest("a", "layer");
  const auto member =
      fmt::format(R"("subject":{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{}","size":{}}},)",
                  digest_of(subject), subject.size());
  const auto signature =
      make_manifest("a", "signature", member + R"("artifactType":"application/x+sig","annotations":{"k":"v"},)");
  const auto plain = make_manifest("a", "plain", member);
  const auto list = "/v2/a/referrers/" + digest_of(subject);
  EXPECT_THAT(get(list).body, HasSubstr("\"manifests\":[]")) << "also of what is not here";
  EXPECT_EQ(push_manifest("a", "sig", signature).field("OCI-Subject"), digest_of(subject));
  push_manifest("a", digest_of(plain), plain);

  auto seen = get(list);
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.field("Content-Type"), kIndexType);
  EXPECT_THAT(seen.body, HasSubstr(digest_of(signature)));
  EXPECT_THAT(seen.body, HasSubstr(digest_of(plain)));
  EXPECT_THAT(seen.body, HasSubstr(R"("annotations":{"k":"v"})"));
  EXPECT_THAT(seen.body, HasSubstr(R"("artifactType":"application/vnd.oci.image.config.v1+json")"));
  for (const char* filter : {"application/x+sig", "application%2Fx%2Bsig"}) {
    seen = get(list + "?artifactType=" + filter);
    EXPECT_EQ(seen.field("OCI-Filters-Applied"), "artifactType");
    EXPECT_THAT(seen.body, HasSubstr(digest_of(signature)));
    EXPECT_THAT(seen.body, testing::Not(HasSubstr(digest_of(plain))));
  }
  remove("/v2/a/manifests/" + digest_of(signature));
  EXPECT_THAT(get(list).body, testing::Not(HasSubstr(digest_of(signature))));
  EXPECT_EQ(get("/v2/a/referrers/nonsense").status, 400);
}

TEST_F(Api_, NamesThatAreNoneNeverReachAFile) {
  for (const char* name : {"..", "A", "a/../b", "%2e%2e", "a//b", "a%2F..%2Fb", "a%0d%0ab"}) {
    for (const char* rest : {"/tags/list", "/manifests/1", "/blobs/uploads/"}) {
      const auto seen =
          ask(*rest == '/' && rest[1] == 'b' ? Method::post : Method::get, fmt::format("/v2/{}{}", name, rest));
      EXPECT_EQ(seen.status, 400) << name << rest;
      EXPECT_THAT(seen.body, HasSubstr("NAME_INVALID"));
    }
  }
  for (const char* digest :
       {"sha256:..%5c..%5cregistry.db", "sha256:ABC", "sha256", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709"})
    EXPECT_EQ(get(fmt::format("/v2/a/blobs/{}", digest)).status, 400) << digest;
}

TEST_F(Api_, MethodsThatDoNotFitAreRefused) {
  EXPECT_EQ(ask(Method::post, "/v2/a/manifests/1").status, 405);
  EXPECT_EQ(ask(Method::put, "/v2/a/blobs/" + digest_of("x")).status, 405);
  EXPECT_EQ(ask(Method::get, "/v2/a/blobs/uploads/").status, 405);
  EXPECT_EQ(ask(Method::post, "/v2/a/blobs/uploads/00").status, 405);
  EXPECT_EQ(ask(Method::delete_, "/v2/a/tags/list").status, 405);
  EXPECT_EQ(ask(Method::other, "/v2/_catalog").status, 405);
}

TEST_F(Api_, ReadOnlyTakesNothing) {
  const auto manifest = make_manifest("a", "layer");
  push_manifest("a", "1", manifest);
  restart({.read_only = true});
  EXPECT_EQ(get("/v2/a/manifests/1").body, manifest);
  EXPECT_EQ(push_manifest("a", "2", manifest).status, 405);
  EXPECT_EQ(push_blob("a", "more").status, 405);
  EXPECT_EQ(remove("/v2/a/manifests/1").status, 405);
}

}  // namespace
}  // namespace gantry::registry
