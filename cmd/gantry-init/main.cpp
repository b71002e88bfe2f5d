#include "alone.hpp"
#include "order.hpp"
#include "tiny/fd.hpp"

// gantry-runtime gives a descriptor's number first, everybody else a command or an option.
int main(int argc, char** argv) {
  int order_fd = argc >= 4 ? gantry::tiny::parse_descriptor(argv[1]) : -1;
  if (order_fd >= 0) return gantry::init::carry_out(order_fd, argv + 2);
  return gantry::init::run_alone(argc > 0 ? argv + 1 : argv);
}
