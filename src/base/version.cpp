#include "base/version.hpp"

namespace gantry {

std::string_view version() { return GANTRY_VERSION; }

}  // namespace gantry
