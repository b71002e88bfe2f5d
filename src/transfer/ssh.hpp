#pragma once

#include "transfer/origin.hpp"
#include "transfer/target.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace gantry::transfer {

/// An image of Gantry's on another machine, which ssh(1) leads to: "[USER@]HOST[:PORT]/NAME". What is needed there is
/// the program gantry and nothing that listens.
struct SshPlace {
  std::string host;   ///< with the user, as ssh takes it
  std::string port;   ///< empty: as ssh is configured
  std::string image;  ///< name or id
};
Result<SshPlace> parse_ssh_place(std::string_view text);

/// Fetches the image into a file of `tmp`. Errors of ssh and of the other gantry are passed on.
Result<std::unique_ptr<Origin>> open_ssh_origin(const SshPlace& place, const std::string& tmp);
/// Sends an image as it comes; it is there when it has come whole.
Result<std::unique_ptr<Target>> make_ssh_target(const SshPlace& place, const std::string& tmp);

}  // namespace gantry::transfer
