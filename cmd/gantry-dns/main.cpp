#include "dns/program.hpp"

int main(int argc, char** argv) { return gantry::dns::run_dns({argv, static_cast<std::size_t>(argc)}); }
