#pragma once

#include <span>

namespace gantry::dns {

/// `gantry-dns FOLDER [PORT]`: serves the networks of a folder (zone.hpp). Returns when it listens, with a process in
/// the background that goes on until no network has members; at once when one serves the folder already.
int run_dns(std::span<char* const> argv);

}  // namespace gantry::dns
