#include "engine/names.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace gantry::engine {

namespace {

constexpr std::array<std::string_view, 96> kAdjectives{
    "able",   "agile",  "airy",   "amber",  "ample",  "apt",    "azure", "balmy",  "bold",    "brave", "breezy",
    "bright", "brisk",  "calm",   "candid", "cheery", "civil",  "clear", "clever", "cosy",    "crisp", "curious",
    "dapper", "daring", "deft",   "eager",  "early",  "earthy", "easy",  "exact",  "fair",    "fleet", "fond",
    "frank",  "free",   "fresh",  "gentle", "glad",   "golden", "grand", "hale",   "handy",   "hardy", "hearty",
    "honest", "humble", "jolly",  "keen",   "kind",   "level",  "light", "lively", "loyal",   "lucid", "lucky",
    "mellow", "merry",  "mild",   "modest", "neat",   "nimble", "noble", "open",   "patient", "plain", "pleased",
    "polite", "prompt", "proud",  "quick",  "quiet",  "rapid",  "ready", "robust", "rosy",    "sage",  "serene",
    "sharp",  "silent", "sleek",  "smooth", "snug",   "sober",  "spry",  "steady", "sturdy",  "sunny", "swift",
    "tidy",   "trusty", "upbeat", "vivid",  "warm",   "wise",   "witty", "zesty",
};

constexpr std::array<std::string_view, 104> kNouns{
    "alder",    "anchor",  "anvil",   "badger",  "barge",   "beacon",  "birch",   "bobbin",  "boulder", "bramble",
    "brook",    "buoy",    "cabin",   "cairn",   "canyon",  "cedar",   "chisel",  "clover",  "compass", "condor",
    "copper",   "coral",   "crane",   "cricket", "cypress", "delta",   "derrick", "dolphin", "dune",    "eagle",
    "ember",    "falcon",  "fern",    "ferry",   "finch",   "fjord",   "forge",   "fox",     "gable",   "galley",
    "geyser",   "glacier", "grove",   "gull",    "hammer",  "harbour", "hare",    "hawk",    "hazel",   "heron",
    "hoist",    "ibex",    "islet",   "ivy",     "jetty",   "juniper", "kestrel", "kettle",  "lagoon",  "lantern",
    "larch",    "lark",    "ledger",  "linnet",  "lynx",    "magpie",  "maple",   "marten",  "meadow",  "mole",
    "moor",     "oak",     "orchard", "osprey",  "otter",   "paddle",  "pebble",  "pier",    "pine",    "piston",
    "plover",   "pulley",  "quarry",  "rafter",  "raven",   "reef",    "ridge",   "robin",   "rudder",  "saddle",
    "schooner", "seal",    "sparrow", "spruce",  "stork",   "summit",  "swallow", "tern",    "thicket", "tiller",
    "trellis",  "walnut",  "willow",  "wren",
};

constexpr bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string random_name() {
  std::array<std::uint32_t, 2> draw{};
  // 8 bytes never come short (random(7)), and a container can have any name.
  [[maybe_unused]] ssize_t got = getrandom(draw.data(), sizeof draw, 0);
  return fmt::format("{}_{}", kAdjectives[draw[0] % kAdjectives.size()], kNouns[draw[1] % kNouns.size()]);
}

Result<> check_name(std::string_view name, std::string_view what) {
  auto allowed = [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; };
  if (!name.empty() && is_alphanumeric(name.front()) && std::ranges::all_of(name, allowed)) return {};
  return fail(Code::invalid, "'{}' cannot be a {}'s name", name, what)
      .with_cure("use letters, figures, '_', '.' and '-', with a letter or figure first");
}

}  // namespace gantry::engine
