#pragma once

#include "transfer/origin.hpp"
#include "transfer/target.hpp"

#include <memory>
#include <string>

namespace gantry::remote {

// The images of the Docker daemon of this machine, which is asked over its socket ($DOCKER_HOST, or
// /var/run/docker.sock). `name` is a name or an id. `tmp` is a folder for the whole image, as the daemon gives and
// takes it in one piece.

/// Code::not_found when it has no such image.
Result<std::unique_ptr<transfer::Origin>> open_docker_daemon(const std::string& name, const std::string& tmp);
Result<std::unique_ptr<transfer::Target>> make_docker_daemon_target(const std::string& name, const std::string& tmp);

}  // namespace gantry::remote
