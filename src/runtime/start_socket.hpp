#pragma once

#include "runtime/state_folder.hpp"

namespace gantry::runtime {

/// The socket in a container's folder on which its first process waits for start(). Its packets are those of the
/// channel (channel.hpp), so start() learns in the same way how the program's execution went.
Result<Fd> listen_for_start(const StateFolder& folder);
Result<Fd> connect_to_start(const StateFolder& folder);

}  // namespace gantry::runtime
