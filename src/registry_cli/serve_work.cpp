#include "registry_cli/serve_work.hpp"

#include "base/text.hpp"
#include "registry_cli/retain.hpp"

namespace gantry::registry_cli {

namespace {

/// A rule that was changed is another one, and is looked at again at once.
std::string key_of(const RetentionSetting& setting) {
  return fmt::format("retention|{}|{}|{}|{}|{}|{}|{}", join(setting.repositories, " "), setting.keep_last.value_or(-1),
                     setting.older_than, join(setting.tags, " "), join(setting.keep, " "), setting.untagged,
                     setting.dry_run);
}

}  // namespace

Result<> ServeWork::check(const ServeArguments& arguments) {
  for (const auto& setting : arguments.retention) {
    if (setting.repositories.empty())
      return fail(Code::invalid, "retention: a rule does not say about which repositories it is")
          .with_cure("repositories: 'team/*'");
    TRY(with_context(rule_of(setting), "retention"));
    if (setting.every < kSecond)
      return fail(Code::invalid, "retention: once a second is the most often that a rule is looked at");
  }
  if (arguments.read_only && !arguments.retention.empty())
    return fail(Code::invalid, "retention: a read-only registry removes nothing").with_cure("drop one of them");
  return check_others(arguments);
}

Result<> ServeWork::check_none(const ServeArguments& arguments) {
  if (arguments.cache.empty() && arguments.retention.empty() && arguments.webhooks.empty() &&
      arguments.replication.empty())
    return {};
  return fail(Code::invalid, "--from-store serves what this host's store has: there are no copies and no rules in it")
      .with_cure("drop it, or the lists in the file");
}

Result<std::unique_ptr<ServeWork>> ServeWork::make(const ServeArguments& arguments, registry::Api& api,
                                                   registry::Storage& storage, const std::string& folder) {
  TRY(check(arguments));
  auto others = TRY(make_others(arguments, api, storage, folder));
  return std::unique_ptr<ServeWork>(new ServeWork(arguments, api, storage, folder, std::move(others)));
}

registry::Backend& ServeWork::backend() { return others_ ? others_->backend() : api_; }

registry::EventListener ServeWork::listener() {
  if (!others_) return {};
  return [this](const registry::Event& event) { others_->tell(event); };
}

void ServeWork::add_retention(const RetentionSetting& setting, const registry::Audit& audit) {
  auto log = [&audit](const std::string& text) {
    audit.note(accounts::Change{.time = now(), .actor = "retention", .text = text});
  };
  jobs_->add({.name = "retention of " + join(setting.repositories, " "),
              .every = setting.every,
              .work =
                  [this, &setting, log] {
                    return retain({storage_, api_, folder_, listener(), log}, setting);
                  },
              .key = key_of(setting)});
}

void ServeWork::start(const registry::Audit& audit) {
  jobs_ = std::make_unique<Jobs>(*storage_.metadata);
  if (others_) others_->add_jobs(*jobs_, audit);
  for (const auto& setting : arguments_.retention) add_retention(setting, audit);
  jobs_->start();
}

}  // namespace gantry::registry_cli
