#include "base/error.hpp"

#include <cerrno>
#include <cstring>

namespace gantry {

Code code_of_errno(int os_error) {
  switch (os_error) {
    case ENOENT:
      return Code::not_found;
    case EEXIST:
      return Code::exists;
    case EACCES:
    case EPERM:
    case EROFS:
      return Code::denied;
    case EBUSY:
    case EAGAIN:
      return Code::busy;
    case ENOSPC:
    case EDQUOT:
      return Code::no_space;
    case ENOSYS:
    case EOPNOTSUPP:
      return Code::unsupported;
    default:
      return Code::failed;
  }
}

std::string text_of_errno(int os_error) {
  char buffer[128];
  return strerror_r(os_error, buffer, sizeof buffer);
}

int Error::last_errno() { return errno; }

Error Error::from_errno(int os_error, std::string doing) {
  Error error(code_of_errno(os_error), std::move(doing));
  error.os_error_ = os_error;
  error.text_ += ": ";
  error.text_ += text_of_errno(os_error);
  if (os_error == ENOSPC || os_error == EDQUOT) error.cure_ = "free some space and try again";
  return error;
}

Error Error::with_context(std::string_view context) && {
  text_.insert(0, ": ").insert(0, context);
  return std::move(*this);
}

std::string Error::message() const { return cure_.empty() ? text_ : text_ + " (" + cure_ + ")"; }

}  // namespace gantry
