#pragma once

#include "registry/api.hpp"
#include "registry_cli/serve_settings.hpp"

#include <memory>

namespace gantry::registry_cli {

/// What a registry does with others, besides answering: copies of them. It works for as long as the object lives.
class ServeWork {
 public:
  virtual ~ServeWork() = default;
  /// What answers in the place of the API.
  virtual registry::Backend& backend() = 0;
};

/// Null: there is nothing to do. Code::invalid names what cannot be done; Code::unsupported, that this program was
/// built without a client for registries.
Result<std::unique_ptr<ServeWork>> make_work(const ServeArguments& arguments, registry::Api& api,
                                             registry::Storage& storage);
/// The same errors, without doing anything.
Result<> check_work(const ServeArguments& arguments);

}  // namespace gantry::registry_cli
