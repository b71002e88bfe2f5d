#include "registry/route.hpp"

#include "registry/names.hpp"

#include <gmock/gmock.h>

namespace gantry::registry {
namespace {

using Kind = Route::Kind;

void expect_route(std::string_view path, Kind kind, std::string_view repository = "", std::string_view reference = "") {
  const auto route = parse_route(path);
  EXPECT_EQ(route.kind, kind) << path;
  EXPECT_EQ(route.repository, repository) << path;
  EXPECT_EQ(route.reference, reference) << path;
}

TEST(Route, PathsAreTakenApart) {
  expect_route("/v2/", Kind::base);
  expect_route("/v2", Kind::base);
  expect_route("/v2/_catalog", Kind::catalog);
  expect_route("/v2/a/b/c/manifests/latest", Kind::manifest, "a/b/c", "latest");
  expect_route("/v2/a/manifests/sha256%3Aab", Kind::manifest, "a", "sha256:ab");
  expect_route("/v2/a/blobs/sha256:ab", Kind::blob, "a", "sha256:ab");
  expect_route("/v2/a/blobs/uploads/", Kind::uploads, "a");
  expect_route("/v2/a/blobs/uploads", Kind::uploads, "a");
  expect_route("/v2/a/blobs/uploads/id", Kind::upload, "a", "id");
  expect_route("/v2/a/tags/list", Kind::tags, "a");
  expect_route("/v2/a/referrers/sha256:ab", Kind::referrers, "a", "sha256:ab");
}

TEST(Route, NamesMayHaveTheWordsOfTheApi) {
  expect_route("/v2/blobs/uploads/manifests/latest", Kind::manifest, "blobs/uploads", "latest");
  expect_route("/v2/a/manifests/blobs/blobs/uploads/", Kind::uploads, "a/manifests/blobs");
  expect_route("/v2/tags/list/tags/list", Kind::tags, "tags/list");
}

TEST(Route, WhatIsNotOfTheApiIsNone) {
  for (const char* path : {"/", "", "/v1/", "/v2/a", "/v2/manifests/latest", "/v2/a/tags/lists", "/v2/a/uploads/x",
                           "/v2/a/manifests/%", "/v2/a%00/manifests/x"})
    EXPECT_EQ(parse_route(path).kind, Kind::none) << path;
}

TEST(Names, AreWhatTheSpecificationSays) {
  for (const char* good : {"a", "a/b", "library/busybox", "a.b/c_d/e__f/g--h", "0/1", "blobs"})
    EXPECT_TRUE(is_repository(good)) << good;
  for (const char* bad : {"",      "/",  "a/", "/a", "a//b", "A",   ".",   "..",   "a/../b", "a..b",
                          "a___b", "_a", "a_", "-a", "a-",   "a b", "a%b", "a\nb", "a.-b",   "\xc3\xa4"})
    EXPECT_FALSE(is_repository(bad)) << bad;
  EXPECT_TRUE(is_repository(std::string(255, 'a')));
  EXPECT_FALSE(is_repository(std::string(256, 'a')));
}

}  // namespace
}  // namespace gantry::registry
