#include "cli/program.hpp"

int main(int argc, char** argv) { return gantry::cli::run_gantry({argv, static_cast<std::size_t>(argc)}); }
