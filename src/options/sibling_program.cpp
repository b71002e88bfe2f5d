#include "options/sibling_program.hpp"

#include "options/program.hpp"

namespace gantry::options {

int run_sibling(const Command& root, int argc, char** argv) {
  Globals globals;
  return run_program({.root = root, .globals = &globals, .ready = configure_log},
                     {argv, static_cast<std::size_t>(argc)});
}

}  // namespace gantry::options
