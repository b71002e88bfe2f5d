#pragma once

#include "net/graft.hpp"

#include <vector>

namespace gantry::net {

/// Receives one listen(2) and answers it: with a socket of the host for a published port, else by listening on the
/// caller's own socket in its stead.
Result<> answer_listen(const Fd& listener, std::vector<Graft>& grafts);

}  // namespace gantry::net
