#pragma once

#include "serve/message.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gantry::registry {

/// What GET was answered of late, by its path as it was sent, so that the next is answered from memory. Whoever changes
/// what is stored forgets what is affected.
class Answers {
 public:
  struct Stored {
    serve::Response response;
    std::string digest;  ///< of the body
  };
  using Answer = std::shared_ptr<const Stored>;
  /// What is stored now; take it before reading what will be remembered.
  using Moment = std::uint64_t;

  Moment moment() const { return moment_; }
  Answer find(std::string_view path) const;
  /// Nothing is remembered that may have changed since `moment`.
  void remember(std::string_view path, Answer answer, Moment moment);
  void forget(std::string_view path);
  void forget_all();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  void clear();

  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, Answer, Hash, std::equal_to<>> answers_;
  std::size_t bytes_ = 0;
  std::size_t files_ = 0;
  std::atomic<Moment> moment_ = 0;
};

}  // namespace gantry::registry
