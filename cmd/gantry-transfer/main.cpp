#include "transfer/commands.hpp"

int main(int argc, char** argv) { return gantry::transfer::run_transfer({argv, static_cast<std::size_t>(argc)}); }
