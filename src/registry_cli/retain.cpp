#include "registry_cli/retain.hpp"

#include "accounts/accounts.hpp"
#include "base/file.hpp"
#include "registry/collect.hpp"

#include <algorithm>

namespace gantry::registry_cli {

namespace {

constexpr std::int64_t kGrace = 3600 * kSecond;
constexpr std::uint64_t kPage = 1000;
constexpr const char* kActor = "retention";

bool is_about(const RetentionSetting& setting, const std::string& repository) {
  return std::ranges::any_of(setting.repositories,
                             [&](const auto& each) { return accounts::matches_pattern(each, repository); });
}

Result<std::vector<retention::Image>> images_of(registry::Storage& storage, const std::string& repository) {
  std::vector<retention::Image> images;
  for (auto& image : TRY(storage.metadata->images(repository)))
    images.push_back(
        {std::move(image.digest), image.time, std::move(image.tags), std::move(image.parts), std::move(image.subject)});
  return images;
}

/// False: it stays, as a tag of it is protected or has come meanwhile.
Result<bool> remove_image(const Retained& retained, const std::string& repository, const retention::Image& image,
                          const accounts::Project* project) {
  auto stays = [&](std::string_view tag) {
    return std::ranges::find(image.tags, tag) == image.tags.end() || (project != nullptr && project->protects(tag));
  };
  auto removed = retained.storage.metadata->remove_manifest(repository, image.digest, stays);
  if (!removed && removed.error().code() == Code::unsupported) return false;
  return removed;
}

void tell(const Retained& retained, const std::string& repository, const retention::Image& image) {
  if (!retained.notify) return;
  registry::Event event{registry::Event::Kind::remove, repository, "", image.digest.text(), kActor};
  if (image.tags.empty()) retained.notify(event);
  for (const auto& tag : image.tags) {
    event.tag = tag;
    retained.notify(event);
  }
}

Result<std::size_t> retain_in(const Retained& retained, const std::string& repository, const RetentionSetting& setting,
                              const accounts::Directory* directory) {
  const auto rule = TRY(rule_of(setting));
  const auto* project = directory != nullptr ? directory->project_of(repository) : nullptr;
  std::size_t count = 0;
  for (const auto& image : retention::expired(TRY(images_of(retained.storage, repository)), rule, now())) {
    if (setting.dry_run) {
      retained.log("would go: " + label_of(repository, image));
      continue;
    }
    if (!TRY(remove_image(retained, repository, image, project))) continue;
    retained.api.forget_answers();
    retained.log("removed " + label_of(repository, image));
    tell(retained, repository, image);
    ++count;
  }
  return count;
}

}  // namespace

Result<std::unique_ptr<accounts::Directory>> read_directory(const std::string& folder) {
  const std::string path = folder + "/accounts.db";
  if (!path_exists(path)) return std::unique_ptr<accounts::Directory>();
  const auto all = TRY(accounts::Accounts::open(path));
  return std::make_unique<accounts::Directory>(TRY(all->read()));
}

Result<retention::Rule> rule_of(const RetentionSetting& setting) {
  retention::Rule rule{.keep_last = setting.keep_last,
                       .older_than = setting.older_than,
                       .tags = setting.tags,
                       .keep = setting.keep,
                       .untagged = setting.untagged};
  if (rule.is_about_tags() || (rule.untagged && rule.tags.empty() && rule.keep.empty())) return rule;
  return fail(Code::invalid, "nothing goes by a rule that says neither how many tags stay nor how old they get")
      .with_cure("add keep-last or older-than");
}

std::string label_of(const std::string& repository, const retention::Image& image) {
  std::string label;
  for (const auto& tag : image.tags) label += fmt::format("{}{}:{}", label.empty() ? "" : " ", repository, tag);
  return label.empty() ? fmt::format("{}@{}", repository, image.digest.text())
                       : fmt::format("{} ({})", label, image.digest.text());
}

Result<> retain(const Retained& retained, const RetentionSetting& setting) {
  const auto directory = TRY(read_directory(retained.folder));
  std::size_t removed = 0;
  registry::Page page{.names = {}, .more = true};
  while (page.more) {
    const std::string last = page.names.empty() ? "" : page.names.back();
    page = TRY(retained.storage.metadata->repositories(last, kPage, [](std::string_view) { return true; }));
    for (const auto& repository : page.names)
      if (is_about(setting, repository)) removed += TRY(retain_in(retained, repository, setting, directory.get()));
  }
  if (removed > 0) TRY(registry::collect(retained.storage, {.before = now() - kGrace}));
  return {};
}

}  // namespace gantry::registry_cli
