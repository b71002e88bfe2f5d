#include "registries/auth_file.hpp"

#include "base/base64.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "registries/names.hpp"

#include <algorithm>
#include <cstdlib>

namespace gantry::registries {

namespace {

constexpr std::size_t kMaxFile = 4u << 20;
constexpr unsigned kPrivateFile = 0600;
constexpr unsigned kPrivateFolder = 0700;

struct AuthEntry {
  std::string auth;  ///< base64 of "user:password"
  std::string username;
  std::string password;
  std::string identitytoken;
  std::string registrytoken;
};
BOOST_DESCRIBE_STRUCT(AuthEntry, (), (auth, username, password, identitytoken, registrytoken))

/// The file itself where a link leads to it: people keep their configuration elsewhere.
std::string behind_links(const std::string& path) {
  char* real = realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string target = real;
  free(real);
  return target;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return path.substr(0, std::max<std::size_t>(slash, 1));
}

}  // namespace

Result<AuthDocument> read_auth_file(const AuthFile& file) {
  auto text = read_file(file.path, kMaxFile);
  if (!text && text.error().code() == Code::not_found && !file.must_exist) return AuthDocument{};
  if (!text) return std::move(text.error()).with_context("read credentials").with_cure("log in, or drop --authfile");
  if (trim(*text).empty()) return AuthDocument{};
  if (!file.old_format) return json::decode<AuthDocument>(*text, file.path);
  AuthDocument document;
  document.auths = TRY(json::decode<std::map<std::string, json::Raw>>(*text, file.path));
  return document;
}

Result<bool> change_auth_file(const AuthFile& file, const std::function<Result<bool>(AuthDocument&)>& change) {
  const AuthFile target{.path = behind_links(file.path)};
  const std::string folder = folder_of(target.path);
  TRY(make_folders(folder, kPrivateFolder));
  Lock alone = TRY(Lock::take(folder, Lock::Mode::exclusive));
  AuthDocument document = TRY(read_auth_file(target));
  const bool is_changed = TRY(change(document));
  if (is_changed) TRY(replace_file(target.path, json::encode_pretty(document), kPrivateFile));
  return is_changed;
}

const std::string* key_of(const AuthDocument& document, std::string_view name, bool old_format) {
  if (auto exact = document.auths.find(std::string(name)); exact != document.auths.end()) return &exact->first;
  for (const auto& [key, entry] : document.auths)
    if (name_of_key(key, old_format) == name) return &key;
  return nullptr;
}

const std::pair<const std::string, std::string>* helper_of(const AuthDocument& document, std::string_view name) {
  for (const auto& helper : document.cred_helpers)
    if (name_of_key(helper.first, false) == host_of(name)) return &helper;
  return nullptr;
}

Result<std::optional<Credentials>> read_entry(const json::Raw& entry, std::string_view place) {
  if (entry.text.empty()) return std::optional<Credentials>();
  AuthEntry read = TRY(json::decode<AuthEntry>(entry.text, place));
  Credentials credentials{std::move(read.username), std::move(read.password), std::move(read.identitytoken),
                          std::move(read.registrytoken)};
  if (!read.auth.empty()) {
    const std::string plain = TRY(with_context(base64_decode(read.auth), "{}: /auth", place));
    const auto [user, password, found] = cut(plain, ':');
    if (!found || user.empty()) return fail(Code::invalid, "{}: /auth: it holds no user and password", place);
    credentials.user = user;
    credentials.password = password.substr(0, password.find_last_not_of('\0') + 1);
  }
  if (credentials.empty()) return std::optional<Credentials>();
  return std::optional(std::move(credentials));
}

Result<json::Raw> write_entry(const Credentials& credentials) {
  if (credentials.user.find(':') != std::string::npos)
    return fail(Code::invalid, "the user '{}' has a colon in the name, which registries do not allow",
                credentials.user);
  AuthEntry entry{.identitytoken = credentials.identity_token, .registrytoken = credentials.registry_token};
  if (!credentials.user.empty()) entry.auth = base64_encode(credentials.user + ":" + credentials.password);
  return json::Raw{json::encode(entry)};
}

}  // namespace gantry::registries
