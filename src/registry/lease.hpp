#pragma once

#include "registry/metadata.hpp"

namespace gantry::registry {

/// A connection to the database, which goes back into the pool.
class Metadata::Lease {
 public:
  Lease(Metadata& metadata, std::unique_ptr<sql::Database> database)
      : metadata_(metadata), database_(std::move(database)) {}
  Lease(Lease&& other) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  sql::Database& operator*() const { return *database_; }
  sql::Database* operator->() const { return database_.get(); }

 private:
  Metadata& metadata_;
  std::unique_ptr<sql::Database> database_;
};

}  // namespace gantry::registry
