#include "registries/credential_store.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "registries/credential_helper.hpp"
#include "registries/names.hpp"

namespace gantry::registries {

namespace {

using Found = std::optional<Credentials>;

/// The keys under which a helper may have a registry, the one that we would use first.
std::vector<std::string> servers_of(std::string_view name, std::string_view key) {
  std::vector<std::string> servers{std::string(key)};
  if (host_of(name) == kDockerHub) servers.emplace_back(key == kDockerHub ? kDockerHubUrl : kDockerHub);
  return servers;
}

/// docker gives its helper the Hub's old URL.
std::string_view store_key(std::string_view name) {
  return host_of(name) == kDockerHub ? kDockerHubUrl : host_of(name);
}

Result<Found> find_in_helper(std::string_view helper_name, const std::vector<std::string>& servers) {
  const CredentialHelper helper = TRY(CredentialHelper::named(helper_name));
  for (const auto& server : servers)
    if (Found found = TRY(helper.get(server))) return found;
  return Found();
}

Result<bool> erase_in_helper(std::string_view helper_name, const std::vector<std::string>& servers) {
  const CredentialHelper helper = TRY(CredentialHelper::named(helper_name));
  bool erased = false;
  for (const auto& server : servers) erased |= TRY(helper.erase(server));
  return erased;
}

/// Files with `credsStore` travel to machines without that program; images that need no login must still come.
Result<Found> find_in_store(const AuthFile& file, const AuthDocument& document, std::string_view name) {
  auto found = find_in_helper(document.creds_store, servers_of(name, store_key(name)));
  if (found || found.error().code() != Code::no_command) return with_context(std::move(found), "{}", file.path);
  log::warning("{}: there is no program docker-credential-{}", file.path, document.creds_store);
  return Found();
}

Result<Found> find_in_file(const AuthFile& file, std::string_view name) {
  const AuthDocument document = TRY(read_auth_file(file));
  if (const auto* helper = helper_of(document, name))
    return with_context(find_in_helper(helper->second, servers_of(name, helper->first)), "{}", file.path);
  if (!document.creds_store.empty())
    if (Found found = TRY(find_in_store(file, document, name))) return found;
  for (const auto& candidate : names_for(name)) {
    const std::string* key = key_of(document, candidate, file.old_format);
    if (key == nullptr) continue;
    if (Found found = TRY(read_entry(document.auths.at(*key), fmt::format("{}: /auths/{}", file.path, *key))))
      return found;
  }
  return Found();
}

Result<Found> find_in_files(const std::vector<AuthFile>& files, std::string_view name) {
  for (const auto& file : files)
    if (Found found = TRY(find_in_file(file, name))) return found;
  return Found();
}

/// The helper to which the file leaves a registry: its program, and the server's key there.
struct Delegate {
  std::string helper;
  std::string key;
};
std::optional<Delegate> delegate_of(const AuthDocument& document, std::string_view name) {
  if (const auto* helper = helper_of(document, name)) return Delegate{helper->second, helper->first};
  if (document.creds_store.empty()) return std::nullopt;
  return Delegate{document.creds_store, std::string(store_key(name))};
}

Error has_no_namespaces(std::string_view helper, std::string_view name) {
  return fail(Code::unsupported, "docker-credential-{} keeps credentials for whole registries, not for {}", helper,
              name)
      .with_cure(fmt::format("log in to {}", host_of(name)));
}

Result<std::string> store_in_helper(const Delegate& delegate, std::string_view name, const Credentials& credentials) {
  if (host_of(name) != name) return has_no_namespaces(delegate.helper, name);
  TRY(TRY(CredentialHelper::named(delegate.helper)).store(delegate.key, credentials));
  return "docker-credential-" + delegate.helper;
}

Result<std::string> store_in_file(const AuthFile& file, std::string_view name, const Credentials& credentials) {
  std::string place = file.path;
  auto put = [&](AuthDocument& document) -> Result<bool> {
    if (auto delegate = delegate_of(document, name)) {
      place = TRY(store_in_helper(*delegate, name, credentials));
      return false;
    }
    json::Raw entry = TRY(write_entry(credentials));
    const std::string* key = key_of(document, name, false);
    document.auths.insert_or_assign(key != nullptr ? *key : std::string(name), std::move(entry));
    return true;
  };
  TRY(change_auth_file({.path = file.path}, put));
  return place;
}

Result<bool> erase_in_file(const AuthFile& file, std::string_view name) {
  if (!path_exists(file.path)) return false;
  bool erased = false;
  auto remove = [&](AuthDocument& document) -> Result<bool> {
    bool is_changed = false;
    while (const std::string* key = key_of(document, name, false)) {
      document.auths.erase(std::string(*key));
      is_changed = true;
    }
    erased = is_changed;
    if (auto delegate = delegate_of(document, name); delegate && host_of(name) == name)
      erased |= TRY(erase_in_helper(delegate->helper, servers_of(name, delegate->key)));
    return is_changed;
  };
  TRY(change_auth_file({.path = file.path}, remove));
  return erased;
}

Error nowhere_to_write() {
  return fail(Code::invalid, "there is no file for credentials").with_cure("name one with --authfile");
}

using Users = std::map<std::string, std::string>;

Result<> list_helper(std::string_view helper_name, Users& users) {
  const CredentialHelper helper = TRY(CredentialHelper::named(helper_name));
  // A keychain may be shared with programs that name their servers in other ways.
  for (auto& [server, user] : TRY(helper.list()))
    if (const std::string name = name_of_key(server, false); server == name || server == kDockerHubUrl)
      users.try_emplace(name, user);
  return {};
}

Result<> list_file(const AuthFile& file, Users& users) {
  const AuthDocument document = TRY(read_auth_file(file));
  for (const auto& [registry, helper] : document.cred_helpers) {
    const std::string name = name_of_key(registry, false);
    if (Found found = TRY(find_in_helper(helper, servers_of(name, registry)))) users.try_emplace(name, found->user);
  }
  for (const auto& [key, entry] : document.auths)
    if (Found found = TRY(read_entry(entry, fmt::format("{}: /auths/{}", file.path, key))))
      users.try_emplace(name_of_key(key, false), found->user);
  if (document.creds_store.empty()) return {};
  return with_context(list_helper(document.creds_store, users), "{}", file.path);
}

}  // namespace

Result<Found> CredentialStore::find(std::string_view text) const {
  const std::string name = TRY(parse_login_name(text));
  for (const auto& helper : helpers_) {
    const bool is_files = helper == kAuthFiles;
    Found found = TRY(is_files ? find_in_files(files_, name) : find_in_helper(helper, servers_of(name, host_of(name))));
    if (found) return found;
  }
  return Found();
}

Result<std::string> CredentialStore::store(std::string_view text, const Credentials& credentials) const {
  const std::string name = TRY(parse_login_name(text));
  if (helpers_.empty() || files_.empty()) return nowhere_to_write();
  const std::string& first = helpers_.front();
  auto stored = first == kAuthFiles ? store_in_file(files_.front(), name, credentials)
                                    : store_in_helper({first, std::string(host_of(name))}, name, credentials);
  return with_context(std::move(stored), "cannot keep the credentials for {}", name);
}

Result<> CredentialStore::erase(std::string_view text) const {
  const std::string name = TRY(parse_login_name(text));
  bool erased = false;
  for (const auto& helper : helpers_) {
    if (helper != kAuthFiles) erased |= TRY(erase_in_helper(helper, servers_of(name, host_of(name))));
    else if (!files_.empty()) erased |= TRY(erase_in_file(files_.front(), name));
  }
  if (erased) return {};
  Error error = fail(Code::not_found, "not logged in to {}", name);
  for (std::size_t i = 1; i < files_.size(); ++i)
    if (auto found = find_in_file(files_[i], name); found && *found)
      return std::move(error).with_cure(fmt::format("{} has credentials for it: --authfile", files_[i].path));
  return error;
}

Result<Users> CredentialStore::list() const {
  Users users;
  for (const auto& helper : helpers_) {
    if (helper != kAuthFiles) TRY(list_helper(helper, users));
    else if (!files_.empty()) TRY(list_file(files_.front(), users));
  }
  return users;
}

}  // namespace gantry::registries
