#include "transfer/location.hpp"

#include <gtest/gtest.h>

namespace gantry::transfer {
namespace {

TEST(Location, IsAPathAloneWithoutAKnownPrefix) {
  for (std::string path : {"app.tar", "", "-", "http://host/app.tar", "a:b", "oci"}) {
    auto location = parse_location(path);
    EXPECT_EQ(location.transport, Transport::detect) << path;
    EXPECT_EQ(location.path, path);
    EXPECT_EQ(location.reference, "");
  }
}

TEST(Location, TellsTransportPathAndReference) {
  auto location = parse_location("oci-archive:/a/b.tar:localhost/app:1");
  EXPECT_EQ(location.transport, Transport::oci_archive);
  EXPECT_EQ(location.path, "/a/b.tar");
  EXPECT_EQ(location.reference, "localhost/app:1");
  EXPECT_EQ(parse_location("docker-archive:x.tar").transport, Transport::docker_archive);
  EXPECT_EQ(parse_location("oci:x").reference, "");
}

TEST(Location, TakesAllOfADirForThePath) {
  auto location = parse_location("dir:a:b");
  EXPECT_EQ(location.transport, Transport::dir);
  EXPECT_EQ(location.path, "a:b");
}

TEST(Location, TakesOtherStoresByTheirWholeName) {
  EXPECT_EQ(parse_location("ssh://me@host:22/app:1").transport, Transport::ssh);
  EXPECT_EQ(parse_location("ssh://me@host:22/app:1").path, "me@host:22/app:1");
  EXPECT_EQ(parse_location("ssh:1").transport, Transport::detect);
  EXPECT_EQ(parse_location("docker-daemon:app:1").path, "app:1");
  EXPECT_EQ(parse_location("containers-storage:[vfs@/a]app:1").path, "[vfs@/a]app:1");
}

}  // namespace
}  // namespace gantry::transfer
