#pragma once

#include "base/fd.hpp"
#include "registry/audit.hpp"
#include "registry/backend.hpp"
#include "registry/events.hpp"
#include "registry/gate.hpp"
#include "registry/throttle.hpp"

#include <array>
#include <atomic>
#include <functional>

namespace gantry::registry {

struct ServiceSettings {
  Fd access_log;                ///< gets a line of JSON for each request; invalid: nobody wants it
  Fd audit_log;                 ///< the same for changes and refusals
  std::int64_t rate_limit = 0;  ///< requests of one client in a second, on average; 0: any number
  EventListener on_event;       ///< null: nobody wants to know
};

/// The API behind its gate, with what those who run it want: /healthz, /readyz, /metrics, and logs.
class Service final : public serve::Handler {
 public:
  /// `works` tells whether requests can be answered.
  Service(Backend& api, std::function<bool()> works, Gate& gate, ServiceSettings settings);

  const Audit& audit() const { return audit_; }

  /// How many connections are open, for /metrics.
  void set_connections(std::function<std::size_t()> connections) { connections_ = std::move(connections); }
  /// From now on /readyz says that no more requests should come.
  void stop() { stopping_ = true; }

  std::optional<serve::Response> answer_at_once(const serve::Request& request) override;
  serve::Response handle(const serve::Request& request, Source& body) override;
  void finished(const serve::Request& request, const serve::Outcome& outcome) override;

 private:
  using Request = serve::Request;
  using Response = serve::Response;

  Response ready();
  Response issue_token(const Request& request);
  /// The answer to who may not; nothing: he may.
  std::optional<Response> refuse(const Call& call) const;
  std::optional<Response> slow_down(const Call& call);
  Response answer(const Call& call, Source& body);
  std::string metrics() const;

  static constexpr std::size_t kMethods = 8;
  static constexpr std::size_t kClasses = 6;  ///< of statuses: 1xx to 5xx

  Backend& api_;
  std::function<bool()> works_;
  Gate& gate_;
  Fd access_log_;
  Audit audit_;
  EventListener on_event_;
  std::optional<Throttle> throttle_;
  std::function<std::size_t()> connections_;
  std::atomic<bool> stopping_ = false;
  std::array<std::array<std::atomic<std::uint64_t>, kClasses>, kMethods> requests_{};
  std::atomic<std::uint64_t> sent_ = 0;
  std::atomic<std::uint64_t> nanoseconds_ = 0;
};

}  // namespace gantry::registry
