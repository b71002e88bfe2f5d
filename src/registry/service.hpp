#pragma once

#include "base/fd.hpp"
#include "registry/gate.hpp"

#include <array>
#include <atomic>
#include <functional>

namespace gantry::registry {

/// The API with what those who run it want: /healthz, /readyz, /metrics, and a log of requests.
class Service final : public serve::Handler {
 public:
  /// `access_log` gets a line of JSON for each request; invalid: nobody wants it.
  /// `works` tells whether requests can be answered.
  Service(serve::Handler& api, std::function<bool()> works, const Gate& gate, Fd access_log)
      : api_(api), works_(std::move(works)), gate_(gate), access_log_(std::move(access_log)) {}

  /// How many connections are open, for /metrics.
  void set_connections(std::function<std::size_t()> connections) { connections_ = std::move(connections); }
  /// From now on /readyz says that no more requests should come.
  void stop() { stopping_ = true; }

  std::optional<serve::Response> answer_at_once(const serve::Request& request) override;
  serve::Response handle(const serve::Request& request, Source& body) override;
  void finished(const serve::Request& request, const serve::Outcome& outcome) override;

 private:
  serve::Response ready();
  std::string metrics() const;

  static constexpr std::size_t kMethods = 8;
  static constexpr std::size_t kClasses = 6;  ///< of statuses: 1xx to 5xx

  serve::Handler& api_;
  std::function<bool()> works_;
  const Gate& gate_;
  Fd access_log_;
  std::function<std::size_t()> connections_;
  std::atomic<bool> stopping_ = false;
  std::array<std::array<std::atomic<std::uint64_t>, kClasses>, kMethods> requests_{};
  std::atomic<std::uint64_t> sent_ = 0;
  std::atomic<std::uint64_t> nanoseconds_ = 0;
};

}  // namespace gantry::registry
