#include "mirror/upstream.hpp"

#include <gmock/gmock.h>

namespace gantry::mirror {
namespace {

TEST(Place, IsARegistryOrAPartOfOne) {
  for (const char* good : {"docker.io", "quay.io/team", "https://quay.io/", "http://127.0.0.1:5001", "[::1]:5000/a/b"})
    EXPECT_TRUE(parse_place(good)) << good;
  for (const char* bad : {"", "http://", "team", "no host", "quay.io/Team", "quay.io/a:1", "ftp://quay.io"})
    EXPECT_FALSE(parse_place(bad)) << bad;
  EXPECT_TRUE(parse_place("http://127.0.0.1:5001")->insecure);
  EXPECT_FALSE(parse_place("https://quay.io/team/")->insecure);
  EXPECT_EQ(parse_place("https://quay.io/team/")->name, "quay.io/team");
}

TEST(Remote, IsNamedByThePlaceInsteadOfThePrefix) {
  const Place place{.name = "quay.io/team"};
  EXPECT_EQ(remote_of("quay", place, "quay/app/web")->name, "quay.io/team/app/web");
  EXPECT_EQ(remote_of("", place, "app")->name, "quay.io/team/app");
  for (const char* other : {"quay", "quay/", "quays/app", "other/app"})
    EXPECT_FALSE(remote_of("quay", place, other)) << other;
}

}  // namespace
}  // namespace gantry::mirror
