#include "registries/auth_file.hpp"

#include "registries/test_support.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace gantry::registries {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string entry(std::string_view text) {
  auto read = read_entry({std::string(text)}, "auth.json: /auths/quay.io");
  if (!read) return read.error().message();
  if (!*read) return "none";
  const Credentials& found = **read;
  return fmt::format("{}|{}|{}|{}", found.user, found.password, found.identity_token, found.registry_token);
}

TEST(AuthEntry, HoldsAUserAndAPassword) {
  EXPECT_EQ(entry(R"({"auth":"YW5uOnNlY3JldA=="})"), "ann|secret||");
  EXPECT_EQ(entry(R"({"auth":"YW5uOmE6YjpjOg=="})"), "ann|a:b:c:||");
  EXPECT_EQ(entry(R"({"auth":"YW5uOg=="})"), "ann|||");
  EXPECT_EQ(entry(R"({"auth":"YW5uOnB3AAAA"})"), "ann|pw||");
  EXPECT_EQ(entry(R"({"username":"ann","password":"secret","email":"a@b.c"})"), "ann|secret||");
}

TEST(AuthEntry, HoldsATokenInstead) {
  EXPECT_EQ(entry(R"({"auth":"PHRva2VuPjo=","identitytoken":"idt"})"), "<token>||idt|");
  EXPECT_EQ(entry(R"({"registrytoken":"rt"})"), "|||rt");
}

TEST(AuthEntry, MayBeEmpty) {
  EXPECT_EQ(entry("{}"), "none");
  EXPECT_EQ(entry(""), "none");
  EXPECT_EQ(entry(R"({"auth":""})"), "none");
  EXPECT_EQ(entry(R"({"auth":null})"), "none");
}

TEST(AuthEntry, IsRefusedWithoutShowingIt) {
  EXPECT_EQ(entry(R"({"auth":"c2Vj!mV0"})"), "auth.json: /auths/quay.io: /auth: it is not base64");
  EXPECT_EQ(entry(R"({"auth":"c2VjcmV0"})"), "auth.json: /auths/quay.io: /auth: it holds no user and password");
  EXPECT_EQ(entry(R"({"auth":4711})"), "auth.json: /auths/quay.io: /auth: expected a string, found a number");
  EXPECT_EQ(entry(R"("c2VjcmV0")"), "auth.json: /auths/quay.io: expected an object, found a string");
}

TEST(AuthEntry, ReadsAsItWasWritten) {
  for (const Credentials& credentials :
       {Credentials{"ann", "a:b\"\\\n", "", ""}, Credentials{"ann", "", "idt", ""}, Credentials{"", "", "", "rt"}})
    EXPECT_EQ(*read_entry(*write_entry(credentials), "x"), credentials);
  EXPECT_FALSE(write_entry({.user = "a:b"}));
}

class AuthFileTest : public FolderFixture {
 protected:
  static Result<bool> add(const std::string& path) {
    return change_auth_file({.path = path}, [](AuthDocument& document) -> Result<bool> {
      document.auths["quay.io"].text = R"({"auth":"x"})";
      return true;
    });
  }
  static mode_t mode_of(const std::string& path) {
    struct stat info {};
    stat(path.c_str(), &info);
    return info.st_mode & 07777;
  }
};

TEST_F(AuthFileTest, MayBeMissingOrEmpty) {
  EXPECT_TRUE(read_auth_file({.path = at("none")})->auths.empty());
  EXPECT_TRUE(read_auth_file({.path = put("empty", "\n")})->auths.empty());
  EXPECT_EQ(read_auth_file({.path = at("none"), .must_exist = true}).error().code(), Code::not_found);
}

TEST_F(AuthFileTest, IsMadeForItsOwnerAlone) {
  ASSERT_TRUE(*add(at("run/containers/auth.json")));
  EXPECT_EQ(mode_of(at("run/containers/auth.json")), 0600);
  EXPECT_EQ(mode_of(at("run/containers")), 0700);
}

TEST_F(AuthFileTest, KeepsWhatItIsNotAskedToChange) {
  const auto path = put("config.json", R"json({
	"auths": {
		"https://index.docker.io/v1/": {"auth": "YTpi", "email": "ann@example.com"},
		"odd": 3,
		"nothing": null
	},
	"HttpHeaders": {"User-Agent": "Docker-Client/19.03.8 (linux)"},
	"credsStore": "pass",
	"credHelpers": {"gcr.io": "gcloud"},
	"detachKeys": "ctrl-e,e",
	"big": 123456789012345678901234567890
})json");
  ASSERT_TRUE(*add(path));
  const auto text = *read_file(path);
  for (const char* part :
       {R"("email":"ann@example.com")", R"("odd": 3)", R"json("User-Agent":"Docker-Client/19.03.8 (linux)")json",
        R"("credsStore": "pass")", R"("gcr.io": "gcloud")", R"("detachKeys": "ctrl-e,e")",
        "123456789012345678901234567890", R"("quay.io": {"auth":"x"})"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_TRUE(read_auth_file({.path = path}));
}

TEST_F(AuthFileTest, IsReplacedWhereALinkLeads) {
  const auto path = put("dotfiles/auth.json", "{}");
  ASSERT_EQ(symlink(path.c_str(), at("link").c_str()), 0);
  ASSERT_TRUE(*add(at("link")));
  EXPECT_EQ(*read_link(at("link")), path);
  EXPECT_THAT(*read_file(path), HasSubstr("quay.io"));
}

TEST_F(AuthFileTest, IsNeverOverwrittenWhenBroken) {
  for (const std::string broken :
       {"{", R"({"auths": []})", R"({"auths": {"a": {}, "a": {}}})", "{} {}", R"(["secret"])"}) {
    const auto path = put("broken.json", broken);
    const auto changed = add(path);
    ASSERT_FALSE(changed) << broken;
    EXPECT_EQ(changed.error().code(), Code::invalid);
    EXPECT_THAT(changed.error().message(), HasSubstr(path));
    EXPECT_THAT(changed.error().message(), Not(HasSubstr("secret")));
    EXPECT_EQ(*read_file(path), broken);
  }
}

TEST_F(AuthFileTest, IsRefusedWhenHugeOrDeep) {
  EXPECT_FALSE(read_auth_file({.path = put("huge", std::string(5u << 20, ' '))}));
  EXPECT_FALSE(read_auth_file({.path = put("deep", R"({"x":)" + std::string(100'000, '['))}));
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += R"({"auths":)";
  EXPECT_FALSE(read_auth_file({.path = put("deep", deep)}));
}

TEST_F(AuthFileTest, InItsOldFormatHasTheEntriesAlone) {
  const auto path = put(".dockercfg", R"({"https://quay.io/v1/": {"auth": "YTpi", "email": ""}})");
  const auto document = *read_auth_file({.path = path, .old_format = true});
  ASSERT_NE(key_of(document, "quay.io", true), nullptr);
  EXPECT_EQ(*key_of(document, "quay.io", true), "https://quay.io/v1/");
  EXPECT_EQ(key_of(document, "docker.io", true), nullptr);
}

}  // namespace
}  // namespace gantry::registries
