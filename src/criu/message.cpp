#include "criu/message.hpp"

namespace gantry::criu {

namespace {

// The wire types of the encoding's specification.
constexpr unsigned kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5;

Error not_a_message() { return fail(Code::corrupt, "CRIU's answer is no message of its protocol"); }

}  // namespace

void Message::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
  bytes_ += static_cast<char>(value);
}

Message& Message::number(unsigned field, std::int64_t value) {
  varint(field << 3 | kVarint);
  varint(static_cast<std::uint64_t>(value));
  return *this;
}

Message& Message::text(unsigned field, std::string_view value) {
  varint(field << 3 | kLength);
  varint(value.size());
  bytes_ += value;
  return *this;
}

Result<std::uint64_t> Reader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return not_a_message();
    auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
  return not_a_message();
}

Result<std::string_view> Reader::take(std::uint64_t size) {
  if (size > rest_.size()) return not_a_message();
  std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

Result<std::optional<Field>> Reader::next() {
  if (rest_.empty()) return std::optional<Field>();
  const std::uint64_t tag = TRY(varint());
  Field field{.number = static_cast<unsigned>(tag >> 3)};
  switch (tag & 7) {
    case kVarint:
      field.value = static_cast<std::int64_t>(TRY(varint()));
      break;
    case kLength:
      field.text = TRY(take(TRY(varint())));
      break;
    case kFixed64:
      TRY(take(8));
      break;
    case kFixed32:
      TRY(take(4));
      break;
    default:
      return not_a_message();
  }
  return std::optional(field);
}

}  // namespace gantry::criu
