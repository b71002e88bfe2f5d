#include "systemd/program.hpp"

int main(int argc, char** argv) { return gantry::systemd::run_systemd({argv, static_cast<std::size_t>(argc)}); }
