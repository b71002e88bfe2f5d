#pragma once

#include "base/fd.hpp"

#include <string_view>

namespace gantry::linux {

/// A file in memory (memfd_create(2)) with `data`, read from the start.
Result<Fd> make_memory_file(const char* name, std::string_view data);

/// A copy of a program in memory that nobody can write to (sealed). Executing it leaves no way from /proc/<pid>/exe to
/// a file of the host (CVE-2019-5736).
Result<Fd> make_sealed_program(const std::string& path);

}  // namespace gantry::linux
