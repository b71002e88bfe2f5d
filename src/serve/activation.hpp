#pragma once

#include "serve/server.hpp"

#include <optional>
#include <string_view>

namespace gantry::serve {

/// The socket that systemd listens on for this program (sd_listen_fds(3)); nothing when it was not started that way.
/// Code::unsupported when there are several. Takes it out of the environment: call it once.
Result<std::optional<Listener>> activated_listener();

/// Tells systemd how it goes (sd_notify(3)), as in "READY=1"; does nothing when nobody wants to know.
void notify_systemd(std::string_view state);

}  // namespace gantry::serve
