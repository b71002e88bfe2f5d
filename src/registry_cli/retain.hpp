#pragma once

#include "accounts/directory.hpp"
#include "registry/api.hpp"
#include "registry/events.hpp"
#include "registry_cli/rule_settings.hpp"
#include "retention/retention.hpp"

#include <functional>
#include <memory>
#include <string>

namespace gantry::registry_cli {

/// The projects of the registry whose accounts are in `folder`; null: it has none.
Result<std::unique_ptr<accounts::Directory>> read_directory(const std::string& folder);

/// Code::invalid: nothing would ever go by this rule.
Result<retention::Rule> rule_of(const RetentionSetting& setting);

/// The registry that a rule is applied to.
struct Retained {
  registry::Storage& storage;
  registry::Api& api;
  std::string folder;              ///< with the accounts, whose protected tags stay
  registry::EventListener notify;  ///< hears what goes; null: nobody does
  std::function<void(const std::string&)> log;
};

/// Removes what has to go from all repositories that the rule is about, and then the files that nobody needs any more.
Result<> retain(const Retained& retained, const RetentionSetting& setting);

/// "app:1 app:2 (sha256:…)": an image for a log and for users.
std::string label_of(const std::string& repository, const retention::Image& image);

}  // namespace gantry::registry_cli
