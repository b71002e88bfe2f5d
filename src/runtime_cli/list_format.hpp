#pragma once

#include "runtime_cli/context.hpp"

namespace gantry::runtime_cli {

/// How `list` and `ps` print.
enum class ListFormat { table, json };
inline constexpr options::Choice<ListFormat> kListFormats[] = {{"table", ListFormat::table},
                                                               {"json", ListFormat::json}};

}  // namespace gantry::runtime_cli
