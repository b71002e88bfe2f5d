#include "registries/names.hpp"

#include <gmock/gmock.h>

namespace gantry::registries {
namespace {

using testing::ElementsAre;

std::string login(std::string_view text) {
  auto name = parse_login_name(text);
  return name ? *name : name.error().message();
}

TEST(Names, OfLoginsAreHostsAndNamespaces) {
  EXPECT_EQ(login("quay.io"), "quay.io");
  EXPECT_EQ(login("localhost:5000"), "localhost:5000");
  EXPECT_EQ(login("[::1]:5000"), "[::1]:5000");
  EXPECT_EQ(login("quay.io/ns/repo"), "quay.io/ns/repo");
  EXPECT_EQ(login("https://quay.io/"), "quay.io");
  EXPECT_EQ(login("docker.io"), "docker.io");
  EXPECT_EQ(login("https://index.docker.io/v1/"), "docker.io");
  EXPECT_EQ(login("docker.io/ann"), "docker.io/ann");
}

TEST(Names, OfLoginsAreNoImagesAndNoFolders) {
  EXPECT_EQ(login("quay.io/ns/repo:tag"),
            "'quay.io/ns/repo:tag' is not a registry: credentials are not for a tag or a digest "
            "(as in quay.io or quay.io/namespace)");
  for (const char* text : {"", "/", "busybox", "ann/busybox", "../x", "quay.io/../..", "quay.io:port", "https://",
                           "a b", "quay.io//x", "user@quay.io", "quay.io/A"})
    EXPECT_FALSE(parse_login_name(text)) << text;
}

TEST(Names, AreTriedFromTheRepositoryToTheHost) {
  EXPECT_THAT(names_for("quay.io:443/a/b"), ElementsAre("quay.io:443/a/b", "quay.io:443/a", "quay.io:443"));
  EXPECT_THAT(names_for("quay.io"), ElementsAre("quay.io"));
}

TEST(Names, AreFoundInTheKeysOfDocker) {
  EXPECT_EQ(name_of_key("https://index.docker.io/v1/", false), "docker.io");
  EXPECT_EQ(name_of_key("index.docker.io", false), "docker.io");
  EXPECT_EQ(name_of_key("https://registry-1.docker.io/v2/", false), "docker.io");
  EXPECT_EQ(name_of_key("https://quay.io", false), "quay.io");
  EXPECT_EQ(name_of_key("http://localhost:5000/v1/", false), "localhost:5000");
  EXPECT_EQ(name_of_key("quay.io/v2/", false), "quay.io");
  EXPECT_EQ(name_of_key("quay.io/v2", false), "quay.io/v2");
  EXPECT_EQ(name_of_key("quay.io/ns", false), "quay.io/ns");
  EXPECT_EQ(name_of_key("quay.io/ns", true), "quay.io");
  EXPECT_EQ(name_of_key("", false), "");
}

}  // namespace
}  // namespace gantry::registries
