#include "registry/passwords.hpp"

#include "base/base64.hpp"
#include "base/file.hpp"

#include <crypt.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <memory>

namespace gantry::registry {
namespace {

std::string hash(const char* password, const char* kind = "$2b$") {
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  crypt_gensalt_rn(kind, 4, nullptr, 0, setting, sizeof setting);
  const auto data = std::make_unique<crypt_data>();
  return crypt_r(password, setting, data.get());
}

std::string basic(std::string_view user, std::string_view password) {
  return "Basic " + base64_encode(fmt::format("{}:{}", user, password));
}

class PasswordFile : public testing::Test {
 protected:
  PasswordFile() {
    char name[] = "/tmp/registry-passwords.XXXXXX";
    folder_ = mkdtemp(name);
    path_ = folder_ + "/htpasswd";
  }
  ~PasswordFile() override { best_effort(remove_tree(folder_)); }
  void write(std::string_view text) { ASSERT_TRUE(replace_file(path_, text)); }

  std::string folder_;
  std::string path_;
};

TEST_F(PasswordFile, RightPasswordsAreTakenAndOthersAreNot) {
  write(fmt::format("# users\nalice:{}\nbob:{}\n\n", hash("secret"), hash("word", "$6$")));
  auto passwords = Passwords::load(path_);
  ASSERT_TRUE(passwords) << passwords.error().message();
  auto& users = **passwords;
  EXPECT_FALSE(users.known(basic("alice", "secret")));
  EXPECT_TRUE(users.verify(basic("alice", "secret")));
  EXPECT_TRUE(users.known(basic("alice", "secret"))) << "from now on it takes no time";
  EXPECT_TRUE(users.verify(basic("bob", "word")));
  for (const auto& wrong :
       {basic("alice", "word"), basic("alice", ""), basic("bob", "secret"), basic("carol", "secret"), basic("", ""),
        basic("Alice", "secret"), std::string("Basic !"), std::string("Bearer x"), std::string(""),
        basic("alice", std::string_view("secret\0", 7))}) {
    EXPECT_FALSE(users.verify(wrong)) << wrong;
    EXPECT_FALSE(users.known(wrong)) << wrong;
  }
}

TEST_F(PasswordFile, WhoIsTakenOutOfTheFileIsOut) {
  write(fmt::format("alice:{}\n", hash("secret")));
  auto passwords = Passwords::load(path_);
  ASSERT_TRUE(passwords);
  EXPECT_TRUE((*passwords)->verify(basic("alice", "secret")));
  write(fmt::format("bob:{}\n", hash("word")));
  ASSERT_TRUE((*passwords)->refresh());
  EXPECT_FALSE((*passwords)->known(basic("alice", "secret")));
  EXPECT_FALSE((*passwords)->verify(basic("alice", "secret")));
  EXPECT_TRUE((*passwords)->verify(basic("bob", "word")));
  write("nonsense\n");
  EXPECT_FALSE((*passwords)->refresh());
  EXPECT_TRUE((*passwords)->verify(basic("bob", "word"))) << "the last file that was right counts";
}

TEST_F(PasswordFile, AFileThatCannotBeUsedSaysWhere) {
  for (const char* bad : {"alice\n", ":x\n", "alice:plain\n", "alice:$apr1$x$y\n", "alice:{SHA}xyz\n"}) {
    write(std::string("# first\n") + bad);
    auto passwords = Passwords::load(path_);
    ASSERT_FALSE(passwords) << bad;
    EXPECT_THAT(passwords.error().message(), testing::HasSubstr("line 2")) << bad;
  }
  EXPECT_FALSE(Passwords::load(folder_ + "/none"));
}

TEST_F(PasswordFile, AnEmptyFileLetsNobodyIn) {
  write("");
  auto passwords = Passwords::load(path_);
  ASSERT_TRUE(passwords);
  EXPECT_FALSE((*passwords)->verify(basic("", "")));
  EXPECT_FALSE((*passwords)->verify(basic("alice", "")));
}

}  // namespace
}  // namespace gantry::registry
