#pragma once

#include "base/result.hpp"

#include <string>

namespace gantry::sql {

/// Makes a copy of a database file (mode 0600), as it is at one moment, while others read and write it. What `to` was
/// before is replaced in one step; nobody may have it open. Code::corrupt: `from` is no database.
Result<> copy_database(const std::string& from, const std::string& to);

}  // namespace gantry::sql
