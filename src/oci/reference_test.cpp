#include "oci/reference.hpp"

#include <gmock/gmock.h>

namespace gantry::oci {
namespace {

using testing::HasSubstr;

const std::string kDigest = "sha256:" + std::string(64, 'b');

struct Case {
  std::string text;
  std::string canonical;
  std::string familiar;
};

TEST(Reference, ReadsWhatDockerReads) {
  for (const Case& one : std::vector<Case>{
           {"busybox", "docker.io/library/busybox", "busybox"},
           {"busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36"},
           {"docker.io/busybox", "docker.io/library/busybox", "busybox"},
           {"index.docker.io/busybox", "docker.io/library/busybox", "busybox"},
           {"docker.io/library/busybox", "docker.io/library/busybox", "busybox"},
           {"user/app", "docker.io/user/app", "user/app"},
           {"library/a/b", "docker.io/library/a/b", "library/a/b"},
           {"localhost/busybox", "localhost/busybox", "localhost/busybox"},
           {"localhost:5000/a/b_c:t", "localhost:5000/a/b_c:t", "localhost:5000/a/b_c:t"},
           {"localhost:5000", "docker.io/library/localhost:5000", "localhost:5000"},
           {"registry.example/a", "registry.example/a", "registry.example/a"},
           {"Registry/a", "Registry/a", "Registry/a"},
           {"127.0.0.1:80/a--b/c__d.e", "127.0.0.1:80/a--b/c__d.e", "127.0.0.1:80/a--b/c__d.e"},
           {"[::1]:5000/a:b", "[::1]:5000/a:b", "[::1]:5000/a:b"},
           {"[fe80::1]/a", "[fe80::1]/a", "[fe80::1]/a"},
           {"a@" + kDigest, "docker.io/library/a@" + kDigest, "a@" + kDigest},
           {"x.y/a:t@" + kDigest, "x.y/a:t@" + kDigest, "x.y/a:t@" + kDigest},
           {"a:_T.-" + std::string(124, 'x'), "docker.io/library/a:_T.-" + std::string(124, 'x'),
            "a:_T.-" + std::string(124, 'x')},
       }) {
    auto reference = parse_reference(one.text);
    ASSERT_TRUE(reference) << reference.error().message();
    EXPECT_EQ(reference->canonical(), one.canonical);
    EXPECT_EQ(reference->familiar(), one.familiar);
    EXPECT_EQ(*parse_reference(one.canonical), *reference);
    EXPECT_EQ(*parse_reference(one.familiar), *reference);
  }
}

TEST(Reference, HoldsItsParts) {
  auto reference = parse_reference("reg.example:5000/a/b:t@" + kDigest);
  ASSERT_TRUE(reference);
  EXPECT_EQ(reference->registry, "reg.example:5000");
  EXPECT_EQ(reference->repository, "a/b");
  EXPECT_EQ(reference->tag, "t");
  EXPECT_EQ(reference->digest->text(), kDigest);
  EXPECT_EQ(reference->name(), "reg.example:5000/a/b");
}

TEST(Reference, RefusesEverythingElse) {
  for (const std::string& text : std::vector<std::string>{"",
                                                          ":",
                                                          "@",
                                                          "/",
                                                          "a/",
                                                          "/a",
                                                          "a//b",
                                                          "a:",
                                                          "a:b:c",
                                                          "a:b/c:d/",
                                                          "a:-x",
                                                          "a:.x",
                                                          "a:x y",
                                                          "a@",
                                                          "a@sha256:1",
                                                          "a@md5:" + std::string(32, 'a'),
                                                          "A",
                                                          "a/B",
                                                          "x.y/A",
                                                          "a_",
                                                          "_a",
                                                          "a___b",
                                                          "a..b",
                                                          "a._b",
                                                          "a-",
                                                          "a b",
                                                          "a\n",
                                                          "-a/b.c",
                                                          "x-.y/a",
                                                          ".x/a",
                                                          "x./a",
                                                          "x.y:/a",
                                                          "x.y:99999/a",
                                                          "x.y:8a/a",
                                                          "[::1/a",
                                                          "[]/a",
                                                          "[::g]/a",
                                                          "[::1]x/a",
                                                          "http://x.y/a",
                                                          std::string(64, 'a'),
                                                          "a:" + std::string(129, 'x'),
                                                          std::string(256, 'a'),
                                                          std::string(256, 'a') + ".b/c",
                                                          "a@" + kDigest + "@" + kDigest,
                                                          "\xc3\xa4",
                                                          std::string("a\0b", 3)}) {
    auto reference = parse_reference(text);
    EXPECT_FALSE(reference) << text;
    if (!reference) {
      EXPECT_EQ(reference.error().code(), Code::invalid) << text;
    }
  }
}

TEST(Reference, CountsTheImpliedFolderAsPartOfTheName) {
  EXPECT_TRUE(parse_reference(std::string(247, 'a')));
  EXPECT_FALSE(parse_reference(std::string(248, 'a')));
}

TEST(Reference, SaysWhatIsWrong) {
  EXPECT_EQ(parse_reference("a/B").error().message(),
            "'a/B' is not an image's name: the name of a repository has no capital letters");
  EXPECT_THAT(parse_reference("x.y:port/a").error().message(), HasSubstr("'x.y:port' is not a registry's host"));
  EXPECT_THAT(parse_reference(std::string(64, '0')).error().message(), HasSubstr("an image's ID"));
}

TEST(Reference, GetsTheTagLatestWhenItHasNeitherTagNorDigest) {
  EXPECT_EQ(with_default_tag(*parse_reference("a")).tag, "latest");
  EXPECT_EQ(with_default_tag(*parse_reference("a:b")).tag, "b");
  EXPECT_EQ(with_default_tag(*parse_reference("a@" + kDigest)).tag, "");
}

TEST(Reference, IsFamiliarOnlyWhereThatReadsTheSame) {
  for (const std::string& text : {std::string("docker.io/localhost/a"), std::string("docker.io/a.b/c"),
                                  "docker.io/library/" + std::string(64, 'a')}) {
    auto reference = parse_reference(text);
    ASSERT_TRUE(reference) << reference.error().message();
    EXPECT_EQ(reference->familiar(), text);
  }
}

}  // namespace
}  // namespace gantry::oci
