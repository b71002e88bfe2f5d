// What makes builds slow and images large.

#include "base/text.hpp"
#include "dockerfile/lint_rules.hpp"
#include "dockerfile/patterns.hpp"
#include "dockerfile/show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace gantry::dockerfile {

namespace {

/// What fetches dependencies that a small file lists, and that file.
struct Fetcher {
  std::string_view phrase;
  std::string_view list;
};
constexpr Fetcher kFetchers[] = {
    {"npm install", "package*.json"},
    {"npm ci", "package*.json"},
    {"yarn install", "package.json yarn.lock"},
    {"pnpm install", "package.json pnpm-lock.yaml"},
    {"pip install -r", "requirements.txt"},
    {"pip3 install -r", "requirements.txt"},
    {"poetry install", "pyproject.toml poetry.lock"},
    {"go mod download", "go.mod go.sum"},
    {"bundle install", "Gemfile*"},
    {"composer install", "composer.*"},
    {"cargo fetch", "Cargo.*"},
    {"dotnet restore", "*.csproj"},
    {"mvn dependency:go-offline", "pom.xml"},
    {"apt-get install", ""},
    {"apk add", ""},
    {"dnf install", ""},
};

constexpr std::array<std::string_view, 12> kArchives = {".tar",  ".tar.gz",  ".tgz",  ".tar.xz", ".txz", ".tar.bz2",
                                                        ".tbz2", ".tar.zst", ".tzst", ".tbz",    ".gz",  ".xz"};

bool takes_all(const Copy& copy) {
  return copy.from.empty() && std::ranges::any_of(copy.transfer.sources, [](const std::string& source) {
           const auto path = clean_path("/" + source);
           return path == "/" || path == "/*";
         });
}

bool is_plain_file(std::string_view source) {
  if (source.find("://") != source.npos || source.starts_with("git@") || source.find('$') != source.npos) return false;
  return std::ranges::none_of(kArchives, [&](std::string_view end) { return source.ends_with(end); });
}

/// A stage, from its top.
class OrderChecks {
 public:
  explicit OrderChecks(std::vector<Finding>& found) : found_(found) {}

  void look_at(const Instruction& one) {
    if (const auto* copy = std::get_if<Copy>(&one.operation)) {
      has_files_ = has_files_ || copy->from.empty();
      if (takes_all(*copy) && !has_all_) has_all_ = one.at;
    }
    if (const auto* add = std::get_if<Add>(&one.operation)) look_at_add(*add, one.at);
    if (const auto* run = std::get_if<Run>(&one.operation)) look_at_run(*run, one.at);
  }

 private:
  void look_at_add(const Add& add, const Position& at) {
    has_files_ = true;
    if (!add.checksum.empty() || add.unpacks || add.transfer.sources.empty()) return;
    if (!std::ranges::all_of(add.transfer.sources, is_plain_file)) return;
    found_.push_back({lint_rule("AddInsteadOfCopy"),
                      quoted(add.transfer.sources.front()) + " is neither an archive nor a URL", "write COPY", at});
  }

  void look_at_run(const Run& run, const Position& at) {
    const auto text = text_of(run.command);
    if (has_files_ && (has_phrase(text, "chown -R") || has_phrase(text, "chmod -R"))) {
      found_.push_back({lint_rule("OwnershipInNewLayer"), "the files that are changed are in the image twice",
                        "copy them with COPY --chown=… or --chmod=…", at});
    }
    if (!has_all_) return;
    for (const auto& fetcher : kFetchers) {
      if (!has_phrase(text, fetcher.phrase)) continue;
      found_.push_back({lint_rule("CacheHostileOrder"),
                        fmt::format("whatever changes in the context, {} runs again: it is behind the COPY on line {}",
                                    quoted(fetcher.phrase), has_all_->line),
                        fetcher.list.empty()
                            ? std::string("move it above that COPY")
                            : fmt::format("COPY {} first, run it, and copy the rest then", fetcher.list),
                        at});
      return;
    }
  }

  std::vector<Finding>& found_;
  bool has_files_ = false;
  std::optional<Position> has_all_;  ///< the COPY of the whole context
};

}  // namespace

void lint_order(const Dockerfile& file, std::vector<Finding>& found) {
  for (const auto& stage : file.stages) {
    OrderChecks checks(found);
    for (const auto& one : stage.instructions) checks.look_at(one);
  }
}

}  // namespace gantry::dockerfile
