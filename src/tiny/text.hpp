#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <sys/uio.h>
#include <unistd.h>

namespace gantry::tiny {

/// A number as decimal text.
class Decimal {
 public:
  explicit Decimal(std::int64_t number) {
    bool negative = number < 0;
    std::uint64_t rest = negative ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
    do {
      text_[--begin_] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    if (negative) text_[--begin_] = '-';
  }
  operator std::string_view() const { return {text_ + begin_, sizeof text_ - begin_}; }

 private:
  char text_[20];
  std::size_t begin_ = sizeof text_;
};

/// Parts joined in a buffer of fixed size; what does not fit is cut off.
template <std::size_t kSize>
class Line {
 public:
  template <class... Parts>
  explicit Line(const Parts&... parts) {
    (append(parts), ...);
  }
  operator std::string_view() const { return {text_, size_}; }

 private:
  void append(std::string_view part) {
    std::size_t length = part.size() < kSize - size_ ? part.size() : kSize - size_;
    memcpy(text_ + size_, part.data(), length);
    size_ += length;
  }

  char text_[kSize];
  std::size_t size_ = 0;
};

/// The parts as one line on stderr, in one write, so that lines of several processes do not mix.
template <class... Parts>
void say(const Parts&... parts) {
  const std::string_view views[] = {std::string_view(parts)..., "\n"};
  iovec pieces[sizeof...(parts) + 1];
  for (std::size_t i = 0; i < sizeof...(parts) + 1; i++) {
    pieces[i] = {const_cast<char*>(views[i].data()), views[i].size()};
  }
  // Nobody is left to tell when stderr itself fails.
  [[maybe_unused]] ssize_t ignored = writev(2, pieces, sizeof...(parts) + 1);
}

}  // namespace gantry::tiny
