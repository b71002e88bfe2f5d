#include "registry/audit.hpp"

#include "accounts/secret.hpp"
#include "base/clock.hpp"
#include "base/json.hpp"
#include "registry/gate.hpp"

#include <unistd.h>
#include <boost/describe/class.hpp>

namespace gantry::registry {

using serve::Method;
using Kind = Route::Kind;

namespace {

constexpr int kDenied = 403;

struct AuditLine {
  std::string time;
  std::string who;
  std::string peer;
  std::string action;
  std::string repository;
  std::string reference;
  std::int64_t status = 0;
};
BOOST_DESCRIBE_STRUCT(AuditLine, (), (time, who, peer, action, repository, reference, status))

/// Empty: this changes nothing that anybody sees.
std::string_view action_of(const Call& call, int status) {
  const Method method = call.request.method;
  const Kind kind = call.route.kind;
  if (status == kDenied) return "refused";
  if (status >= 400 || method == Method::get || method == Method::head) return {};
  if (method == Method::delete_) return kind == Kind::upload ? std::string_view() : "delete";
  if (kind == Kind::manifest) return "push";
  return status == 201 ? "push blob" : std::string_view();
}

}  // namespace

void Audit::note(const Call& call, int status) const {
  const std::string_view action = action_of(call, status);
  if (!file_ || action.empty()) return;
  std::string reference = call.route.reference;
  if (call.route.kind == Kind::uploads || call.route.kind == Kind::upload)
    reference = serve::query_value(call.request.query, "digest")
                    .value_or(serve::query_value(call.request.query, "mount").value_or(""));
  write(json::encode(AuditLine{to_rfc3339(now()), call.caller.name, std::string(call.request.peer), std::string(action),
                               call.route.repository, std::move(reference), status}));
}

void Audit::note_stranger(const serve::Request& request) const {
  if (!file_) return;
  const auto field = credentials_of(request);
  const auto given = field ? accounts::parse_basic(*field) : std::nullopt;
  write(json::encode(AuditLine{to_rfc3339(now()), given ? given->user : std::string(), std::string(request.peer),
                               "wrong credentials", "", "", 401}));
}

void Audit::note(const accounts::Change& change) const {
  if (!file_) return;
  write(json::encode(AuditLine{to_rfc3339(change.time), change.actor, "", change.text, "", "", 0}));
}

void Audit::write(std::string_view line) const {
  const std::string text = std::string(line) + "\n";
  // One write for a line, so that lines of several threads stay whole.
  [[maybe_unused]] const ssize_t written = ::write(file_.get(), text.data(), text.size());
}

}  // namespace gantry::registry
