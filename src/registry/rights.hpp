#pragma once

#include "accounts/caller.hpp"
#include "registry/route.hpp"
#include "serve/message.hpp"

#include <cstdint>
#include <string>

namespace gantry::registry {

/// What a request takes.
struct Need {
  enum class Kind : std::uint8_t {
    nothing,     ///< everybody may
    known,       ///< who says who he is
    listing,     ///< who may list repositories
    repository,  ///< who has `right` in `repository`
  };
  Kind kind = Kind::known;
  accounts::Right right = accounts::Right::pull;
  std::string repository;
};

/// Changes nothing.
bool reads(serve::Method method);
/// Of a method that a route has not, what the least harmful one would take. A mount also takes the right to pull where
/// the blob is now: see Api::mount.
Need need_of(serve::Method method, const Route& route);
bool satisfies(const accounts::Caller& caller, const Need& need);
/// As a token server knows it: "repository:app:pull,push"; empty when there is none.
std::string scope_of(const Need& need);

}  // namespace gantry::registry
