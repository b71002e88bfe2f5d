#pragma once

#include "options/command.hpp"
#include "options/globals.hpp"

// The commands about images wherever they are, one file each.

namespace gantry::image_cli {

using options::Command;
using options::Globals;

// that look at images
extern const Command kArtifact, kBlob, kCat, kCatalog, kDigest, kExtract, kFind, kImageInspect, kLayers, kLock, kSearch,
    kSync, kTags, kValidate;
// that change images
extern const Command kAppend, kConfig, kFlatten, kInsert, kManifest, kRebase, kRepack, kSquash, kUnpack;

}  // namespace gantry::image_cli
