#pragma once

#include "options/command.hpp"

// Every command, one file each; program.cpp makes the tree of them.

namespace gantry::cli {

using options::Command;

// of containers
extern const Command kAttach, kCreate, kDiff, kExec, kExport, kInspect, kKill, kLogs, kPs, kRm, kRun, kStart, kStop,
    kWait;
extern const Command kCommit, kCp, kEvents, kHealthcheck, kPause, kPod, kRename, kRestart, kStats, kTop, kUnpause;
// of images
extern const Command kAppend, kArtifact, kBlob, kBootstrap, kCat, kCatalog, kConfig, kCopy, kDigest, kExtract, kFind,
    kFlatten, kHistory, kImages, kImport, kInsert, kLayers, kLoad, kLock, kLogin, kLogout, kManifest, kPull, kPush,
    kRebase, kRegistry, kRepack, kRmi, kSave, kSearch, kSquash, kSync, kTag, kTags, kUnpack, kUntag, kValidate;
// of networks
extern const Command kNetwork, kNetworkConnect, kNetworkCreate, kNetworkDiagram, kNetworkDisconnect, kNetworkInspect,
    kNetworkLs, kNetworkPrune, kNetworkRm, kPort;
// of the whole
extern const Command kCompletion, kInfo, kVersion;
// of what containers are given
extern const Command kSecret, kVolume, kVolumeLs;
// groups, which hold the above by the names that docker and podman have for them there
extern const Command kContainer, kImage, kSystem;
extern const Command kContainerLs, kContainerPrune, kImageDiff, kImageLs, kImageMount, kImagePrune, kImageRm,
    kImageTree, kImageUnmount, kSystemDf, kSystemPrune;

}  // namespace gantry::cli
