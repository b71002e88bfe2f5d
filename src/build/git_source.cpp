#include "build/git_source.hpp"

#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "linux/path.hpp"

#include <unistd.h>

#include <algorithm>

namespace gantry::build {

namespace {

bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return text.starts_with(prefix); });
}

/// "user@host:path", as ssh(1) has it.
bool is_scp_form(std::string_view url) {
  const auto at = url.find('@'), colon = url.find(':'), slash = url.find('/');
  return at != url.npos && colon != url.npos && at < colon && (slash == url.npos || colon < slash) && at > 0;
}

bool is_git_url(std::string_view url) {
  if (begins_with_any(url, {"git://", "ssh://"}) || is_scp_form(url)) return true;
  return begins_with_any(url, {"http://", "https://"}) && cut(url, '?').before.ends_with(".git");
}

/// git(1) with nothing that the repository, or a question, could get in its way with.
class Git {
 public:
  explicit Git(std::string folder) : folder_(std::move(folder)) {
    for (char** word = environ; *word != nullptr; ++word)
      if (!std::string_view(*word).starts_with("GIT_")) environment_.emplace_back(*word);
    environment_.insert(environment_.end(), {"GIT_TERMINAL_PROMPT=0", "GIT_ALLOW_PROTOCOL=https:http:git:ssh",
                                             "GIT_SSH_COMMAND=ssh -o BatchMode=yes", "LC_ALL=C.UTF-8"});
  }

  Result<std::string> run(std::vector<std::string> words) const {
    gantry::Command command{
        .argv = {"git", "-C", folder_, "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c",
                 "advice.detachedHead=false", "-c", "init.defaultBranch=main", "-c", "gc.auto=0"},
        .environment = environment_,
        .directory = {}};
    std::ranges::move(words, std::back_inserter(command.argv));
    auto out = command_output(command);
    if (!out && out.error().code() == Code::no_command) return std::move(out.error()).with_cure("install git");
    return out;
  }

 private:
  std::string folder_;
  std::vector<std::string> environment_;
};

/// By whatever name the ref is known after all of them have come.
Result<std::string> resolve(const Git& git, const GitSource& source) {
  for (const std::string& name : {source.ref, "refs/remotes/origin/" + source.ref}) {
    auto known = git.run({"rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"});
    if (known) return std::string(trim(*known));
  }
  return fail(Code::not_found, "{} has no branch, tag or commit '{}'", source.url, source.ref);
}

/// The commit that is wanted, alone where the server gives it so; else out of all that there is.
Result<> fetch(const Git& git, const GitSource& source) {
  const std::string ref = source.ref.empty() ? "HEAD" : source.ref;
  std::vector<std::string> words{"fetch", "--quiet", "--no-tags", "--depth=1", "--", source.url, ref};
  auto fetched = git.run(words);
  if (!fetched) {
    std::erase(words, "--depth=1");
    fetched = git.run(words);
  }
  std::string commit = "FETCH_HEAD";
  if (!fetched) {
    TRY(with_context(git.run({"fetch", "--quiet", "--tags", "--", source.url, "+refs/heads/*:refs/remotes/origin/*"}),
                     "fetch {}", source.url));
    commit = TRY(resolve(git, source));
  }
  TRY(git.run({"checkout", "--quiet", "--force", "--detach", commit}));
  return {};
}

Result<std::string> find_commit(const Git& git, const GitSource& source, const std::string& wanted) {
  std::string commit(trim(TRY(git.run({"rev-parse", "HEAD"}))));
  constexpr std::size_t kLeast = 7;
  if (wanted.empty() || (wanted.size() >= kLeast && commit.starts_with(wanted))) return commit;
  return fail(Code::corrupt, "{} is at commit {}, not {}", source.url, commit, wanted)
      .with_cure("find out why; write the new one if it is right");
}

}  // namespace

std::optional<GitSource> parse_git_source(std::string_view text) {
  const auto [url, fragment, has_fragment] = cut(text, '#');
  GitSource source;
  if (is_git_url(url)) source.url = url;
  else if (url.starts_with("github.com/")) source.url = "https://" + std::string(url);
  else return {};
  const auto [ref, folder, has_folder] = cut(fragment, ':');
  source.ref = ref;
  source.folder = linux::clean_path("/" + std::string(folder)).substr(1);
  return source;
}

Result<std::string> check_out(const GitSource& source, const GitRules& rules, const std::string& folder) {
  if (source.url.find('?') != std::string::npos)
    return fail(Code::unsupported, "'{}' has a query", source.url).with_cure("write #REF:FOLDER behind the URL");
  const Git git(folder);
  TRY(git.run({"init", "--quiet"}));
  TRY(fetch(git, source));
  auto commit = TRY(find_commit(git, source, rules.commit));
  if (path_exists(folder + "/.gitmodules"))
    TRY(with_context(git.run({"submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"}), "{}",
                     source.url));
  if (!rules.keeps_history) TRY(remove_tree(folder + "/.git"));
  return commit;
}

}  // namespace gantry::build
