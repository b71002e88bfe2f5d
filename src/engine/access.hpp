#pragma once

#include "base/file.hpp"
#include "engine/engine.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

// A container's files from outside of it: for commands that copy and commit them.

namespace gantry::engine {

/// Where what a container has written is.
struct Written {
  std::string folder;
  bool whole = false;  ///< all of its files are there, and Engine::diff() tells which it has written; else nothing else
};
Result<Written> written(Engine& engine, const std::string& id);
/// Bytes of it. Takes the right to mount where all files are in one folder; without it nothing is counted.
std::uint64_t written_size(Engine& engine, const std::string& id);
/// Bytes that all of its files take on disk and that go with it. What it shares with others by a snapshot is not among
/// them.
std::uint64_t disk_size(Engine& engine, const std::string& id);

/// The root of a container's files, to read and write. What is mounted there is there only while it runs.
struct FileAccess {
  Fd root;
  std::optional<Lock> lock;  ///< of one that does not run: it cannot be started meanwhile
  uid_t uid = 0;             ///< whom its first process runs as, as the caller sees it; of one that does not run: root
  gid_t gid = 0;
};
/// Of a container that does not run it takes the right to mount, as store::open_merged() does.
Result<FileAccess> access_files(Engine& engine, const std::string& name);

/// Tells of what has been done with a container.
void report(Engine& engine, const Container& container, std::string_view what);

}  // namespace gantry::engine
