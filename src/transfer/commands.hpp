#pragma once

#include "options/command.hpp"
#include "options/globals.hpp"
#include "store/store.hpp"

#include <functional>

namespace gantry::transfer {

using options::Command;
using options::Globals;

extern const Command kLoad;
extern const Command kSave;
extern const Command kImport;
extern const Command kBootstrap;

/// Opens the store and does `work`. For an ordinary user both happen as root of a user namespace, where files can get
/// the owners that an image gives them.
Result<> with_store(const Globals& globals, const std::function<Result<>(const store::Store&)>& work);

}  // namespace gantry::transfer
