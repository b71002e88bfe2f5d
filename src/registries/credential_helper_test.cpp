#include "registries/credential_helper.hpp"

#include "registries/helper_fixture.hpp"

#include <gmock/gmock.h>

namespace gantry::registries {
namespace {

using testing::HasSubstr;
using testing::Not;

class CredentialHelperTest : public HelperFixture {
 protected:
  static CredentialHelper helper(const char* name) { return *CredentialHelper::named(name); }
};

TEST_F(CredentialHelperTest, HasAPlainName) {
  EXPECT_TRUE(CredentialHelper::named("ecr-login"));
  EXPECT_TRUE(CredentialHelper::named("desktop.exe"));
  for (const char* name : {"", "../x", "a b", "a/b", "$(x)", "a\n"})
    EXPECT_FALSE(CredentialHelper::named(name)) << name;
}

TEST_F(CredentialHelperTest, IsGivenTheServerAndAnswersInJson) {
  add_helper("echo", R"sh(
read -r server
printf '{"ServerURL":"%s","Username":"%s","Secret":"s:1"}' "$server" "$1-$server")sh");
  EXPECT_EQ(*helper("echo").get("quay.io"), (Credentials{.user = "get-quay.io", .password = "s:1"}));
}

TEST_F(CredentialHelperTest, HasAnIdentityTokenUnderASpecialName) {
  add_helper("token", R"(echo '{"Username":"<token>","Secret":"abc"}')");
  EXPECT_EQ(*helper("token").get("quay.io"), (Credentials{.user = "<token>", .identity_token = "abc"}));
}

TEST_F(CredentialHelperTest, SaysInWordsThatItHasNone) {
  add_helper("empty", "echo 'credentials not found in native keychain'; exit 1");
  EXPECT_EQ(*helper("empty").get("quay.io"), std::nullopt);
  EXPECT_FALSE(*helper("empty").erase("quay.io"));
  EXPECT_TRUE(helper("empty").list()->empty());
}

TEST_F(CredentialHelperTest, KeepsListsAndErases) {
  add_keychain("chain");
  const auto chain = helper("chain");
  ASSERT_TRUE(chain.store("quay.io", {.user = "ann", .password = "pass"}));
  EXPECT_EQ(*read_file(at("chain.d/quay.io")), R"({"ServerURL":"quay.io","Username":"ann","Secret":"pass"})");
  EXPECT_EQ(*chain.get("quay.io"), (Credentials{.user = "ann", .password = "pass"}));
  EXPECT_EQ(*chain.list(), (std::map<std::string, std::string>{{"quay.io", "someone"}}));
  EXPECT_TRUE(*chain.erase("quay.io"));
  EXPECT_FALSE(*chain.erase("quay.io"));
}

TEST_F(CredentialHelperTest, CannotKeepARegistryToken) {
  EXPECT_EQ(helper("any").store("quay.io", {.registry_token = "t"}).error().code(), Code::unsupported);
}

TEST_F(CredentialHelperTest, ThatIsMissingIsNamed) {
  const auto found = helper("none").get("quay.io");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), Code::no_command);
  EXPECT_THAT(found.error().message(), HasSubstr("docker-credential-none"));
}

TEST_F(CredentialHelperTest, ThatFailsIsQuoted) {
  add_helper("locked", "echo 'the keychain is locked'; exit 3");
  EXPECT_EQ(helper("locked").get("quay.io").error().message(),
            "docker-credential-locked get failed with exit code 3: the keychain is locked");
  add_helper("quiet", "echo 'no bus' >&2; exit 1");
  EXPECT_EQ(helper("quiet").get("quay.io").error().message(),
            "docker-credential-quiet get failed with exit code 1: no bus");
}

TEST_F(CredentialHelperTest, CannotMakeUsShowASecret) {
  add_helper("leak", "if [ $1 = store ]; then cat; else echo '{\"Secret\":\"hunter2\"'; fi; exit 1");
  add_helper("words", "echo 'refused: hunter2'; exit 1");
  add_helper("broken", "echo '{\"Secret\":hunter2}'");
  add_helper("list", "echo '[\"hunter2\"]'");
  for (const char* name : {"leak", "words", "broken", "list"}) {
    const auto stored = helper(name).store("quay.io", {.user = "ann", .password = "hunter2"});
    EXPECT_THAT(stored ? "" : stored.error().message(), Not(HasSubstr("hunter2")));
  }
  for (const char* name : {"leak", "broken", "list"}) {
    const auto found = helper(name).get("quay.io");
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message(), Not(HasSubstr("hunter2")));
  }
}

TEST_F(CredentialHelperTest, IsStoppedWhenItTakesTooLong) {
  add_helper("slow", "exec tail -f /dev/null");
  const auto found = CredentialHelper::named("slow", 50)->get("quay.io");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message(), HasSubstr("took longer than"));
}

TEST_F(CredentialHelperTest, MayNotAnswerWithoutEnd) {
  add_helper("flood", "head -c 2000000 /dev/zero");
  EXPECT_THAT(helper("flood").get("quay.io").error().message(), HasSubstr("is larger than"));
}

}  // namespace
}  // namespace gantry::registries
