// Before everything in a unity build, in which several sources are compiled as one. These names every command's source has
// for itself, always with the same meaning; here each gets its own.
#pragma once

#define GANTRY_JOIN_NOW(name, source) name##source
#define GANTRY_JOIN(name, source) GANTRY_JOIN_NOW(name, source)
#define kOptions GANTRY_JOIN(kOptions_, GANTRY_SOURCE_ID)
#define kGroups GANTRY_JOIN(kGroups_, GANTRY_SOURCE_ID)
#define kExamples GANTRY_JOIN(kExamples_, GANTRY_SOURCE_ID)
#define kColumns GANTRY_JOIN(kColumns_, GANTRY_SOURCE_ID)
#define kCommands GANTRY_JOIN(kCommands_, GANTRY_SOURCE_ID)
