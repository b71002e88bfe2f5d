#pragma once

#include <string_view>

namespace gantry::registry_web {

// The files below assets/, as the build has put them in (cmake/Assets.cmake).
extern const std::string_view kPageHtml;
extern const std::string_view kPageCss;
extern const std::string_view kPageJs;

}  // namespace gantry::registry_web
