#include "registries/credential_helper.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "linux/memory_file.hpp"

#include <unistd.h>
#include <boost/describe/class.hpp>

#include <algorithm>

namespace gantry::registries {

namespace {

constexpr std::string_view kNotFound = "credentials not found in native keychain";
/// The user's name that stands for "the secret is an identity token".
constexpr std::string_view kTokenUser = "<token>";
constexpr std::size_t kMaxAnswer = 1u << 20;
constexpr std::size_t kMaxReason = 200;

/// One entry, as a helper gives and takes it.
struct HelperEntry {
  std::string server;
  std::string username;
  std::string secret;
};
BOOST_DESCRIBE_STRUCT(HelperEntry, (), (server, username, secret))
constexpr json::Options json_options(const HelperEntry*) {
  return {.style = json::Style::pascal, .names = {{"server", "ServerURL"}}};
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

/// What it says about its failure, unless that may hold what it was to keep.
std::string reason_of(std::string_view answer, std::string_view secret) {
  const std::string_view line = cut(trim(answer), '\n').before;
  const bool is_secret = line.find('{') != line.npos || (!secret.empty() && line.find(secret) != line.npos);
  if (line.empty() || is_secret) return "";
  return fmt::format(": {}", line.substr(0, kMaxReason));
}

}  // namespace

Result<CredentialHelper> CredentialHelper::named(std::string_view name, int time_limit) {
  if (name.empty() || !std::ranges::all_of(name, is_plain))
    return fail(Code::invalid, "'{}' is not the name of a credential helper", name)
        .with_cure("what follows docker-credential- in the program's name: letters, digits, '.', '_' and '-'");
  return CredentialHelper(fmt::format("docker-credential-{}", name), time_limit);
}

/// Through files in memory: no pipe can fill up, and a grandchild that keeps one open holds nothing up.
Result<std::optional<std::string>> CredentialHelper::ask(const char* action, std::string_view input,
                                                         std::string_view secret) const {
  Fd in = TRY(linux::make_memory_file("request", input));
  Fd out = TRY(linux::make_memory_file("answer", ""));
  Fd err = TRY(linux::make_memory_file("messages", ""));
  Child child = TRY(Child::start({.argv = {program_, action}, .in = in.get(), .out = out.get(), .err = err.get()}));
  const auto status = TRY(child.wait_for(time_limit_));
  if (!status) return fail(Code::failed, "{} {} took longer than {} s", program_, action, time_limit_ / 1000);
  lseek(out.get(), 0, SEEK_SET);
  std::string answer = TRY(read_all(out, fmt::format("the answer of {}", program_), kMaxAnswer));
  if (status->ok()) return std::optional(std::move(answer));
  if (trim(answer) == kNotFound) return std::optional<std::string>();
  lseek(err.get(), 0, SEEK_SET);
  if (trim(answer).empty()) answer = TRY(read_all(err, fmt::format("the messages of {}", program_), kMaxAnswer));
  return fail(Code::failed, "{} {} failed with exit code {}{}", program_, action, status->code,
              reason_of(answer, secret));
}

Result<std::optional<Credentials>> CredentialHelper::get(std::string_view server) const {
  const auto answer = TRY(ask("get", server));
  if (!answer) return std::optional<Credentials>();
  HelperEntry entry = TRY(json::decode<HelperEntry>(*answer, fmt::format("the answer of {} get", program_)));
  if (entry.username.empty() && entry.secret.empty()) return std::optional<Credentials>();
  Credentials credentials{.user = std::move(entry.username)};
  (credentials.user == kTokenUser ? credentials.identity_token : credentials.password) = std::move(entry.secret);
  return std::optional(std::move(credentials));
}

Result<> CredentialHelper::store(std::string_view server, const Credentials& credentials) const {
  if (!credentials.registry_token.empty()) return fail(Code::unsupported, "{} cannot keep a registry token", program_);
  const bool is_token = !credentials.identity_token.empty();
  const HelperEntry entry{.server = std::string(server),
                          .username = is_token ? std::string(kTokenUser) : credentials.user,
                          .secret = is_token ? credentials.identity_token : credentials.password};
  TRY(ask("store", json::encode(entry), entry.secret));
  return {};
}

Result<bool> CredentialHelper::erase(std::string_view server) const {
  // Some helpers say nothing when there was nothing to erase.
  if (!TRY(get(server))) return false;
  return TRY(ask("erase", server)).has_value();
}

Result<std::map<std::string, std::string>> CredentialHelper::list() const {
  using Users = std::map<std::string, std::string>;
  const auto answer = TRY(ask("list", ""));
  if (!answer || trim(*answer).empty()) return Users();
  return json::decode<Users>(*answer, fmt::format("the answer of {} list", program_));
}

}  // namespace gantry::registries
