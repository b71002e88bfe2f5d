// Who may do what: every route of the API by every kind of account, with a password and with a token.

#include "accounts/secret.hpp"
#include "base/base64.hpp"
#include "base/json.hpp"
#include "registry/accounts_gate.hpp"
#include "registry/service.hpp"
#include "registry/test_support.hpp"

namespace gantry::registry {
namespace {

using accounts::Role;
using serve::Method;
using test::digest_of;
using test::Seen;
using testing::HasSubstr;

struct TokenGiven {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(TokenGiven, (), (token))

class Access : public test::WithRegistry {
 protected:
  Access() {
    hash_ = *accounts::hash_password("secret");
    accounts_ = std::move(*accounts::Accounts::open(root_ + "/accounts.db"));
    for (const char* name : {"stranger", "guest", "developer", "maintainer", "admin"}) add_user(name, {});
    add_user("root", {.admin = true});
    add_user("disabled", {.admin = true, .disabled = true});
    check(accounts_->add_project("test", "team", {}));
    check(accounts_->add_project("test", "other", {}));
    check(accounts_->add_project("test", "open", {.anonymous_pull = true}));
    for (const auto role : {Role::guest, Role::developer, Role::maintainer, Role::admin})
      check(accounts_->set_member("test", "team", std::string(name_of(role)), role));
    add_robot("team", "reads", Role::guest);
    add_robot("team", "writes", Role::developer);
    add_robot("team", "late", Role::admin, 1);
    add_robot("other", "writes", Role::admin);
    fill();
    gate_ = std::move(*make_accounts_gate({.folder = root_}));
    restart_service({});
  }

  void check(const Result<>& result) { ASSERT_TRUE(result) << result.error().message(); }
  void add_user(const std::string& name, accounts::User user) {
    user.name = name;
    user.hash = hash_;
    check(accounts_->add_user("test", user));
    passwords_[name] = "secret";
  }
  void add_robot(const std::string& project, const std::string& name, Role role, Timestamp expires = 0) {
    const auto made = accounts::make_robot_secret();
    check(accounts_->add_robot("test", {project, name, made.hash, role, expires}));
    passwords_[project + "+" + name] = made.secret;
  }
  /// An image in each project, and one in none.
  void fill() {
    for (const char* repository : {"team/app", "other/app", "open/app", "nobody/app"}) {
      manifest_ = make_manifest(repository, "layer");
      ASSERT_EQ(push_manifest(repository, "1", manifest_).status, 201);
    }
    ASSERT_EQ(push_blob("other/app", "hidden").status, 201);
  }
  void restart_service(ServiceSettings settings) {
    service_ = std::make_unique<Service>(
        *api_, [] { return true; }, *gate_, std::move(settings));
  }

  std::string basic(const std::string& name) { return "Basic " + base64_encode(name + ":" + passwords_[name]); }
  Seen send(Method method, std::string_view target, const std::string& authorization, std::string_view body = {},
            std::vector<serve::Field> fields = {}) {
    serve::Request request{.method = method, .method_name = serve::name_of(method), .target = target};
    request.path = target.substr(0, target.find('?'));
    if (request.path.size() < target.size()) request.query = target.substr(request.path.size() + 1);
    request.fields = std::move(fields);
    request.fields.push_back({"Host", "registry.example"});
    request.peer = peer_;
    if (!authorization.empty()) request.fields.push_back({"Authorization", authorization});
    request.content_length = body.size();
    MemorySource source(as_bytes(body));
    auto response = request.has_body() ? std::nullopt : service_->answer_at_once(request);
    return see(response ? std::move(*response) : service_->handle(request, source));
  }
  /// What a token server gives for a scope; empty: nothing.
  std::string bearer(const std::string& authorization, const std::string& scope) {
    const auto seen =
        send(Method::get, "/token?service=gantry-registry&scope=" + serve::encode_percent(scope), authorization);
    if (seen.status != 200) return "";
    return "Bearer " + json::decode<TokenGiven>(seen.body, "token")->token;
  }

  std::string hash_;
  std::string peer_ = "192.0.2.1:99";
  std::string manifest_;
  std::map<std::string, std::string> passwords_;
  std::unique_ptr<accounts::Accounts> accounts_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Service> service_;
};

/// A request, and the right that it takes in the repository of its path.
struct Ask {
  Method method;
  std::string target;
  accounts::Right right;
  std::string body = {};
};

std::vector<Ask> every_route(const std::string& repository, const std::string& manifest) {
  using accounts::Right;
  const std::string start = "/v2/" + repository, blob = digest_of("layer"), none = digest_of("none"),
                    upload = start + "/blobs/uploads/0123456789abcdef0123456789abcdef";
  return {
      {Method::get, start + "/tags/list", Right::pull},
      {Method::get, start + "/manifests/1", Right::pull},
      {Method::head, start + "/manifests/1", Right::pull},
      {Method::get, start + "/manifests/" + digest_of(manifest), Right::pull},
      {Method::get, start + "/manifests/absent", Right::pull},
      {Method::get, start + "/blobs/" + blob, Right::pull},
      {Method::head, start + "/blobs/" + blob, Right::pull},
      {Method::get, start + "/referrers/" + blob, Right::pull},
      {Method::post, start + "/blobs/uploads/", Right::push},
      {Method::post, start + "/blobs/uploads/?digest=" + digest_of("new"), Right::push, "new"},
      {Method::post, start + "/blobs/uploads/?mount=" + blob + "&from=" + repository, Right::push},
      {Method::get, upload, Right::push},
      {Method::patch, upload, Right::push, "x"},
      {Method::put, upload + "?digest=" + none, Right::push, "x"},
      {Method::delete_, upload, Right::push},
      {Method::put, start + "/manifests/2", Right::push, manifest},
      {Method::delete_, start + "/manifests/2", Right::remove},
      {Method::delete_, start + "/manifests/" + none, Right::remove},
      {Method::delete_, start + "/blobs/" + none, Right::remove},
      {Method::options, start + "/manifests/1", Right::push},
  };
}

TEST_F(Access, EveryRouteByEveryRole) {
  const std::map<std::string, Role> roles = {{"", Role::none},
                                             {"stranger", Role::none},
                                             {"guest", Role::guest},
                                             {"developer", Role::developer},
                                             {"maintainer", Role::maintainer},
                                             {"admin", Role::admin},
                                             {"root", Role::admin},
                                             {"disabled", Role::none},
                                             {"team+reads", Role::guest},
                                             {"team+writes", Role::developer},
                                             {"team+late", Role::none},
                                             {"other+writes", Role::none}};
  for (const char* repository : {"team/app", "team/absent", "open/app", "nobody/app"}) {
    for (const auto& [name, role_in_team] : roles) {
      const Role role = name == "root" || std::string_view(repository).starts_with("team/") ? role_in_team : Role::none;
      peer_ = name + ":1";  // who is refused often is refused for a while
      const std::string password = name.empty() ? "" : basic(name);
      const std::string token = bearer(password, fmt::format("repository:{}:pull,push,delete", repository));
      const bool valid = name != "disabled" && name != "team+late";
      EXPECT_EQ(!token.empty(), valid) << name;
      for (const auto& ask : every_route(repository, manifest_)) {
        const std::string what = fmt::format("{} {} by '{}'", serve::name_of(ask.method), ask.target, name);
        const bool open = std::string_view(repository) == "open/app" && ask.right == accounts::Right::pull;
        const bool allowed = may(role, ask.right) || (open && valid);
        for (const auto& shown : {password, token}) {
          if (shown.empty() && !name.empty()) continue;
          const auto status =
              send(ask.method, ask.target, shown, ask.body, {{"Content-Type", test::kManifestType}}).status;
          if (allowed) EXPECT_TRUE(status != 401 && status != 403) << what << ": " << status;
          else EXPECT_EQ(status, valid && shown == password && !name.empty() ? 403 : 401) << what;
        }
      }
    }
  }
}

TEST_F(Access, NobodyLearnsWhatExists) {
  for (const char* name : {"", "stranger"}) {
    const auto shown = *name == 0 ? "" : basic(name);
    const auto hidden = send(Method::get, "/v2/team/app/manifests/1", shown);
    const auto absent = send(Method::get, "/v2/team/nix/manifests/1", shown);
    const auto nowhere = send(Method::get, "/v2/nix/nix/manifests/1", shown);
    EXPECT_EQ(hidden.status, absent.status);
    EXPECT_EQ(hidden.status, nowhere.status);
    EXPECT_EQ(hidden.body, nowhere.body);
  }
  EXPECT_EQ(send(Method::get, "/v2/", "Basic " + base64_encode("guest:wrong")).body,
            send(Method::get, "/v2/", "Basic " + base64_encode("nobody:wrong")).body);
}

TEST_F(Access, BlobsAreMountedFromWhereOneMayPull) {
  const std::string start = "/v2/team/app/blobs/uploads/?mount=";
  const auto hidden = digest_of("hidden");
  EXPECT_EQ(send(Method::post, start + hidden + "&from=other/app", basic("developer")).status, 202);
  EXPECT_EQ(send(Method::post, start + hidden, basic("developer")).status, 202) << "not by its digest alone either";
  EXPECT_EQ(send(Method::get, "/v2/team/app/blobs/" + hidden, basic("developer")).status, 404);
  EXPECT_EQ(send(Method::post, start + hidden, basic("root")).status, 201);
  EXPECT_EQ(send(Method::post, start + digest_of("layer") + "&from=open/app", basic("developer")).status, 201);
  const auto token = bearer(basic("developer"), "repository:team/app:pull,push");
  EXPECT_EQ(send(Method::post, start + digest_of("{}") + "&from=open/app", token).status, 202)
      << "the token does not reach there";
}

TEST_F(Access, CatalogsNameWhatOneMaySee) {
  EXPECT_EQ(send(Method::get, "/v2/_catalog", "").status, 401);
  EXPECT_THAT(send(Method::get, "/v2/_catalog", basic("root")).body,
              HasSubstr(R"(["nobody/app","open/app","other/app","team/app"])"));
  EXPECT_THAT(send(Method::get, "/v2/_catalog", basic("guest")).body, HasSubstr(R"(["open/app","team/app"])"));
  EXPECT_THAT(send(Method::get, "/v2/_catalog", basic("stranger")).body, HasSubstr(R"(["open/app"])"));
  EXPECT_THAT(send(Method::get, "/v2/_catalog?n=1", basic("guest")).field("Link"), HasSubstr("last=open"));
  const auto token = bearer(basic("guest"), "registry:catalog:*");
  EXPECT_THAT(send(Method::get, "/v2/_catalog", token).body, HasSubstr(R"(["open/app","team/app"])"));
  EXPECT_EQ(send(Method::get, "/v2/_catalog", bearer(basic("guest"), "repository:team/app:pull")).status, 401);
}

TEST_F(Access, ChallengesSayHowToGetIn) {
  const auto seen = send(Method::put, "/v2/team/app/manifests/2", "", manifest_);
  EXPECT_EQ(seen.status, 401);
  EXPECT_EQ(
      seen.field("WWW-Authenticate"),
      "Bearer realm=\"http://registry.example/token\",service=\"gantry-registry\",scope=\"repository:team/app:pull,"
      "push\"");
  const auto weak = bearer(basic("guest"), "repository:team/app:pull,push");
  EXPECT_THAT(send(Method::put, "/v2/team/app/manifests/2", weak, manifest_).field("WWW-Authenticate"),
              HasSubstr("error=\"insufficient_scope\""));
  EXPECT_EQ(send(Method::get, "/v2/", "").status, 401);
  EXPECT_EQ(send(Method::get, "/v2/", bearer("", "")).status, 200);
  EXPECT_EQ(send(Method::get, "/token?service=other", basic("guest")).status, 400);
  EXPECT_EQ(send(Method::get, "/token", weak).status, 401) << "a token does not buy the next one";
  EXPECT_EQ(send(Method::post, "/token", basic("guest")).status, 405);
}

TEST_F(Access, WhoLosesARightLosesItForTokensToo) {
  const auto token = bearer(basic("developer"), "repository:team/app:pull,push");
  const auto robot = bearer(basic("team+writes"), "repository:team/app:pull");
  EXPECT_EQ(send(Method::get, "/v2/team/app/manifests/1", token).status, 200);
  EXPECT_EQ(send(Method::get, "/v2/team/app/manifests/1", robot).status, 200);
  check(accounts_->set_member("test", "team", "developer", Role::none));
  check(accounts_->remove_robot("test", "team", "writes"));
  check(gate_->refresh());
  EXPECT_EQ(send(Method::get, "/v2/team/app/manifests/1", token).status, 401);
  EXPECT_EQ(send(Method::get, "/v2/team/app/manifests/1", robot).status, 401);
  EXPECT_EQ(send(Method::get, "/v2/team/app/manifests/1", basic("developer")).status, 403);
  check(accounts_->set_password("test", "guest", *accounts::hash_password("other")));
  EXPECT_EQ(send(Method::get, "/v2/", basic("guest")).status, 200);
  check(gate_->refresh());
  EXPECT_EQ(send(Method::get, "/v2/", basic("guest")).status, 401);
}

TEST_F(Access, ProtectedTagsStay) {
  check(accounts_->set_project("test", "team", {.immutable = {{"1", "v*"}}}));
  check(gate_->refresh());
  const std::string tag = "/v2/team/app/manifests/";
  const std::vector<serve::Field> type = {{"Content-Type", test::kManifestType}};
  const auto other = make_manifest("team/app", "layer", R"("annotations":{"a":"b"},)");
  EXPECT_EQ(send(Method::put, tag + "1", basic("root"), manifest_, type).status, 201) << "the same again";
  EXPECT_EQ(send(Method::put, tag + "1", basic("root"), other, type).status, 403);
  EXPECT_EQ(send(Method::put, tag + "v1", basic("developer"), other, type).status, 201) << "a new one";
  EXPECT_EQ(send(Method::delete_, tag + "1", basic("root")).status, 403);
  EXPECT_EQ(send(Method::delete_, tag + digest_of(manifest_), basic("root")).status, 403);
  EXPECT_EQ(send(Method::put, tag + "latest", basic("developer"), other, type).status, 201);
  EXPECT_EQ(send(Method::delete_, tag + "latest", basic("maintainer")).status, 202);
  EXPECT_THAT(send(Method::get, "/v2/team/app/tags/list", basic("guest")).body, HasSubstr(R"(["1","v1"])"));
}

TEST_F(Access, QuotasHold) {
  const auto taken = *storage_->metadata->bytes_of("team");
  check(accounts_->set_project("test", "team", {.quota = taken + 10}));
  check(gate_->refresh());
  auto push = [&](const std::string& bytes) {
    return send(Method::post, "/v2/team/web/blobs/uploads/?digest=" + digest_of(bytes), basic("developer"), bytes);
  };
  EXPECT_EQ(push("layer").status, 201) << "what another repository of the project has takes no room";
  EXPECT_EQ(push("0123456789").status, 201);
  const auto full = push("x");
  EXPECT_EQ(full.status, 403);
  EXPECT_THAT(full.body, HasSubstr("the project team may take"));
  EXPECT_EQ(send(Method::get, "/v2/team/web/blobs/" + digest_of("x"), basic("guest")).status, 404);
  EXPECT_EQ(send(Method::post, "/v2/team/app/blobs/uploads/?from=open/app&mount=" + digest_of("0123456789"),
                 basic("developer"))
                .status,
            202)
      << "not there";
  EXPECT_EQ(*storage_->metadata->bytes_of("team"), taken + 10);
  EXPECT_EQ(*storage_->metadata->bytes_of("tea"), 0u);
}

TEST_F(Access, TooManyRequestsAreRefused) {
  restart_service({.access_log = {}, .audit_log = {}, .rate_limit = 1});
  int passed = 0;
  Seen last;
  for (int i = 0; i < 12; ++i) {
    last = send(Method::get, "/v2/team/app/manifests/1", basic("guest"));
    passed += last.status == 200 ? 1 : 0;
  }
  EXPECT_EQ(passed, 10);
  EXPECT_EQ(last.status, 429);
  EXPECT_EQ(last.field("Retry-After"), "1");
  EXPECT_EQ(send(Method::get, "/v2/", basic("root")).status, 200) << "somebody else";
}

TEST_F(Access, PasswordsAreNotTriedWithoutEnd) {
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(send(Method::get, "/v2/", "Basic " + base64_encode("team+reads:wrong")).status, 401);
  EXPECT_EQ(send(Method::get, "/v2/", basic("team+reads")).status, 401) << "from this address, for a while";
}

TEST_F(Access, ChangesAndRefusalsAreLogged) {
  const std::string path = root_ + "/audit";
  restart_service({.access_log = {}, .audit_log = std::move(*open_file(path, O_CREAT | O_WRONLY | O_APPEND, 0600))});
  gate_->news();
  send(Method::get, "/v2/team/app/manifests/1", basic("guest"));
  EXPECT_EQ(*read_file(path), "") << "reading is nothing to note";
  send(Method::put, "/v2/team/app/manifests/3", basic("developer"), manifest_, {{"Content-Type", test::kManifestType}});
  send(Method::delete_, "/v2/team/app/manifests/3", basic("developer"));
  send(Method::get, "/v2/", "Basic " + base64_encode("mallory:wrong"));
  check(accounts_->set_admin("root", "guest", true));
  for (const auto& change : gate_->news()) service_->audit().note(change);
  EXPECT_TRUE(gate_->news().empty()) << "each once";
  const auto log = *read_file(path);
  EXPECT_THAT(log, HasSubstr(R"("who":"developer","peer":"192.0.2.1:99","action":"push","repository":"team/app")"));
  EXPECT_THAT(log, HasSubstr(R"("action":"refused","repository":"team/app","reference":"3","status":403)"));
  EXPECT_THAT(log, HasSubstr(R"("who":"mallory","peer":"192.0.2.1:99","action":"wrong credentials")"));
  EXPECT_THAT(log, HasSubstr(R"("who":"root","action":"user guest is an administrator")"));
}

}  // namespace
}  // namespace gantry::registry
