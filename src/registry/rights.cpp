#include "registry/rights.hpp"

#include <fmt/format.h>

namespace gantry::registry {

using accounts::Right;
using serve::Method;

namespace {

Right right_of(Method method, Route::Kind kind) {
  // Where an upload stands is the business of who makes it.
  if (kind == Route::Kind::uploads || kind == Route::Kind::upload) return Right::push;
  if (reads(method)) return Right::pull;
  return method == Method::delete_ ? Right::remove : Right::push;
}

}  // namespace

bool reads(Method method) { return method == Method::get || method == Method::head; }

Need need_of(Method method, const Route& route) {
  if (route.kind == Route::Kind::catalog) return {.kind = Need::Kind::listing};
  if (route.repository.empty()) return {.kind = Need::Kind::known};
  return {.kind = Need::Kind::repository, .right = right_of(method, route.kind), .repository = route.repository};
}

bool satisfies(const accounts::Caller& caller, const Need& need) {
  switch (need.kind) {
    case Need::Kind::nothing:
      return true;
    case Need::Kind::known:
      return caller.is_known();
    case Need::Kind::listing:
      return caller.may_list();
    case Need::Kind::repository:
      return caller.may(need.right, need.repository);
  }
  return false;
}

std::string scope_of(const Need& need) {
  if (need.kind == Need::Kind::listing) return "registry:catalog:*";
  if (need.kind != Need::Kind::repository) return {};
  // Who pushes asks first what is there.
  const std::string_view actions = need.right == Right::push ? "pull,push" : accounts::action_of(need.right);
  return fmt::format("repository:{}:{}", need.repository, actions);
}

}  // namespace gantry::registry
