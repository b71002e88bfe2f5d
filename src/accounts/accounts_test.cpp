#include "accounts/accounts.hpp"

#include "accounts/secret.hpp"
#include "base/file.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace gantry::accounts {
namespace {

class Accounts_ : public testing::Test {
 protected:
  Accounts_() {
    char name[] = "/tmp/accounts-test.XXXXXX";
    folder_ = mkdtemp(name);
    auto opened = Accounts::open(folder_ + "/accounts.db");
    if (!opened) std::abort();
    all_ = std::move(*opened);
  }
  ~Accounts_() override {
    all_.reset();
    best_effort(remove_tree(folder_));
  }
  static Code code_of(const Result<>& result) { return result ? Code::failed : result.error().code(); }

  std::string folder_;
  std::unique_ptr<Accounts> all_;
};

TEST_F(Accounts_, WhatIsAddedIsRead) {
  ASSERT_TRUE(all_->add_user("me", {.name = "alice", .hash = "h", .admin = false}));
  ASSERT_TRUE(all_->add_project("me", "team", {.anonymous_pull = true, .quota = 5, .immutable = {{"v*", "rc-?"}}}));
  ASSERT_TRUE(all_->set_member("me", "team", "alice", Role::maintainer));
  ASSERT_TRUE(all_->add_robot("me", {.project = "team", .name = "ci", .hash = "r", .role = Role::guest, .expires = 7}));
  auto read = all_->read();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->users.at("alice").hash, "h");
  const auto& project = read->projects.at("team");
  EXPECT_TRUE(project.anonymous_pull);
  EXPECT_EQ(project.quota, 5u);
  EXPECT_THAT(project.immutable, testing::ElementsAre("v*", "rc-?"));
  EXPECT_EQ(project.members.at("alice"), Role::maintainer);
  EXPECT_EQ(read->robots.at("team+ci").expires, 7);
  ASSERT_TRUE(all_->set_project("me", "team", {.immutable = std::vector<std::string>()}));
  EXPECT_TRUE(all_->read()->projects.at("team").immutable.empty());
  EXPECT_EQ(all_->read()->projects.at("team").quota, 5u) << "what is not named stays";
}

TEST_F(Accounts_, WhatGoesTakesItsMembersAlong) {
  ASSERT_TRUE(all_->add_user("me", {.name = "alice", .hash = "h"}));
  ASSERT_TRUE(all_->add_project("me", "team", {}));
  ASSERT_TRUE(all_->set_member("me", "team", "alice", Role::admin));
  ASSERT_TRUE(all_->add_robot("me", {.project = "team", .name = "ci", .hash = "r"}));
  ASSERT_TRUE(all_->remove_user("me", "alice"));
  EXPECT_TRUE(all_->read()->projects.at("team").members.empty());
  ASSERT_TRUE(all_->remove_project("me", "team"));
  EXPECT_TRUE(all_->read()->robots.empty());
}

TEST_F(Accounts_, MistakesNameTheirObject) {
  EXPECT_EQ(code_of(all_->add_user("me", {.name = "a+b", .hash = "h"})), Code::invalid);
  ASSERT_TRUE(all_->add_user("me", {.name = "alice", .hash = "h"}));
  const auto again = all_->add_user("me", {.name = "alice", .hash = "h"});
  EXPECT_EQ(code_of(again), Code::exists);
  EXPECT_THAT(again.error().message(), testing::HasSubstr("'alice'"));
  EXPECT_EQ(code_of(all_->set_admin("me", "bob", true)), Code::not_found);
  EXPECT_EQ(code_of(all_->remove_user("me", "bob")), Code::not_found);
  EXPECT_EQ(code_of(all_->set_member("me", "team", "alice", Role::guest)), Code::not_found);
  EXPECT_EQ(code_of(all_->add_robot("me", {.project = "team", .name = "ci", .hash = "r"})), Code::not_found);
  EXPECT_EQ(code_of(all_->add_project("me", "Team", {})), Code::invalid);
}

TEST_F(Accounts_, EveryChangeIsNoted) {
  ASSERT_TRUE(all_->add_user("root", {.name = "alice", .hash = "h"}));
  ASSERT_FALSE(all_->remove_user("root", "bob"));
  ASSERT_TRUE(all_->set_disabled("root", "alice", true));
  const auto changes = all_->changes(0);
  ASSERT_TRUE(changes);
  ASSERT_EQ(changes->size(), 2u) << "what failed is none";
  EXPECT_EQ(changes->at(0).text, "user alice added");
  EXPECT_EQ(changes->at(1).actor, "root");
  EXPECT_EQ(all_->changes(changes->at(0).number)->size(), 1u);
}

TEST(Secret, PasswordsAreHashedSlowlyAndCompared) {
  const auto hash = hash_password("secret");
  ASSERT_TRUE(hash) << hash.error().message();
  EXPECT_TRUE(hash->starts_with("$y$"));
  EXPECT_NE(*hash, *hash_password("secret")) << "another salt";
  EXPECT_TRUE(matches_password("secret", *hash));
  EXPECT_FALSE(matches_password("Secret", *hash));
  EXPECT_FALSE(hash_password(""));
  EXPECT_FALSE(hash_password(std::string(513, 'a')));
}

TEST(Secret, RobotsHaveLongOnes) {
  const auto made = make_robot_secret();
  EXPECT_EQ(made.secret.size(), 64u);
  EXPECT_TRUE(matches_robot_secret(made.secret, made.hash));
  EXPECT_FALSE(matches_robot_secret(made.hash, made.hash));
  EXPECT_FALSE(matches_robot_secret("", made.hash));
}

}  // namespace
}  // namespace gantry::accounts
