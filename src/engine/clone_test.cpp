#include "engine/clone.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gantry::engine {
namespace {

TEST(Clone, IsCalledByTheFirstFreeName) {
  std::set<std::string> names;
  auto taken = [&](const std::string& name) { return names.contains(name); };
  EXPECT_EQ(name_of_clone("web", taken), "web-clone");
  names = {"web-clone", "web-clone1"};
  EXPECT_EQ(name_of_clone("web", taken), "web-clone2");
}

TEST(Clone, HasAnonymousVolumesOfItsOwn) {
  Container container{.image_id = "123"};
  container.config.name = "web";
  container.config.image = "busybox";
  container.config.cidfile = "/run/web";
  container.config.mounts = {{.type = "volume", .source = "abc", .target = "/a", .anonymous = true},
                             {.type = "volume", .source = "data", .target = "/b"}};
  const ContainerConfig config = config_of_clone(container);
  EXPECT_EQ(config.name, "");
  EXPECT_EQ(config.cidfile, "");
  EXPECT_EQ(config.image, "123");
  EXPECT_EQ(config.mounts[0].source, "");
  EXPECT_EQ(config.mounts[1].source, "data");
}

}  // namespace
}  // namespace gantry::engine
