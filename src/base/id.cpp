#include "base/id.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>
#include <vector>

namespace gantry {

std::string random_hex(std::size_t bytes) {
  std::vector<unsigned char> data(bytes);
  // Never short for up to 256 bytes once the pool is up; without randomness nothing here may go on.
  ssize_t got;
  do {
    got = getrandom(data.data(), bytes, 0);
  } while (got < 0 && errno == EINTR);
  if (got != static_cast<ssize_t>(bytes)) abort();
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes * 2);
  for (unsigned char byte : data) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace gantry
