#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

namespace gantry::engine {

/// Starts a process in a network namespace of its own, which holds that until SIGTERM: a child of nobody here. Its user
/// namespace is a new one with the caller's maps, or that of the process `relative`. `record` takes note of its pid
/// before it goes on without us: if we die earlier, so does it.
Result<pid_t> start_space_holder(const std::string& init, std::optional<pid_t> relative,
                                 const std::function<Result<>(pid_t pid)>& record);

/// Does `work` as root of the namespaces of the process behind `pidfd`, in a child of ours.
Result<std::string> run_in_space(const Fd& pidfd, const std::function<Result<std::string>()>& work);

}  // namespace gantry::engine
