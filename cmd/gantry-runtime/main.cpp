#include "runtime_cli/program.hpp"

int main(int argc, char** argv) {
  return gantry::runtime_cli::run_gantry_runtime({argv, static_cast<std::size_t>(argc)});
}
