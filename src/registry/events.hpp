#pragma once

#include "registry/backend.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace gantry::registry {

/// Something that has happened to the images of a registry.
struct Event {
  enum class Kind : std::uint8_t { push, remove };
  Kind kind = Kind::push;
  std::string repository;
  std::string tag;     ///< empty: it was by digest
  std::string digest;  ///< empty: a tag was removed, and its image stays
  std::string actor;   ///< who did it; empty: nobody in particular
};

/// Any number of threads may call it. What it takes long for, whoever pushes waits for.
using EventListener = std::function<void(const Event&)>;

/// What a request that was answered has changed; nothing: no image.
std::optional<Event> event_of(const Call& call, const serve::Response& response);

}  // namespace gantry::registry
