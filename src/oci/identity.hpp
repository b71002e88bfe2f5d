#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::oci {

/// Who a process runs as.
struct Identity {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;  ///< supplementary, without doubles
  std::string home = "/";
};

/// Docker's rules for USER and --user: "user", "uid", "user:group", "uid:gid"; empty is root. A name wins over a
/// number. Without a group the user's own group and the groups that list the user count; an explicit group stands
/// alone. An unknown uid has gid 0. `passwd` and `group` are those files of the container; lines that do not parse
/// are passed over. Code::invalid for what is neither a known name nor an id below 2³²-1.
Result<Identity> resolve_user(std::string_view user, std::span<const std::string> further_groups,
                              std::string_view passwd, std::string_view group);

}  // namespace gantry::oci
