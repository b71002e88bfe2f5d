// Secrets that would be in a layer, or in the configuration.

#include "base/text.hpp"
#include "dockerfile/lint_rules.hpp"
#include "dockerfile/patterns.hpp"
#include "dockerfile/show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gantry::dockerfile {

namespace {

/// Names of files that hold secrets by custom.
constexpr std::array<std::string_view, 18> kSecretFiles = {
    "id_rsa",    "id_dsa",           "id_ecdsa", "id_ed25519",       "*.pem",  "*.key",   "*.p12",
    "*.pfx",     "*.kdbx",           ".netrc",   ".pgpass",          ".npmrc", ".pypirc", ".git-credentials",
    ".htpasswd", "credentials.json", ".env",     ".dockerconfigjson"};
constexpr std::array<std::string_view, 4> kSecretFolders = {".ssh", ".aws", ".gnupg", ".kube"};

/// How tokens begin, and how many letters and figures follow at least.
struct TokenShape {
  std::string_view prefix;
  std::size_t least = 0;
  std::string_view name;
};
constexpr TokenShape kTokens[] = {
    {"AKIA", 16, "an access key of AWS"},
    {"ghp_", 36, "a token of GitHub"},
    {"gho_", 36, "a token of GitHub"},
    {"github_pat_", 22, "a token of GitHub"},
    {"glpat-", 20, "a token of GitLab"},
    {"xoxb-", 20, "a token of Slack"},
    {"xoxp-", 20, "a token of Slack"},
    {"sk_live_", 20, "a key of Stripe"},
    {"npm_", 36, "a token of npm"},
    {"AIza", 35, "a key of Google"},
    {"-----BEGIN RSA PRIVATE KEY", 0, "a private key"},
    {"-----BEGIN PRIVATE KEY", 0, "a private key"},
    {"-----BEGIN EC PRIVATE KEY", 0, "a private key"},
    {"-----BEGIN OPENSSH PRIVATE KEY", 0, "a private key"},
};

bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// What the text holds; empty: nothing of these.
std::string_view find_token(std::string_view text) {
  for (const auto& shape : kTokens) {
    for (auto at = text.find(shape.prefix); at != text.npos; at = text.find(shape.prefix, at + 1)) {
      if (at > 0 && is_token_character(text[at - 1]) && shape.least > 0) continue;
      auto end = at + shape.prefix.size();
      while (end < text.size() && is_token_character(text[end])) ++end;
      if (end - at - shape.prefix.size() >= shape.least) return shape.name;
    }
  }
  return {};
}

bool holds_secret(std::string_view path) {
  const auto cleaned = clean_path(path);
  const auto parts = split(cleaned, '/');
  if (std::ranges::any_of(parts, [](const std::string& part) {
        return std::ranges::find(kSecretFolders, part) != kSecretFolders.end();
      })) {
    return true;
  }
  return std::ranges::any_of(kSecretFiles, [&](std::string_view name) {
    const auto pattern = PathPattern::for_part(name);
    return pattern && pattern->matches(parts.back());
  });
}

void lint_transfer(const Transfer& transfer, const Position& at, std::vector<Finding>& found) {
  for (const auto& source : transfer.sources) {
    if (source.find("://") != std::string::npos || !holds_secret(source)) continue;
    found.push_back({lint_rule("SecretInLayer"),
                     quoted(source) + " holds a secret by its name, and whoever has the image has it",
                     "give it with RUN --mount=type=secret where it is used", at});
  }
}

/// `https://user:password@host`
bool has_password_in_url(std::string_view text) {
  for (auto at = text.find("://"); at != text.npos; at = text.find("://", at + 3)) {
    const auto rest = text.substr(at + 3);
    const auto host = rest.substr(0, rest.find_first_of("/ \t\n\"'"));
    const auto user = cut_last(host, '@');
    if (!user.found) continue;
    const auto password = cut(user.before, ':');
    if (password.found && !password.after.empty() && !password.after.starts_with('$')) return true;
  }
  return false;
}

void lint_text(std::string_view text, const Position& at, std::vector<Finding>& found) {
  std::string_view what = find_token(text);
  if (what.empty() && has_password_in_url(text)) what = "a password in a URL";
  if (what.empty()) return;
  found.push_back({lint_rule("SecretInLayer"),
                   fmt::format("this looks like {}, and stays in the image and its history", what),
                   "give it with RUN --mount=type=secret, and replace it: it is known now", at});
}

}  // namespace

void lint_secrets(const Dockerfile& file, std::vector<Finding>& found) {
  for (const auto& stage : file.stages) {
    for (const auto& one : stage.instructions) {
      auto text = one.text;
      if (const auto* copy = std::get_if<Copy>(&one.operation)) {
        if (copy->from.empty()) lint_transfer(copy->transfer, one.at, found);
        for (const auto& heredoc : copy->transfer.files) text += "\n" + heredoc.content;
      }
      if (const auto* add = std::get_if<Add>(&one.operation)) lint_transfer(add->transfer, one.at, found);
      if (const auto* run = std::get_if<Run>(&one.operation)) text = text_of(run->command);
      lint_text(text, one.at, found);
    }
  }
}

}  // namespace gantry::dockerfile
