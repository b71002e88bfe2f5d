#include "runtime/scope.hpp"

#include <gmock/gmock.h>

namespace gantry::runtime {
namespace {

TEST(ScopeName, IsSliceAndPrefixAndName) {
  EXPECT_EQ(scope_name("machine.slice:libpod:1234", "c").value(), (ScopeName{"machine.slice", "libpod-1234.scope"}));
  EXPECT_EQ(scope_name("machine.slice::1234", "c").value(), (ScopeName{"machine.slice", "1234.scope"}));
}

TEST(ScopeName, HasAPlaceWithoutAPath) {
  auto name = scope_name("", "web").value();
  EXPECT_EQ(name.unit, "gantry-web.scope");
  EXPECT_THAT(name.slice, testing::AnyOf("system.slice", "user.slice"));
  EXPECT_EQ(scope_name(":a:b", "web").value().slice, name.slice);
}

TEST(ScopeName, IsRefusedWhenItIsNone) {
  for (const char* path : {"/a/path", "a:b", "a.slice:b:c:d", "a.slice:b:", "a:b:c"}) {
    auto name = scope_name(path, "c");
    ASSERT_FALSE(name) << path;
    EXPECT_THAT(name.error().message(), testing::StartsWith("/linux/cgroupsPath: ")) << path;
  }
}

}  // namespace
}  // namespace gantry::runtime
