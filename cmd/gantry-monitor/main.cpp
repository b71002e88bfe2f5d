#include "aftermath.hpp"
#include "monitor.hpp"
#include "order.hpp"
#include "process.hpp"
#include "restart.hpp"
#include "tiny/fd.hpp"
#include "tiny/text.hpp"

#include <cerrno>
#include <cstring>

namespace {

constexpr int kExitFailed = 125;

int fail(const char* what) {
  gantry::tiny::say("gantry-monitor: cannot ", what, ": ", strerror(errno));
  return kExitFailed;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace gantry::monitor;
  if (argc == 2 && std::string_view(argv[1]) == "--version") {
    return gantry::tiny::write_all(1, "gantry-monitor version " GANTRY_VERSION "\n") ? 0 : 1;
  }
  if (argc < 2) {
    gantry::tiny::say("gantry-monitor: no order given (gantry starts it for each container)");
    return kExitFailed;
  }
  Order order;
  if (!read_order(argv[1], order)) return kExitFailed;
  if (!close_others(order.head)) return fail("close the descriptors of its caller");
  if (!detach()) return fail("leave its caller");
  int oom_score = protect_from_oom();

  Monitor monitor;
  Restart restart(order.head);
  if (!monitor.open(order.head, order.probe, oom_score)) return fail("watch the container");
  monitor.serve_until_init_ends();
  monitor.drain_output();
  bool again = restart.plan(monitor.children());  // before the record, so that who sees the end knows what follows
  monitor.record_exit();                          // before it is announced, so that who hears of it finds the record
  monitor.announce_exit();
  bool left_to_us = again ? restart.wait() : !monitor.wait_for_take_over() && !is_cleaned_up(order.head.run_fd);
  if (left_to_us) run_cleanup(order.command, oom_score);
  return 0;
}
