#pragma once

#include "accounts/directory.hpp"
#include "mirror/fetch.hpp"
#include "mirror/upstream.hpp"

#include <functional>
#include <string>
#include <vector>

namespace gantry::mirror {

enum class Direction : bool { push, pull };

/// Repositories here that are to be the same at another place, or the other way round. A repository is called there as
/// remote_of() says.
struct Replication {
  Direction direction = Direction::push;
  Place place;
  std::string prefix;                     ///< how the names begin here; empty: they are the same, behind the place
  std::vector<std::string> repositories;  ///< patterns of names here
  std::vector<std::string> tags;          ///< patterns; empty: all
};

struct ReplicationContext {
  registry::Storage& storage;
  Upstreams& upstreams;
  const accounts::Directory* directory = nullptr;  ///< of the projects here; null: there are none
  std::function<bool()> stops;                     ///< whether to give up for now
  std::function<void()> changed;                   ///< something has come here
  std::function<void(const std::string&)> log;     ///< hears what was copied: "team/app:1 pushed to quay.io/team/app:1"
};

/// Copies what the other side has not, or has another image under its tag: blobs before what names them, and with an
/// image what is about it. Nothing is removed. What went wrong with one image stops no other, and is told at the end;
/// the next run goes on from there, as what has arrived is not copied again.
Result<> replicate(const ReplicationContext& context, const Replication& replication);

}  // namespace gantry::mirror
