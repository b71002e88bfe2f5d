#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace gantry::engine {

/// Finds a sequence of keys in what is typed.
class DetachKeys {
 public:
  /// "ctrl-p,ctrl-q", "ctrl-],x": letters or ctrl- with one of a-z @ [ \ ] ^ _; empty: no keys detach.
  static Result<DetachKeys> parse(std::string_view text);

  /// What of `input` is to be passed on. Keys that may be the beginning of the sequence are kept back until it is known
  /// whether they are.
  std::string filter(std::string_view input);
  /// The sequence was typed.
  bool complete() const { return !sequence_.empty() && matched_ == sequence_.size(); }

 private:
  std::string sequence_;
  std::size_t matched_ = 0;
};

}  // namespace gantry::engine
