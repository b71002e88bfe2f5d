#include "secrets/secrets.hpp"

#include "secrets/seal.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>

namespace gantry::secrets {
namespace {

using testing::HasSubstr;
using testing::Not;

class SecretsTest : public testing::Test {
 protected:
  SecretsTest() {
    char path[] = "/tmp/gantry-secrets-XXXXXX";
    folder_ = mkdtemp(path);
  }
  ~SecretsTest() override { best_effort(remove_tree(folder_)); }
  std::string folder_;
};

TEST_F(SecretsTest, AreSealedAtRestAndReadBack) {
  const Secrets secrets(folder_);
  const std::string id = secrets.create({.name = "key", .labels = {{"a", "b"}}}, "hush hush", false).take();
  EXPECT_EQ(id.size(), 25u);
  const Secret found = secrets.find(id.substr(0, 5)).take();
  EXPECT_EQ(found.name, "key");
  EXPECT_EQ(secrets.data(found).take(), "hush hush");
  EXPECT_THAT(read_file(folder_ + "/secrets/" + id + ".json").take(), Not(HasSubstr("hush")));
}

TEST_F(SecretsTest, AreUselessWithAnotherKey) {
  const Secrets secrets(folder_);
  ASSERT_TRUE(secrets.create({.name = "key"}, "hush", false));
  ASSERT_TRUE(remove_file(folder_ + "/secrets/key"));
  auto data = secrets.data(secrets.find("key").take());
  ASSERT_FALSE(data);
  EXPECT_THAT(data.error().message(), HasSubstr("is gone"));
  ASSERT_TRUE(Key::of_file(folder_ + "/secrets/key"));
  EXPECT_EQ(secrets.data(secrets.find("key").take()).error().code(), Code::corrupt);
}

TEST_F(SecretsTest, KeepTheirIdWhenReplaced) {
  const Secrets secrets(folder_);
  const std::string id = secrets.create({.name = "key"}, "one", false).take();
  EXPECT_EQ(secrets.create({.name = "key"}, "two", false).error().code(), Code::exists);
  EXPECT_EQ(secrets.create({.name = "key"}, "two", true).take(), id);
  EXPECT_EQ(secrets.data(secrets.find("key").take()).take(), "two");
}

TEST_F(SecretsTest, RefuseBadNamesAndSizes) {
  const Secrets secrets(folder_);
  for (const char* name : {"", "a/b", "a,b", "a=b", "a b"}) EXPECT_FALSE(secrets.create({.name = name}, "x", false));
  EXPECT_FALSE(secrets.create({.name = "a"}, "", false));
  EXPECT_FALSE(secrets.create({.name = "a"}, std::string(kMostBytes + 1, 'x'), false));
  EXPECT_FALSE(secrets.create({.name = "a", .driver = "vault"}, "x", false));
  EXPECT_TRUE(secrets.create({.name = "a"}, std::string(kMostBytes, 'x'), false));
}

TEST_F(SecretsTest, AKeyThatOthersMayReadIsRefused) {
  const std::string path = folder_ + "/key";
  ASSERT_TRUE(Key::of_file(path));
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(Key::of_file(path).error().code(), Code::denied);
}

TEST_F(SecretsTest, EveryChangeOfASealedTextIsSeen) {
  const Key key = Key::of_file(folder_ + "/key").take();
  const std::string sealed = key.seal("text");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] ^= 1;
    EXPECT_FALSE(key.open(changed)) << i;
  }
  EXPECT_FALSE(key.open(sealed.substr(0, 10)));
  EXPECT_EQ(key.open(sealed).take(), "text");
}

}  // namespace
}  // namespace gantry::secrets
