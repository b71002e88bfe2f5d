#include "build/git_source.hpp"

#include "build/remotes.hpp"

#include <gtest/gtest.h>

namespace gantry::build {

TEST(GitSource, HasAUrlARefAndAFolder) {
  EXPECT_EQ(parse_git_source("https://host/me/app.git"), (GitSource{"https://host/me/app.git", "", ""}));
  EXPECT_EQ(parse_git_source("https://host/me/app.git#v1"), (GitSource{"https://host/me/app.git", "v1", ""}));
  EXPECT_EQ(parse_git_source("git://host/app#main:a/b/"), (GitSource{"git://host/app", "main", "a/b"}));
  EXPECT_EQ(parse_git_source("git@host:me/app.git#:docs"), (GitSource{"git@host:me/app.git", "", "docs"}));
  EXPECT_EQ(parse_git_source("ssh://git@host:22/app"), (GitSource{"ssh://git@host:22/app", "", ""}));
  EXPECT_EQ(parse_git_source("github.com/me/app#x"), (GitSource{"https://github.com/me/app", "x", ""}));
}

TEST(GitSource, AFolderDoesNotClimb) { EXPECT_EQ(parse_git_source("git://host/app#main:../../etc")->folder, "etc"); }

TEST(GitSource, OtherNamesAreNoRepositories) {
  for (const char* text : {"", ".", "./a.git", "/srv/app.git", "file:///srv/app.git", "https://host/file.tar.gz",
                           "ext::sh -c true", "src/a@b:c", "--upload-pack=x"})
    EXPECT_FALSE(parse_git_source(text)) << text;
}

TEST(Remotes, AreUrlsAndRepositories) {
  EXPECT_TRUE(is_remote("http://host/file"));
  EXPECT_TRUE(is_remote("git@host:app"));
  EXPECT_FALSE(is_remote("file"));
  EXPECT_FALSE(is_remote("https.txt"));
}

}  // namespace gantry::build
