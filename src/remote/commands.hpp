#pragma once

#include "options/command.hpp"
#include "options/globals.hpp"

namespace gantry::remote {

using options::Command;
using options::Globals;

extern const Command kCopy;
extern const Command kDownload;
extern const Command kLogin;
extern const Command kLogout;
extern const Command kPull;
extern const Command kPush;

}  // namespace gantry::remote
