#include "registries/credential_store.hpp"

#include "registries/helper_fixture.hpp"

#include <gmock/gmock.h>

namespace gantry::registries {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class CredentialStoreTest : public HelperFixture {
 protected:
  void SetUp() override {
    HelperFixture::SetUp();
    files = {{.path = at("run/containers/auth.json")}, {.path = at("home/.docker/config.json")}};
  }
  /// The user's name that is found, or the error.
  std::string find(std::string_view name) const {
    auto found = CredentialStore(files, helpers).find(name);
    return !found ? found.error().message() : *found ? (*found)->user : "none";
  }
  CredentialStore store() const { return CredentialStore(files, helpers); }

  std::vector<AuthFile> files;
  std::vector<std::string> helpers{std::string(kAuthFiles)};
};

TEST_F(CredentialStoreTest, PrefersWhatIsClosestToTheRepository) {
  put("run/containers/auth.json",
      R"({"auths": {"quay.io": {"auth": "aG9zdDp4"}, "quay.io/a": {"auth": "bnM6eA=="}, "quay.io/a/b": {"auth": "cmVwbzp4"}}})");
  EXPECT_EQ(find("quay.io/a/b"), "repo");
  EXPECT_EQ(find("quay.io/a/c"), "ns");
  EXPECT_EQ(find("quay.io/ab"), "host");
  EXPECT_EQ(find("quay.io"), "host");
  EXPECT_EQ(find("quay.io:443/a"), "none");
  EXPECT_EQ(find("docker.io/a"), "none");
}

TEST_F(CredentialStoreTest, LooksThroughTheFilesInOrder) {
  EXPECT_EQ(find("quay.io"), "none");
  put("home/.docker/config.json", R"({"auths": {"https://index.docker.io/v1/": {"auth": "aHViOng="},
                                                "quay.io": {"auth": "ZG9ja2VyOng="}}})");
  EXPECT_EQ(find("docker.io/library/busybox"), "hub");
  EXPECT_EQ(find("quay.io"), "docker");
  put("run/containers/auth.json", R"({"auths": {"quay.io": {"auth": "cG9kbWFuOng="}}})");
  EXPECT_EQ(find("quay.io"), "podman");
}

TEST_F(CredentialStoreTest, NamesTheFileThatIsBroken) {
  const auto path = put("home/.docker/config.json", "{");
  EXPECT_THAT(find("quay.io"), HasSubstr(path));
}

TEST_F(CredentialStoreTest, AsksTheHelperOfARegistryAndNoOneElse) {
  add_keychain("chain");
  put("run/containers/auth.json",
      R"({"auths": {"quay.io": {"auth": "ZmlsZTp4"}}, "credHelpers": {"quay.io": "chain"}})");
  EXPECT_EQ(find("quay.io/a"), "none");
  EXPECT_EQ(*store().store("quay.io", {.user = "ann", .password = "p"}), "docker-credential-chain");
  EXPECT_EQ(find("quay.io/a"), "ann");
  EXPECT_EQ(find("docker.io"), "none");
  EXPECT_EQ(store().store("quay.io/a", {.user = "ann"}).error().code(), Code::unsupported);
}

TEST_F(CredentialStoreTest, SharesTheKeychainOfDocker) {
  add_keychain("chain");
  files = {{.path = put("config.json", R"({"auths": {"https://index.docker.io/v1/": {}}, "credsStore": "chain"})")}};
  EXPECT_EQ(find("docker.io/ann/x"), "none");
  ASSERT_TRUE(store().store("docker.io", {.user = "ann", .password = "p"}));
  EXPECT_TRUE(path_exists(at("chain.d/https:__index.docker.io_v1_")));
  EXPECT_EQ(find("docker.io/ann/x"), "ann");
  ASSERT_TRUE(store().erase("docker.io"));
  EXPECT_EQ(find("docker.io/ann/x"), "none");
}

TEST_F(CredentialStoreTest, GoesOnWithoutAKeychainThatIsNotInstalled) {
  put("run/containers/auth.json", R"({"credsStore": "desktop.exe", "auths": {"quay.io": {"auth": "ZmlsZTp4"}}})");
  EXPECT_EQ(find("quay.io"), "file");
  put("run/containers/auth.json", R"({"credHelpers": {"quay.io": "missing"}})");
  EXPECT_THAT(find("quay.io"), HasSubstr("docker-credential-missing"));
}

TEST_F(CredentialStoreTest, AsksConfiguredHelpersInOrder) {
  add_keychain("chain");
  put("run/containers/auth.json", R"({"auths": {"quay.io": {"auth": "ZmlsZTp4"}}})");
  helpers = {"chain", std::string(kAuthFiles)};
  EXPECT_EQ(find("quay.io"), "file");
  ASSERT_TRUE(store().store("quay.io", {.user = "ann", .password = "p"}));
  EXPECT_EQ(find("quay.io"), "ann");
  EXPECT_THAT(*store().list(), ElementsAre(Pair("quay.io", "someone")));
  ASSERT_TRUE(store().erase("quay.io"));
  EXPECT_EQ(find("quay.io"), "none");
}

TEST_F(CredentialStoreTest, WritesTheFirstFileAndChangesOneEntry) {
  const Credentials ann{.user = "ann", .password = "a:b"};
  EXPECT_EQ(*store().store("https://quay.io/", ann), files[0].path);
  EXPECT_EQ(*read_file(files[0].path), "{\n  \"auths\": {\n    \"quay.io\": {\"auth\":\"YW5uOmE6Yg==\"}\n  }\n}\n");
  ASSERT_TRUE(store().store("quay.io/ns", {.user = "bob", .password = "x"}));
  EXPECT_EQ(find("quay.io/ns/x"), "bob");
  EXPECT_EQ(*store().find("quay.io/x"), ann);
  ASSERT_TRUE(store().erase("quay.io/ns"));
  EXPECT_EQ(find("quay.io/ns/x"), "ann");
  EXPECT_FALSE(path_exists(files[1].path));
}

TEST_F(CredentialStoreTest, KeepsTheKeyOfDockersFile) {
  files = {{.path = put("config.json", R"({"auths": {"https://index.docker.io/v1/": {"auth": "YTpi"}}})")}};
  ASSERT_TRUE(store().store("docker.io", {.user = "ann", .password = "p"}));
  EXPECT_THAT(*read_file(files[0].path), HasSubstr(R"("https://index.docker.io/v1/": {"auth":"YW5uOnA="})"));
  ASSERT_TRUE(store().erase("docker.io"));
  EXPECT_EQ(*read_file(files[0].path), "{}\n");
}

TEST_F(CredentialStoreTest, TellsWhoHasWhatItCannotErase) {
  const auto docker = put("home/.docker/config.json", R"({"auths": {"quay.io": {"auth": "ZG9ja2VyOng="}}})");
  const auto erased = store().erase("quay.io");
  ASSERT_FALSE(erased);
  EXPECT_EQ(erased.error().message(), "not logged in to quay.io (" + docker + " has credentials for it: --authfile)");
  EXPECT_EQ(store().erase("gcr.io").error().code(), Code::not_found);
  EXPECT_FALSE(path_exists(at("run")));
}

TEST_F(CredentialStoreTest, ListsWhatItCanErase) {
  add_keychain("chain");
  add_helper("hub", R"sh(echo '{"https://index.docker.io/v1/":"bob","https://api.example.com/x":"other"}')sh");
  put("run/containers/auth.json", R"({"auths": {"quay.io/ns": {"auth": "YW5uOng="}, "gone.io": {}},
                                      "credHelpers": {"a.io": "chain"}, "credsStore": "hub"})");
  put("home/.docker/config.json", R"({"auths": {"gcr.io": {"auth": "Ym9iOng="}}})");
  ASSERT_TRUE(store().store("a.io", {.user = "carl", .password = "p"}));
  EXPECT_THAT(*store().list(), ElementsAre(Pair("a.io", "carl"), Pair("docker.io", "bob"), Pair("quay.io/ns", "ann")));
}

}  // namespace
}  // namespace gantry::registries
