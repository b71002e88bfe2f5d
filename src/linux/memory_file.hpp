#pragma once

#include "base/fd.hpp"

#include <string>
#include <string_view>

namespace gantry::linux {

/// A file in memory (memfd_create(2)) with `data`, read from the start.
Result<Fd> make_memory_file(const char* name, std::string_view data);

/// A copy of a program in memory that nobody can write to (sealed). Executing it leaves no way from /proc/<pid>/exe to
/// a file of the host (CVE-2019-5736).
Result<Fd> make_sealed_program(const std::string& path);

/// Starts this program again, with the same arguments, from a sealed copy of itself, unless it runs from one already.
/// Comes back only then, or with an error. For what enters a container whose processes may look into others.
Result<> run_from_memory();

}  // namespace gantry::linux
