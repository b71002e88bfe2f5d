#include "base/error_packet.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace gantry {
namespace {

TEST(ErrorPacket, CarriesAnErrorWhole) {
  const Error error = Error::from_errno(ENOENT, "open /x").with_code(Code::no_command).with_cure("make it");
  const auto back = unpack_error(pack_error(error));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->code(), Code::no_command);
  EXPECT_EQ(back->os_error(), ENOENT);
  EXPECT_EQ(back->message(), error.message());
}

TEST(ErrorPacket, TellsATornOne) {
  const std::string bytes = pack_error(fail(Code::busy, "in use").with_cure("wait"));
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(unpack_error(bytes.substr(0, size))) << size;
  EXPECT_FALSE(unpack_error(bytes + "x"));
}

}  // namespace
}  // namespace gantry
