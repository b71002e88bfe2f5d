#pragma once

#include "wire/monitor.hpp"

namespace gantry::monitor {

struct Order {
  wire::MonitorOrder head;
  char words[wire::kMaxCommand];                   ///< the cleanup command as it came
  char* command[wire::kMaxCommandWords + 1] = {};  ///< its argv, ended by nullptr; command[0] is nullptr without one
  char probe_words[wire::kMaxCommand];             ///< the same of the health check
  char* probe[wire::kMaxCommandWords + 1] = {};
};

/// Reads and checks the order; false after a sentence on stderr.
bool read_order(const char* descriptor, Order& order);

/// Closes all descriptors above 2 that the order does not name: one end of a pipe, held here by accident, would keep
/// its reader waiting for ever.
bool close_others(const wire::MonitorOrder& order);

}  // namespace gantry::monitor
