#pragma once

#include "base/result.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::build {

struct Owner {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

/// "user", "user:group" with names or numbers: names by those files of the image. A number alone is the group's too,
/// as COPY --chown has it.
Result<Owner> parse_owner(std::string_view text, std::string_view passwd, std::string_view group);

/// The permission bits that "755" or "u=rwX,go=rX" gives to what has `mode`: octal, or as chmod(1) has it.
Result<mode_t> change_mode(std::string_view text, mode_t mode, bool is_folder);

}  // namespace gantry::build
