#include "engine/detach_keys.hpp"

#include "base/text.hpp"

namespace gantry::engine {

namespace {

constexpr std::string_view kControl = "ctrl-";

Result<char> parse_key(std::string_view key) {
  if (key.size() == 1) return key[0];
  if (key.size() == kControl.size() + 1 && key.starts_with(kControl)) {
    const char letter = key.back();
    if (letter >= 'a' && letter <= 'z') return static_cast<char>(letter - 'a' + 1);
    if (letter == '@' || (letter >= '[' && letter <= '_')) return static_cast<char>(letter - '@');
  }
  return fail(Code::invalid, "'{}' is not a key", key).with_cure("write keys as in: ctrl-p,ctrl-q");
}

}  // namespace

Result<DetachKeys> DetachKeys::parse(std::string_view text) {
  DetachKeys keys;
  if (text.empty()) return keys;
  for (const auto& key : split(text, ',')) keys.sequence_ += TRY(parse_key(key));
  return keys;
}

std::string DetachKeys::filter(std::string_view input) {
  std::string passed;
  for (char key : input) {
    if (complete()) break;
    if (sequence_.empty()) {
      passed += key;
      continue;
    }
    if (key != sequence_[matched_]) {
      // Not the sequence after all; this key may begin it anew.
      passed += sequence_.substr(0, matched_);
      matched_ = 0;
    }
    if (key == sequence_[matched_]) ++matched_;
    else passed += key;
  }
  return passed;
}

}  // namespace gantry::engine
