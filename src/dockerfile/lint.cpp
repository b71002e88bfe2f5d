#include "dockerfile/lint.hpp"

#include "base/text.hpp"
#include "dockerfile/lines.hpp"
#include "dockerfile/lint_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gantry::dockerfile {

namespace {

constexpr std::uint64_t kManyBytes = 100'000'000;
constexpr std::uint64_t kManyFiles = 10'000;

constexpr Rule kLintRules[] = {
    {"AddInsteadOfCopy", "ADD is for archives and URLs; COPY takes files as they are"},
    {"CacheHostileOrder", "Dependencies are installed before the whole source is copied"},
    {"HugeContext", "The context holds what the build needs and no more"},
    {"LatestTag", "Base images are named with a tag that is not latest, or with a digest"},
    {"OwnershipInNewLayer", "Owner and mode are given as files are copied, not changed in another layer"},
    {"PackageListsLeft", "Lists and caches of package managers are not left in a layer"},
    {"PackageUpdateAlone", "Lists of packages are updated where packages are installed"},
    {"RootUser", "The image's user is not root"},
    {"SecretInLayer", "Secrets are in no layer, not even in one that a later one hides"},
};

/// A separator of commands is no part of a word.
bool is_word_end(char c) { return is_blank(c) || std::string_view(";&|()\"'").contains(c); }

std::vector<std::string_view> shell_words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && !is_word_end(text[at])) continue;
    if (at > begin) words.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  return words;
}

void lint_context(const ContextSize& context, std::vector<Finding>& found) {
  if (context.bytes < kManyBytes && context.files < kManyFiles) return;
  found.push_back({lint_rule("HugeContext"),
                   fmt::format("the context has {} files with {}", context.files, human_size(context.bytes)),
                   context.has_ignore_file ? "leave out more of it in the ignore file"
                                           : "leave out what no COPY needs in a .dockerignore",
                   {}});
}

}  // namespace

std::span<const Rule> lint_rules() { return kLintRules; }

const Rule* lint_rule(std::string_view name) { return std::ranges::find(kLintRules, name, &Rule::name); }

std::string text_of(const Command& command) {
  auto text = join(command.words, " ");
  for (const auto& heredoc : command.heredocs) text += "\n" + heredoc.content;
  return text;
}

bool has_phrase(std::string_view text, std::string_view phrase) {
  const auto words = shell_words(text);
  const auto wanted = shell_words(phrase);
  return !std::ranges::search(words, wanted).empty();
}

std::vector<Finding> lint(const Dockerfile& file, const LintInputs& inputs) {
  std::vector<Finding> found;
  lint_images(file, found);
  lint_packages(file, found);
  lint_secrets(file, found);
  lint_order(file, found);
  if (inputs.context) lint_context(*inputs.context, found);
  return sorted_findings(std::move(found), file.directives);
}

}  // namespace gantry::dockerfile
