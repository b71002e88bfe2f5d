#include "secrets/secrets.hpp"

#include "base/base64.hpp"
#include "base/id.hpp"
#include "base/json.hpp"
#include "base/subprocess.hpp"
#include "secrets/seal.hpp"

#include <algorithm>
#include <cstdlib>

namespace gantry::secrets {

namespace {

constexpr std::size_t kIdFigures = 25;
constexpr std::string_view kEnd = ".json";

Result<> check(const Secret& secret, std::string_view data) {
  auto allowed = [](char c) { return c > ' ' && c < 127 && c != ',' && c != '/' && c != '='; };
  if (secret.name.empty() || secret.name.size() > 253 || !std::ranges::all_of(secret.name, allowed))
    return fail(Code::invalid, "'{}' cannot be a secret's name", secret.name)
        .with_cure("use up to 253 letters, figures and signs without blanks, ',', '/' and '='");
  if (data.empty()) return fail(Code::invalid, "secret '{}' would be empty", secret.name);
  if (data.size() > kMostBytes)
    return fail(Code::invalid, "secret '{}' has {} bytes, more than {}", secret.name, data.size(), kMostBytes);
  if (secret.driver != "file" && secret.driver != "pass")
    return fail(Code::unsupported, "there is no secret driver '{}'", secret.driver).with_cure("use file or pass");
  for (const auto& [key, value] : secret.options)
    if (secret.driver != "pass" || key != "prefix")
      return fail(Code::invalid, "the driver {} has no option '{}'", secret.driver, key)
          .with_cure("pass has prefix=FOLDER");
  return {};
}

/// Where pass(1) keeps it.
std::string pass_name(const Secret& secret) {
  auto prefix = secret.options.find("prefix");
  return (prefix == secret.options.end() ? "gantry" : prefix->second) + "/" + secret.id;
}

Result<std::string> run_pass(std::vector<std::string> words, std::string_view input = {}) {
  words.insert(words.begin(), "pass");
  return with_context(command_output({.argv = std::move(words)}, input), "ask pass(1)");
}

}  // namespace

Secrets::Secrets(const std::string& root) : folder_(root + "/secrets"), key_(folder_ + "/key") {
  if (const char* key = getenv("GANTRY_SECRETS_KEY"); key != nullptr && key[0] != 0) key_ = key;
}

Result<std::string> Secrets::create(Secret secret, std::string_view data, bool replace) const {
  TRY(check(secret, data));
  TRY(make_folders(folder_, 0700));
  const Lock lock = TRY(Lock::take(folder_, Lock::Mode::exclusive));
  secret.created = secret.updated = now();
  secret.id = random_hex(32).substr(0, kIdFigures);
  for (const auto& other : TRY(all())) {
    if (other.name != secret.name) continue;
    if (!replace)
      return fail(Code::exists, "secret '{}' exists", secret.name).with_cure("choose another name, or --replace it");
    if (other.driver != secret.driver) TRY(remove(other));
    secret.id = other.id;
    secret.created = other.created;
  }
  if (secret.driver == "file") secret.sealed = base64_encode(TRY(Key::of_file(key_)).seal(data));
  else TRY(run_pass({"insert", "--multiline", "--force", pass_name(secret)}, data));
  TRY(replace_file(path(secret.id), json::encode_pretty(secret), 0600));
  return secret.id;
}

Result<std::vector<Secret>> Secrets::all() const {
  std::vector<Secret> found;
  auto names = list_folder(folder_);
  if (!names && names.error().code() == Code::not_found) return found;
  for (const auto& name : TRY(std::move(names))) {
    if (name.size() != kIdFigures + kEnd.size() || !name.ends_with(kEnd)) continue;
    auto text = read_file(folder_ + "/" + name);
    if (!text && text.error().code() == Code::not_found) continue;  // removed meanwhile
    found.push_back(TRY(json::decode<Secret>(TRY(std::move(text)), folder_ + "/" + name)));
  }
  return found;
}

Result<std::vector<Secret>> Secrets::list() const {
  auto found = TRY(all());
  std::ranges::sort(found, {}, &Secret::name);
  return found;
}

Result<Secret> Secrets::find(const std::string& given) const {
  std::vector<Secret> found;
  for (auto& secret : TRY(all())) {
    if (secret.name == given || secret.id == given) return std::move(secret);
    if (!given.empty() && secret.id.starts_with(given)) found.push_back(std::move(secret));
  }
  if (found.size() == 1) return std::move(found.front());
  if (found.empty()) return fail(Code::not_found, "no secret '{}'", given).with_cure("`gantry secret ls` lists them");
  return fail(Code::invalid, "several secrets have an id that begins with '{}'", given).with_cure("give it in full");
}

Result<std::string> Secrets::data(const Secret& secret) const {
  if (secret.driver == "pass") return run_pass({"show", pass_name(secret)});
  const std::string sealed = TRY(with_context(base64_decode(secret.sealed), "secret '{}'", secret.name));
  if (!path_exists(key_))
    return fail(Code::not_found, "the key {} of secret '{}' is gone", key_, secret.name)
        .with_cure("bring it back, or create the secret anew");
  return with_context(TRY(Key::of_file(key_)).open(sealed), "secret '{}'", secret.name);
}

Result<> Secrets::remove(const Secret& secret) const {
  if (secret.driver == "pass") TRY(run_pass({"rm", "--force", pass_name(secret)}));
  return remove_file(path(secret.id));
}

}  // namespace gantry::secrets
