#include "registry/from_store.hpp"

#include "registry/test_support.hpp"

namespace gantry::registry {
namespace {

using serve::Method;
using test::digest_of;
using test::Seen;
using testing::HasSubstr;

class FromStore : public test::WithRegistry {
 protected:
  FromStore() : store_(*content::Blobs::create(root_ + "/store")), api_(store_) {}

  void add(std::string_view name, std::string_view layer) {
    const auto manifest = make_manifest("a", layer);
    for (std::string_view bytes : {std::string_view("{}"), layer, std::string_view(manifest)})
      EXPECT_TRUE(store_.put(*oci::Digest::parse(digest_of(bytes)), bytes));
    oci::Descriptor descriptor{.media_type = "application/vnd.oci.image.manifest.v1+json"};
    descriptor.digest = *oci::Digest::parse(digest_of(manifest));
    descriptor.size = static_cast<std::int64_t>(manifest.size());
    descriptor.annotations[oci::kRefName] = name;
    index_.manifests.push_back(descriptor);
    EXPECT_TRUE(replace_file(root_ + "/store/index.json", oci::write_index(index_)));
  }
  Seen look(std::string_view target, Method method = Method::get) {
    serve::Request request{.method = method, .target = target};
    request.path = target.substr(0, target.find('?'));
    if (request.path.size() < target.size()) request.query = target.substr(request.path.size() + 1);
    MemorySource none({});
    return see(api_.handle({request, parse_route(request.path), {.does_everything = true}}, none));
  }

  content::Blobs store_;
  oci::Index index_;
  StoreApi api_;
};

TEST_F(FromStore, ImagesGoByTheirShortAndTheirWholeName) {
  add("localhost/app:1", "one");
  add("registry.example/team/tool:2", "two");
  EXPECT_EQ(look("/v2/").status, 200);
  EXPECT_EQ(look("/v2/app/manifests/1").body, make_manifest("a", "one"));
  EXPECT_EQ(look("/v2/localhost/app/manifests/1").body, make_manifest("a", "one"));
  EXPECT_EQ(look("/v2/team/tool/manifests/2").body, make_manifest("a", "two"));
  EXPECT_EQ(look("/v2/team/tool/manifests/" + digest_of(make_manifest("a", "two"))).status, 200);
  EXPECT_EQ(look("/v2/app/blobs/" + digest_of("one")).body, "one");
  EXPECT_EQ(look("/v2/app/tags/list").body, "{\"name\":\"app\",\"tags\":[\"1\"]}\n");
  EXPECT_THAT(look("/v2/_catalog?n=1").field("Link"), HasSubstr("last=app&n=1"));
  EXPECT_EQ(look("/v2/app/referrers/" + digest_of("one")).status, 200);
}

TEST_F(FromStore, LocalhostComesFirst) {
  add("docker.io/library/app:1", "hub");
  add("other.example/library/app:1", "other");
  add("localhost/library/app:1", "local");
  EXPECT_EQ(look("/v2/library/app/manifests/1").body, make_manifest("a", "local"));
  EXPECT_EQ(look("/v2/docker.io/library/app/manifests/1").body, make_manifest("a", "hub"));
}

TEST_F(FromStore, WhatComesIntoTheStoreIsSeen) {
  EXPECT_EQ(look("/v2/app/manifests/1").status, 404);
  add("localhost/app:1", "one");
  EXPECT_EQ(look("/v2/app/manifests/1").status, 200);
}

TEST_F(FromStore, NothingElseIsServedAndNothingTaken) {
  add("localhost/app:1", "one");
  EXPECT_EQ(look("/v2/other/blobs/" + digest_of("one")).status, 404);
  EXPECT_EQ(look("/v2/app/manifests/" + digest_of("one")).status, 404) << "a layer is no manifest";
  EXPECT_EQ(look("/v2/app/blobs/sha256:..").status, 400);
  EXPECT_EQ(look("/v2/../tags/list").status, 400);
  for (auto method : {Method::put, Method::post, Method::patch, Method::delete_})
    EXPECT_EQ(look("/v2/app/manifests/1", method).status, 405);
}

}  // namespace
}  // namespace gantry::registry
