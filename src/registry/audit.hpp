#pragma once

#include "accounts/accounts.hpp"
#include "base/fd.hpp"
#include "registry/backend.hpp"

#include <string_view>

namespace gantry::registry {

/// A log of who has changed what, and of who was refused: a line of JSON each. Any number of threads may write.
class Audit {
 public:
  /// An invalid descriptor: nobody wants it.
  explicit Audit(Fd file) : file_(std::move(file)) {}

  /// A request that was answered; those that only read are passed over.
  void note(const Call& call, int status) const;
  /// A request by somebody whose password or token is wrong.
  void note_stranger(const serve::Request& request) const;
  /// A change of the accounts, by whatever process.
  void note(const accounts::Change& change) const;

 private:
  void write(std::string_view line) const;
  Fd file_;
};

}  // namespace gantry::registry
