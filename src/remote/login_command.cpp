#include "distribution/failure.hpp"
#include "options/password.hpp"
#include "options/print.hpp"
#include "registries/names.hpp"
#include "remote/commands.hpp"
#include "remote/registry_options.hpp"

namespace gantry::remote {

namespace {

struct LoginArguments {
  std::string user;
  std::string password;
  bool password_stdin = false;
  bool get_login = false;
  RegistryOptions registry;
  std::vector<std::string> words;  ///< [REGISTRY]
};

struct LogoutArguments {
  bool all = false;
  RegistryOptions registry;
  std::vector<std::string> words;  ///< [REGISTRY]
};

/// The registry that is meant: the first to be searched, where none is named.
Result<std::string> registry_of(const Registries& registries, const std::vector<std::string>& words) {
  if (!words.empty()) return registries::parse_login_name(words[0]);
  const auto& search = registries.configuration().search;
  return search.empty() ? std::string(registries::kDockerHub) : search.front();
}

/// Whether the registry takes the credentials: what is kept shall be of use.
Result<> check(const Registries& registries, const std::string& name, const registries::Credentials& credentials) {
  auto access = TRY(registries.access(name));
  access.credentials = credentials;
  distribution::Session session(std::move(access));
  auto answer = TRY(session.send({.url = "/v2/"}, {}));
  if (answer->status() == 200) return {};
  if (answer->status() == 401)
    return fail(Code::denied, "{} does not take this user and password", name).with_cure("check both");
  return distribution::failure(*answer, "log in to " + name);
}

Result<int> run_login(const Globals&, const LoginArguments& arguments) {
  auto registries = TRY(Registries::load(arguments.registry));
  std::string name = TRY(registry_of(registries, arguments.words));
  auto store = registries.credentials();
  if (arguments.get_login) {
    auto known = TRY(store.find(name));
    if (!known) return fail(Code::not_found, "not logged in to {}", name).with_cure("gantry login " + name);
    TRY(options::print(known->user + "\n"));
    return 0;
  }
  registries::Credentials credentials;
  credentials.user = arguments.user;
  credentials.password = arguments.password;
  TRY(options::ask_missing(credentials.user, credentials.password, arguments.password_stdin));
  TRY(check(registries, name, credentials));
  TRY(store.store(name, credentials));
  TRY(options::print("Login Succeeded!\n"));
  return 0;
}

Result<int> run_logout(const Globals&, const LogoutArguments& arguments) {
  auto registries = TRY(Registries::load(arguments.registry));
  auto store = registries.credentials();
  if (arguments.all) {
    for (const auto& [name, user] : TRY(store.list())) TRY(store.erase(name));
    TRY(options::print("Removed login credentials for all registries\n"));
    return 0;
  }
  std::string name = TRY(registry_of(registries, arguments.words));
  TRY(store.erase(name));
  TRY(options::print(fmt::format("Removed login credentials for {}\n", name)));
  return 0;
}

constexpr options::Option kLoginOptions[] = {
    options::option<&LoginArguments::user>('u', "username", "NAME", "Log in as this user"),
    options::option<&LoginArguments::password>('p', "password", "PASSWORD",
                                               "With this password, which others see in the list of processes"),
    options::flag<&LoginArguments::password_stdin>(0, "password-stdin", "Read the password from standard input"),
    options::flag<&LoginArguments::get_login>(0, "get-login", "Print the user that is logged in"),
};
constexpr options::Option kLogoutOptions[] = {
    options::flag<&LogoutArguments::all>('a', "all", "Forget the credentials for all registries"),
};
constexpr options::Group kLoginGroups[] = {
    options::group(kLoginOptions), options::group<&LoginArguments::registry>(kRegistryOptions, "Registry options")};
constexpr options::Group kLogoutGroups[] = {
    options::group(kLogoutOptions), options::group<&LogoutArguments::registry>(kRegistryOptions, "Registry options")};
constexpr options::Example kLoginExamples[] = {
    {"gantry login quay.io", "Ask for user and password, and keep them"},
    {"gantry login -u me --password-stdin localhost:5000 < password", "Log in from a script"},
};
constexpr options::Example kLogoutExamples[] = {{"gantry logout quay.io", "Forget the credentials"}};

}  // namespace

constinit const Command kLogin = options::command<run_login>({
    .name = "login",
    .summary = "Log in to a registry",
    .synopsis = "[OPTIONS] [REGISTRY]",
    .description =
        "REGISTRY is a host, or a namespace of it: quay.io/me. The registry is asked whether it takes user and "
        "password; then they are kept where podman, skopeo and buildah find them too, or given to the credential "
        "helper that is configured.",
    .examples = kLoginExamples,
    .groups = kLoginGroups,
    .words = options::words<&LoginArguments::words>({.name = "REGISTRY", .most = 1}),
});

constinit const Command kLogout = options::command<run_logout>({
    .name = "logout",
    .summary = "Forget the credentials for a registry",
    .synopsis = "[OPTIONS] [REGISTRY]",
    .description = "Takes the credentials out of the file, or the helper, that 'login' gave them to.",
    .examples = kLogoutExamples,
    .groups = kLogoutGroups,
    .words = options::words<&LogoutArguments::words>({.name = "REGISTRY", .most = 1}),
});

}  // namespace gantry::remote
