#pragma once

#include "engine/engine.hpp"
#include "engine/network_files.hpp"
#include "engine/records.hpp"
#include "net/connections.hpp"
#include "net/network.hpp"

#include <span>
#include <string>

// What the names of containers on bridges are, and who is told.

namespace gantry::engine {

/// Where gantry-dns finds names.
std::string names_folder(const Settings& settings);

/// Makes a container known on a network, where that has DNS, and starts the server if none runs.
Result<> publish_names(const Settings& settings, const Record& record, const net::Network& network,
                       const net::Attachment& attachment);
Result<> withdraw_names(const Settings& settings, const std::string& id, const std::string& network);

/// For the files of a container on bridges. `networks` and `attachments` go together.
NetworkFacts bridge_facts(std::span<const net::Network> networks, std::span<const net::Attachment> attachments);

}  // namespace gantry::engine
