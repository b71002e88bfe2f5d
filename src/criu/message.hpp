#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Messages in the wire format of Protocol Buffers, as far as CRIU's requests need it: whole numbers and byte strings.
namespace gantry::criu {

/// A message being written, field by field.
class Message {
 public:
  /// int32, bool and enum; not sint32.
  Message& number(unsigned field, std::int64_t value);
  /// A string.
  Message& text(unsigned field, std::string_view value);
  /// A message inside this one.
  Message& message(unsigned field, const Message& value) { return text(field, value.bytes()); }
  const std::string& bytes() const { return bytes_; }

 private:
  void varint(std::uint64_t value);
  std::string bytes_;
};

struct Field {
  unsigned number = 0;
  std::int64_t value = 0;  ///< of a whole number
  std::string_view text;   ///< of a string or an embedded message: part of what is read
};

/// Reads a message; `bytes` must outlive it.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  /// The next field; nothing at the end. Code::corrupt for what is no such message.
  Result<std::optional<Field>> next();

 private:
  Result<std::uint64_t> varint();
  Result<std::string_view> take(std::uint64_t size);
  std::string_view rest_;
};

}  // namespace gantry::criu
