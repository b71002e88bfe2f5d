#pragma once

#include "base/error.hpp"

#include <expected>
#include <type_traits>
#include <utility>

namespace gantry {

/// A value or an Error. A class and not an alias, so that a dropped result is a warning.
template <class T = void>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using Base = std::expected<T, Error>;
  using Base::Base;
  Result(Error error) : Base(std::unexpect, std::move(error)) {}

  /// The value, moved out; only after a check.
  T take() && {
    if constexpr (!std::is_void_v<T>) return std::move(**this);
  }
};

/// Adds what was being done in front of an error; a value passes through untouched.
template <class T, class... Args>
Result<T> with_context(Result<T> result, fmt::format_string<Args...> format, Args&&... args) {
  if (result) return result;
  return std::move(result.error()).with_context(fmt::format(format, std::forward<Args>(args)...));
}

/// Says that a failure changes nothing here: cleanup on a path that has failed already, or a courtesy.
template <class T>
void best_effort(const Result<T>&) {}

}  // namespace gantry

/// The value of a Result, or an early return of its error. Not inside a coroutine: g++ 12 crashes there. Not between
/// braces behind a member that owns something either: the early return would not destroy it.
#define TRY(...)                                   \
  ({                                               \
    auto gantry_try_result = (__VA_ARGS__);        \
    if (!gantry_try_result) [[unlikely]]           \
      return std::move(gantry_try_result.error()); \
    std::move(gantry_try_result).take();           \
  })
