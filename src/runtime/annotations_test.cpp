#include "runtime/annotations.hpp"

#include <gtest/gtest.h>

namespace gantry::runtime {
namespace {

Result<Annotations> read(const std::string& name, const std::string& value) {
  oci::Spec spec;
  spec.annotations[name] = value;
  return read_annotations(spec);
}

TEST(Annotations, AreTakenWhenTheyAreOffered) {
  EXPECT_TRUE(read("run.oci.keep_original_groups", "1")->keep_original_groups);
  EXPECT_FALSE(read("run.oci.keep_original_groups", "0")->keep_original_groups);
  EXPECT_TRUE(read("run.oci.seccomp_fail_unknown_syscall", "1")->fail_unknown_syscall);
  EXPECT_EQ(read("run.oci.hooks.stdout", "/log")->hooks_stdout, "/log");
  auto paths = read("run.gantry.landlock", R"({"read": ["/usr"], "write": ["/tmp", "/var"]})")->landlock;
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->read, std::vector<std::string>{"/usr"});
  EXPECT_EQ(paths->write.size(), 2u);
}

TEST(Annotations, OfOthersAreLeftAlone) {
  for (const char* name : {"org.opencontainers.image.title", "io.podman.annotations.init", "module.wasm.image/variant"})
    EXPECT_TRUE(read(name, "x")) << name;
  EXPECT_TRUE(read("run.oci.new", "x")) << "the specification lets nobody refuse what it does not know";
  EXPECT_TRUE(read("run.oci.systemd.subgroup", "")) << "it asks for what is done in any case";
}

TEST(Annotations, ThatAreNotOfferedAreRefusedByName) {
  for (const char* name : {"run.oci.handler", "run.oci.systemd.subgroup", "run.gantry.landlok"}) {
    auto refused = read(name, "x");
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code(), Code::unsupported);
    EXPECT_NE(refused.error().message().find(name), std::string::npos);
  }
}

TEST(Annotations, WithAWrongValueAreRefused) {
  for (const char* value : {"", "/usr", "{\"read\": \"/usr\"}", "{\"read\": [\"usr\"]}", "{\"writes\": []}"}) {
    auto refused = read("run.gantry.landlock", value);
    ASSERT_FALSE(refused) << value;
    EXPECT_TRUE(refused.error().message().starts_with("/annotations/run.gantry.landlock")) << refused.error().message();
  }
  EXPECT_FALSE(read("run.oci.pidfd_receiver", "relative"));
}

}  // namespace
}  // namespace gantry::runtime
