#include "base/error_packet.hpp"

#include <cstring>

namespace gantry {

namespace {

/// In front of the text and the cure.
struct Header {
  Code code;
  int os_error;
  std::size_t text_size;
  std::size_t cure_size;
};

}  // namespace

std::string pack_error(const Error& error) {
  const Header header{error.code(), error.os_error(), error.text().size(), error.cure().size()};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  return bytes + error.text() + error.cure();
}

std::optional<Error> unpack_error(std::string_view bytes) {
  Header header;
  if (bytes.size() < sizeof header) return {};
  std::memcpy(&header, bytes.data(), sizeof header);
  bytes.remove_prefix(sizeof header);
  if (bytes.size() < header.text_size || bytes.size() - header.text_size != header.cure_size) return {};
  return Error(header.code, std::string(bytes.substr(0, header.text_size)))
      .with_os_error(header.os_error)
      .with_cure(std::string(bytes.substr(header.text_size)));
}

}  // namespace gantry
