#pragma once

#include "registry/metadata.hpp"
#include "serve/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::registry {

/// What a request wants of a listing (distribution-spec, "Listing Tags"): `n` names behind `last`.
struct Wanted {
  std::uint64_t most = 0;
  std::string last;
};
/// Nothing: `n` is no number.
std::optional<Wanted> wanted_of(const serve::Request& request);
serve::Response bad_page_size();

/// The page, with a link to the next where there is one.
serve::Response tags_reply(std::string_view repository, const Page& page, const Wanted& wanted);
serve::Response repositories_reply(const Page& page, const Wanted& wanted);

}  // namespace gantry::registry
