#pragma once

#include "registry/api.hpp"
#include "registry/audit.hpp"
#include "registry/events.hpp"
#include "registry_cli/jobs.hpp"
#include "registry_cli/serve_settings.hpp"

#include <memory>

namespace gantry::registry_cli {

/// What a registry does with other servers, besides answering: copies of other registries and in
/// them, and telling others what happens. It works for as long as the object lives.
class Others {
 public:
  virtual ~Others() = default;
  /// What answers in the place of the API.
  virtual registry::Backend& backend() = 0;
  /// `audit` hears what was copied, and outlives `jobs`.
  virtual void add_jobs(Jobs& jobs, const registry::Audit& audit) = 0;
  /// Keeps in mind that somebody has to be told.
  virtual void tell(const registry::Event& event) = 0;
};

/// Null: there is nothing to do. Code::invalid names what cannot be done; Code::unsupported, that this program was
/// built without a client for registries. `folder` is that of the storage.
Result<std::unique_ptr<Others>> make_others(const ServeArguments& arguments, registry::Api& api,
                                            registry::Storage& storage, const std::string& folder);
/// The same errors, without doing anything.
Result<> check_others(const ServeArguments& arguments);

}  // namespace gantry::registry_cli
