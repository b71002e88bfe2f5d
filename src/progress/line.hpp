#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::progress {

/// How far something has come.
struct Advance {
  std::uint64_t done = 0;              ///< bytes
  std::optional<std::uint64_t> whole;  ///< absent: not known before the end
  double speed = 0;                    ///< bytes a second; 0: not known yet
};

/// One line of at most `columns` columns: "Copying blob 1f2e [====>    ] 12.3MB / 45MB  5.1MB/s  0:07". What does not
/// fit is left out: first the bar, then time and speed, at last the end of the label.
std::string bar_line(std::string_view label, const Advance& advance, std::size_t columns);

/// "0:07", "12:34", "1:02:03"; "--:--" from a hundred hours on.
std::string clock_time(double seconds);

/// For the width of a narrow line: "sha256:1f2e3d…" as "1f2e3d4c5b6a".
std::string short_label(std::string_view label);

}  // namespace gantry::progress
