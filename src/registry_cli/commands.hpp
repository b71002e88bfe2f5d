#pragma once

#include "options/command.hpp"
#include "options/globals.hpp"

namespace gantry::registry_cli {

using options::Command;
using options::Globals;

extern const Command kBackup;
extern const Command kClean;
extern const Command kFsck;
extern const Command kGc;
extern const Command kProject;
extern const Command kRobot;
extern const Command kServe;
extern const Command kUser;

}  // namespace gantry::registry_cli
