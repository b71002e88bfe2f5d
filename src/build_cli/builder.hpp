#pragma once

#include "build/working_container.hpp"
#include "build_cli/build_options.hpp"
#include "options/globals.hpp"
#include "store/store.hpp"

#include <functional>
#include <string>

namespace gantry::build_cli {

/// What the commands of `gantry builder` work with.
struct Builder {
  const store::Store& store;
  const options::Globals& globals;
  options::Folders folders;
};

/// Opens the store and does `work`, which tells the command's status; for an ordinary user as root of a user namespace.
Result<int> with_builder(const options::Globals& globals, const std::function<Result<int>(const Builder&)>& work);

/// What steps have in common.
Result<build::Settings> make_settings(const Builder& builder, const BuildSettings& given);

/// A line of the history, and with it a record that is saved.
Result<> note_step(build::WorkingContainer& container, const std::string& text);

}  // namespace gantry::build_cli
