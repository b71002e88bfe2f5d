#include "linux/binfmt.hpp"

#include <gtest/gtest.h>

namespace gantry::linux {

TEST(Binfmt, ALineNamesMachineBytesAndProgram) {
  EXPECT_EQ(binfmt_line(*find_emulated_machine("arm64"), "/usr/bin/qemu-aarch64-static"),
            R"(:qemu-aarch64:M::\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00)"
            R"(:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff)"
            R"(:/usr/bin/qemu-aarch64-static:CF)");
}

TEST(Binfmt, BytesOfBigEndianMachinesAreTheOtherWayRound) {
  EXPECT_EQ(binfmt_line(*find_emulated_machine("s390x"), "/q"),
            R"(:qemu-s390x:M::\x7f\x45\x4c\x46\x02\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x16)"
            R"(:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff:/q:CF)");
}

TEST(Binfmt, OtherNamesAreNoMachine) { EXPECT_EQ(find_emulated_machine("pdp11"), nullptr); }

}  // namespace gantry::linux
