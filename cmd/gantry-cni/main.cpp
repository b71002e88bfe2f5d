#include "cni_plugin/program.hpp"

int main() { return gantry::cni_plugin::run_plugin(); }
