#pragma once

#include "accounts/directory.hpp"
#include "distribution/repository.hpp"
#include "registry/storage.hpp"

#include <functional>
#include <string>

namespace gantry::mirror {

// From another registry into the storage of this one. Digests are compared before anything has a name here.

/// A repository here.
struct Target {
  registry::Storage& storage;
  std::string repository;
  registry::Room room;                         ///< how much its project may take
  const accounts::Project* project = nullptr;  ///< whose protected tags stay; null: they move
  std::function<bool()> stops = {};            ///< whether to give up; null: never
};

/// Adds a manifest, under `tag` unless that is empty. What it names need not be there when it is `partial`.
Result<> add_manifest(const Target& target, const oci::Document& document, const std::string& tag, bool partial);

/// Fetches a blob, unless the file is here already and the other registry has it in that repository too.
/// Code::not_found: it has not.
Result<> fetch_blob(const Target& target, const distribution::Repository& from, const oci::Digest& digest);

}  // namespace gantry::mirror
