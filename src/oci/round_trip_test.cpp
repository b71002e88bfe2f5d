// Real documents and ones that have every member, read and written again.

#include "base/file.hpp"
#include "oci/image_spec.hpp"
#include "oci/runtime_features.hpp"
#include "oci/runtime_spec.hpp"
#include "oci/runtime_state.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace gantry::oci {
namespace {

namespace bj = boost::json;

std::string read_document(const std::string& name) {
  auto text = read_file(GANTRY_TEST_DATA "/" + name);
  EXPECT_TRUE(text) << text.error().message();
  return text.value_or("");
}

/// Null, false, "", [] or {}, and objects of nothing else: what Go leaves out as well.
bool says_nothing(const bj::value& value) {
  if (value.is_object()) {
    return std::ranges::all_of(value.as_object(), [](const auto& member) { return says_nothing(member.value()); });
  }
  return value.is_null() || value == bj::value(false) || value == bj::value("") ||
         (value.is_array() && value.as_array().empty());
}

/// The path of the first difference; "" when they say the same. A member that only `written` has may be 0, its default.
std::string difference(const bj::value& original, const bj::value& written, const std::string& path) {
  if (original.is_object() && written.is_object()) {
    for (const auto& [key, value] : original.as_object()) {
      const bj::value* other = written.as_object().if_contains(key);
      const std::string here = path + "/" + std::string(key);
      if (other == nullptr && !says_nothing(value)) return here + " is lost";
      if (other == nullptr) continue;
      if (std::string found = difference(value, *other, here); !found.empty()) return found;
    }
    for (const auto& [key, value] : written.as_object()) {
      if (!original.as_object().contains(key) && !says_nothing(value) && value != bj::value(0))
        return path + "/" + std::string(key) + " is made up";
    }
    return "";
  }
  if (original.is_array() && written.is_array()) {
    if (original.as_array().size() != written.as_array().size()) return path + " has another length";
    for (std::size_t i = 0; i < original.as_array().size(); ++i) {
      std::string found = difference(original.at(i), written.at(i), path + "/" + std::to_string(i));
      if (!found.empty()) return found;
    }
    return "";
  }
  return original == written || (says_nothing(original) && says_nothing(written)) ? "" : path + " differs";
}

template <class T>
void expect_round_trip(const std::string& name, Result<T> (*parse)(std::string_view, std::string_view),
                       std::string (*write)(const T&)) {
  const std::string original = read_document(name);
  auto value = parse(original, name);
  ASSERT_TRUE(value) << value.error().message();
  const std::string written = write(*value);
  EXPECT_EQ(difference(bj::parse(original), bj::parse(written), ""), "") << name << "\n" << written;
  auto again = parse(written, name);
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(*again, *value);
}

TEST(RoundTrip, ConfigurationsOfRuncCrunAndPodman) {
  for (const char* name : {"runc-spec.json", "runc-spec-rootless.json", "crun-spec.json", "crun-spec-rootless.json",
                           "podman-spec.json", "complete-spec.json"}) {
    expect_round_trip<Spec>(name, parse_spec, write_spec);
    const auto spec = parse_spec(read_document(name), name);
    const auto valid = validate(*spec);
    EXPECT_TRUE(valid) << name << ": " << valid.error().message();
  }
}

TEST(RoundTrip, NoMemberOfTheSpecificationIsUnknown) {
  const auto spec = parse_spec(read_document("complete-spec.json"), "complete-spec.json");
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_TRUE(spec->unknown.members.empty());
  EXPECT_TRUE(spec->process->unknown.members.empty());
  EXPECT_TRUE(spec->linux->unknown.members.empty());
}

TEST(RoundTrip, SectionsOfOtherPlatformsAreCarried) {
  const std::string text =
      R"({"ociVersion":"1.2.0","windows":{"layerFolders":["C:\\x"]},"linux":{"galaxies":{"x":1}}})";
  const auto spec = parse_spec(text, "config.json");
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_EQ(bj::parse(write_spec(*spec)), bj::parse(text));
}

TEST(RoundTrip, Processes) {
  const auto spec = parse_spec(read_document("complete-spec.json"), "complete-spec.json");
  const auto process = parse_process(write_process(*spec->process), "process.json");
  ASSERT_TRUE(process) << process.error().message();
  EXPECT_EQ(*process, *spec->process);
}

TEST(RoundTrip, FeaturesOfRunc) { expect_round_trip<Features>("runc-features.json", parse_features, write_features); }

TEST(RoundTrip, Manifests) {
  for (const char* name : {"buildah-manifest.json", "docker-manifest.json", "complete-manifest.json"})
    expect_round_trip<Manifest>(name, parse_manifest, write_manifest);
}

TEST(RoundTrip, IndexesAndDockersLists) {
  for (const char* name : {"buildah-index.json", "buildah-list-oci.json", "buildah-list-docker.json"})
    expect_round_trip<Index>(name, parse_index, write_index);
}

TEST(RoundTrip, ImageConfigurations) {
  for (const char* name : {"buildah-config.json", "docker-config.json", "complete-config.json"})
    expect_round_trip<ImageConfig>(name, parse_image_config, write_image_config);
}

TEST(RoundTrip, ImageLayouts) {
  expect_round_trip<ImageLayout>("buildah-oci-layout", parse_image_layout, write_image_layout);
}

TEST(RoundTrip, States) {
  const State state{"1.2.0", "box", Status::running, 42, "/bundles/box", {{"a", "b"}}};
  const auto again = parse_state(write_state(state), "state");
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(*again, state);
  EXPECT_EQ(write_container_process_state({"1.2.0", {"seccompFd"}, 42, "m", state}),
            R"({"ociVersion":"1.2.0","fds":["seccompFd"],"pid":42,"metadata":"m","state":{"ociVersion":"1.2.0",)"
            R"("id":"box","status":"running","pid":42,"bundle":"/bundles/box","annotations":{"a":"b"}}})");
}

}  // namespace
}  // namespace gantry::oci
