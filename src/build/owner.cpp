#include "build/owner.hpp"

#include "base/text.hpp"
#include "oci/identity.hpp"

#include <algorithm>

namespace gantry::build {

namespace {

constexpr mode_t kUser = 04700, kGroup = 02070, kOthers = 01007;

/// One clause of chmod(1): "go+rX".
class Clause {
 public:
  Clause(std::string_view text, bool is_folder) : text_(text), is_folder_(is_folder) {}

  Result<mode_t> apply(mode_t mode) {
    mode_t who = read_who();
    if (text_.empty()) return failure();
    while (!text_.empty()) {
      const char operation = text_.front();
      if (operation != '+' && operation != '-' && operation != '=') return failure();
      text_.remove_prefix(1);
      const mode_t bits = TRY(read_bits(mode)) & who;
      if (operation == '+') mode |= bits;
      else if (operation == '-') mode &= ~bits;
      // A folder keeps its set-id bits unless they are named, as chmod(1) has it.
      else mode = (mode & ~(who & (is_folder_ ? 0777 : 07777))) | bits;
    }
    return mode;
  }

 private:
  mode_t read_who() {
    mode_t who = 0;
    for (; !text_.empty(); text_.remove_prefix(1)) {
      if (text_.front() == 'u') who |= kUser;
      else if (text_.front() == 'g') who |= kGroup;
      else if (text_.front() == 'o') who |= kOthers;
      else if (text_.front() == 'a') who |= 07777;
      else break;
    }
    return who == 0 ? 07777 : who;
  }

  Result<mode_t> read_bits(mode_t mode) {
    mode_t bits = 0;
    for (; !text_.empty() && std::string_view("+-=").find(text_.front()) == std::string_view::npos;
         text_.remove_prefix(1)) {
      const char letter = text_.front();
      if (letter == 'r') bits |= 0444;
      else if (letter == 'w') bits |= 0222;
      else if (letter == 'x') bits |= 0111;
      else if (letter == 'X') bits |= is_folder_ || (mode & 0111) != 0 ? 0111 : 0;
      else if (letter == 's') bits |= 06000;
      else if (letter == 't') bits |= 01000;
      else if (letter == 'u') bits |= ((mode >> 6) & 7) * 0111;
      else if (letter == 'g') bits |= ((mode >> 3) & 7) * 0111;
      else if (letter == 'o') bits |= (mode & 7) * 0111;
      else return failure();
    }
    return bits;
  }

  static Error failure() { return fail(Code::invalid, "it is no mode").with_cure("as 755, u=rwx,go=rx or +x"); }

  std::string_view text_;
  bool is_folder_;
};

bool is_octal(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '7'; });
}

}  // namespace

Result<Owner> parse_owner(std::string_view text, std::string_view passwd, std::string_view group) {
  const auto identity = TRY(with_context(oci::resolve_user(text, {}, passwd, group), "--chown={}", text));
  const bool is_number = parse_unsigned(text).has_value();
  return Owner{.uid = identity.uid, .gid = is_number ? identity.uid : identity.gid};
}

Result<mode_t> change_mode(std::string_view text, mode_t mode, bool is_folder) {
  if (is_octal(text)) {
    constexpr std::size_t kMostDigits = 5;
    if (text.size() > kMostDigits) return fail(Code::invalid, "--chmod={}: it is no mode", text);
    mode_t bits = 0;
    for (const char digit : text) bits = bits * 8 + static_cast<mode_t>(digit - '0');
    return bits & 07777;
  }
  for (const auto& clause : split(text, ','))
    mode = TRY(with_context(Clause(clause, is_folder).apply(mode), "--chmod={}", text));
  return mode & 07777;
}

}  // namespace gantry::build
