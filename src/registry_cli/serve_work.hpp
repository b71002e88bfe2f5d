#pragma once

#include "registry/audit.hpp"
#include "registry_cli/others.hpp"

#include <memory>
#include <string>

namespace gantry::registry_cli {

/// What a registry does besides answering: copies of other registries, and rules about what stays.
class ServeWork {
 public:
  /// `folder` is that of the storage.
  static Result<std::unique_ptr<ServeWork>> make(const ServeArguments& arguments, registry::Api& api,
                                                 registry::Storage& storage, const std::string& folder);
  /// The same errors, without doing anything.
  static Result<> check(const ServeArguments& arguments);
  /// That there is nothing to do where the images are not this registry's own.
  static Result<> check_none(const ServeArguments& arguments);

  /// What answers requests.
  registry::Backend& backend();
  registry::EventListener listener();
  /// From start() to stop() it works; `audit` outlives that.
  void start(const registry::Audit& audit);
  void stop() { jobs_.reset(); }

 private:
  ServeWork(const ServeArguments& arguments, registry::Api& api, registry::Storage& storage, std::string folder,
            std::unique_ptr<Others> others)
      : arguments_(arguments), api_(api), storage_(storage), folder_(std::move(folder)), others_(std::move(others)) {}
  void add_retention(const RetentionSetting& setting, const registry::Audit& audit);

  const ServeArguments& arguments_;
  registry::Api& api_;
  registry::Storage& storage_;
  std::string folder_;
  std::unique_ptr<Others> others_;
  std::unique_ptr<Jobs> jobs_;
};

}  // namespace gantry::registry_cli
