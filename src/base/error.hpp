#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

namespace gantry {

/// What kind of failure it is: what a caller may branch on and an exit code is chosen by.
enum class Code {
  failed,          ///< anything without a class of its own
  not_found,       ///< the named object does not exist
  exists,          ///< an object of that name is already there
  invalid,         ///< input that breaks its format or a rule
  unsupported,     ///< valid, but this program or kernel cannot do it
  denied,          ///< permission
  busy,            ///< in use by someone else
  corrupt,         ///< data that does not match its digest or its structure
  no_space,        ///< disk or quota is full
  not_executable,  ///< a command that exists but cannot be run (exit code 126)
  no_command,      ///< a command that does not exist (exit code 127)
};

Code code_of_errno(int os_error);
std::string text_of_errno(int os_error);

/// A failure, as one sentence from general to particular, with the cure in parentheses where we know one:
/// `cannot start 'web': mount /srv on /data: No such file or directory (create it, or drop -v /srv:/data)`.
class Error {
 public:
  Error(Code code, std::string text) : code_(code), text_(std::move(text)) {}

  /// `doing: <text of errno>`; reads errno, so call it before anything that may change it.
  template <class... Args>
  static Error system(fmt::format_string<Args...> doing, Args&&... args) {
    return from_errno(last_errno(), fmt::format(doing, std::forward<Args>(args)...));
  }
  static Error from_errno(int os_error, std::string doing);

  Code code() const { return code_; }
  /// The errno behind it, or 0.
  int os_error() const { return os_error_; }
  const std::string& cure() const { return cure_; }

  /// The text without the cure.
  const std::string& text() const { return text_; }
  /// The whole sentence.
  std::string message() const;

  Error with_cure(std::string cure) && {
    if (cure_.empty()) cure_ = std::move(cure);
    return std::move(*this);
  }
  Error with_code(Code code) && {
    code_ = code;
    return std::move(*this);
  }
  /// For an error that comes from another process; the text already tells it.
  Error with_os_error(int os_error) && {
    os_error_ = os_error;
    return std::move(*this);
  }
  Error with_context(std::string_view context) &&;

 private:
  static int last_errno();

  Code code_;
  int os_error_ = 0;
  std::string text_;
  std::string cure_;
};

/// An error of the given class: `fail(Code::not_found, "no image '{}'", name)`.
template <class... Args>
Error fail(Code code, fmt::format_string<Args...> format, Args&&... args) {
  return Error(code, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace gantry
