#include "registry/gate.hpp"

#include "registry/reply.hpp"

namespace gantry::registry {

using accounts::Caller;

namespace {

class OpenGate final : public Gate {
 public:
  Glance glance(const serve::Request&) override { return {true, Caller{.does_everything = true}}; }
  std::optional<Caller> identify(const serve::Request&) override { return Caller{.does_everything = true}; }
  serve::Response challenge(const serve::Request&, const Need&) const override {
    return problem(401, "UNAUTHORIZED", "this cannot be done here");
  }
};

class PasswordGate final : public Gate {
 public:
  PasswordGate(std::unique_ptr<Passwords> passwords, bool anonymous_pull)
      : passwords_(std::move(passwords)), anonymous_pull_(anonymous_pull) {}

  Glance glance(const serve::Request& request) override {
    const auto given = credentials_of(request);
    if (!given) return {true, Caller{.reads_everything = anonymous_pull_}};
    if (passwords_->known(*given)) return {true, user_of(*given)};
    return {};
  }
  std::optional<Caller> identify(const serve::Request& request) override {
    if (auto seen = glance(request); seen.sure) return std::move(seen.caller);
    // A wrong password is refused also where none is needed: its owner should hear of it.
    const auto given = *credentials_of(request);
    return passwords_->verify(given) ? std::optional(user_of(given)) : std::nullopt;
  }
  serve::Response challenge(const serve::Request&, const Need&) const override {
    auto response = problem(401, "UNAUTHORIZED", "a user and a password are needed");
    response.add("WWW-Authenticate", "Basic realm=\"gantry registry\", charset=\"UTF-8\"");
    return response;
  }
  Result<> refresh() override { return passwords_->refresh(); }

 private:
  static Caller user_of(std::string_view field) {
    auto given = accounts::parse_basic(field);
    return {.name = given ? std::move(given->user) : std::string(), .does_everything = true};
  }

  std::unique_ptr<Passwords> passwords_;
  bool anonymous_pull_;
};

}  // namespace

std::optional<std::string_view> credentials_of(const serve::Request& request) {
  const auto given = request.field("authorization");
  return given == "Basic Og==" ? std::nullopt : given;
}

std::unique_ptr<Gate> make_open_gate() { return std::make_unique<OpenGate>(); }

std::unique_ptr<Gate> make_password_gate(std::unique_ptr<Passwords> passwords, bool anonymous_pull) {
  return std::make_unique<PasswordGate>(std::move(passwords), anonymous_pull);
}

}  // namespace gantry::registry
