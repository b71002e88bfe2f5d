#pragma once

#include "registry/passwords.hpp"
#include "serve/message.hpp"

#include <memory>
#include <optional>

namespace gantry::registry {

struct GateSettings {
  std::unique_ptr<Passwords> passwords;  ///< null: everybody may do everything
  bool anonymous_pull = false;           ///< who gives no password may read
};

/// Who may do what. Every user may do everything.
class Gate {
 public:
  explicit Gate(GateSettings settings) : settings_(std::move(settings)) {}

  enum class Verdict { pass, refused, unsure };
  /// What can be said without taking time; `unsure`: check() says.
  Verdict glance(const serve::Request& request) const;
  /// Nothing: the request may pass. Else the answer instead.
  std::optional<serve::Response> check(const serve::Request& request) const;
  serve::Response refusal() const;
  /// Takes notice of changed files.
  Result<> refresh();

 private:
  bool open_to_all(const serve::Request& request) const;
  GateSettings settings_;
};

}  // namespace gantry::registry
