#pragma once

#include <span>

namespace gantry::systemd {

/// The program gantry-systemd: one request to systemd, for gantry-runtime, which is static and cannot link libsystemd.
///
///     start UNIT PROPERTY…    makes a scope and stays as its first process until stdin ends; answers its cgroup
///     set UNIT PROPERTY…
///     attach UNIT PID
///     stop UNIT
///
/// The answer is all of stdout: "ok " and the result, or an Error as pack_error() has it.
int run_systemd(std::span<char* const> argv);

}  // namespace gantry::systemd
