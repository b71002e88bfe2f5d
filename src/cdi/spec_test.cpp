#include "cdi/spec.hpp"

#include "cdi/edits.hpp"

#include <gmock/gmock.h>

namespace gantry::cdi {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kYaml = R"(cdiVersion: "0.6.0"
kind: acme.com/wheel
devices:
  - name: front
    containerEdits:
      deviceNodes:
        - path: /dev/wheel0
          hostPath: /dev/null
          permissions: rw
      env:
        - WHEEL=front
containerEdits:
  env:
    - ACME=1
  additionalGIDs: [44]
)";

oci::Spec empty_spec() {
  oci::Spec spec;
  spec.process.emplace().env = {"WHEEL=none"};
  spec.linux.emplace();
  return spec;
}

TEST(CdiSpecs, ReadYamlAndJsonAlike) {
  const auto yaml = parse_spec(kYaml, "a.yaml");
  ASSERT_TRUE(yaml) << yaml.error().message();
  EXPECT_EQ(yaml->devices.at(0).container_edits.device_nodes.at(0).host_path, "/dev/null");
  EXPECT_THAT(yaml->container_edits.additional_gids, ElementsAre(44));
  const auto json = parse_spec(
      R"({"cdiVersion":"1.0.0","kind":"acme.com/wheel","devices":[{"name":"all","containerEdits":{"env":["A=b"]}}]})",
      "a.json");
  ASSERT_TRUE(json) << json.error().message();
  EXPECT_EQ(json->devices.at(0).name, "all");
}

TEST(CdiSpecs, RefuseWhatTheSpecificationForbids) {
  auto refusal = [](const char* text) { return parse_spec(text, "a.json").error().message(); };
  EXPECT_THAT(refusal(R"({"cdiVersion":"9.0.0","kind":"a.b/c","devices":[]})"), HasSubstr("9.0.0"));
  EXPECT_THAT(refusal(R"({"cdiVersion":"1.0.0","kind":"a.b","devices":[]})"), HasSubstr("kind"));
  EXPECT_THAT(refusal(R"({"cdiVersion":"1.0.0","kind":"a.b/c","devices":[{"name":"-","containerEdits":{}}]})"),
              HasSubstr("device's name"));
  EXPECT_THAT(refusal(R"({"kind":"a.b/c","devices":[]})"), HasSubstr("'cdiVersion' is missing"));
}

TEST(CdiEdits, ChangeTheContainer) {
  oci::Spec spec = empty_spec();
  const CdiSpec cdi = parse_spec(kYaml, "a.yaml").take();
  ASSERT_TRUE(apply_edits(spec, cdi.container_edits));
  ASSERT_TRUE(apply_edits(spec, cdi.devices[0].container_edits));
  EXPECT_THAT(spec.process->env, ElementsAre("ACME=1", "WHEEL=front"));
  EXPECT_THAT(spec.process->user.additional_gids, ElementsAre(44));
  ASSERT_EQ(spec.linux->devices.size(), 1u);
  EXPECT_EQ(spec.linux->devices[0].path, "/dev/wheel0");
  EXPECT_EQ(spec.linux->devices[0].major, 1);
  EXPECT_EQ(spec.linux->devices[0].minor, 3);
  EXPECT_EQ(spec.linux->resources->devices.at(0).access, "rw");
}

TEST(CdiEdits, NameWhatIsWrong) {
  oci::Spec spec = empty_spec();
  EXPECT_THAT(apply_edits(spec, {.env = {"x"}}).error().message(), HasSubstr("'x'"));
  EXPECT_THAT(apply_edits(spec, {.device_nodes = {{.path = "/dev/nothing-here"}}}).error().message(),
              HasSubstr("/dev/nothing-here"));
  EXPECT_THAT(apply_edits(spec, {.hooks = {{.hook_name = "later", .path = "/bin/true"}}}).error().message(),
              HasSubstr("later"));
}

}  // namespace
}  // namespace gantry::cdi
