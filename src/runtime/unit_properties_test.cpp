#include "runtime/unit_properties.hpp"

#include <gmock/gmock.h>

namespace gantry::runtime {
namespace {

using testing::ElementsAre;

std::vector<std::string> properties(const oci::Resources& resources) { return unit_properties(resources).value(); }

TEST(UnitProperties, HaveMemoryAndSwapApart) {
  EXPECT_THAT(properties({.memory = oci::MemoryLimits{.limit = 100, .reservation = 50, .swap = 150}}),
              ElementsAre("MemoryMax=t:100", "MemoryLow=t:50", "MemorySwapMax=t:50"));
  EXPECT_THAT(properties({.memory = oci::MemoryLimits{.limit = -1, .reservation = 0, .swap = -1}}),
              ElementsAre("MemoryMax=t:18446744073709551615", "MemorySwapMax=t:18446744073709551615"));
}

TEST(UnitProperties, CountAQuotaPerSecond) {
  EXPECT_THAT(properties({.cpu = oci::CpuLimits{.quota = 25'000, .period = 50'000}}),
              ElementsAre("CPUQuotaPeriodUSec=t:50000", "CPUQuotaPerSecUSec=t:500000"));
  EXPECT_THAT(properties({.cpu = oci::CpuLimits{.quota = 333}}),
              ElementsAre("CPUQuotaPeriodUSec=t:100000", "CPUQuotaPerSecUSec=t:10000"))
      << "systemd rounds to percents; rounded up, it takes nothing away";
  EXPECT_THAT(properties({.cpu = oci::CpuLimits{.quota = -1}}),
              ElementsAre("CPUQuotaPeriodUSec=t:100000", "CPUQuotaPerSecUSec=t:18446744073709551615"));
}

TEST(UnitProperties, HaveSetsAsBytes) {
  EXPECT_THAT(properties({.cpu = oci::CpuLimits{.cpus = "0-3,9", .mems = "0"}}),
              ElementsAre("AllowedCPUs=ay:0f02000000000000", "AllowedMemoryNodes=ay:0100000000000000"));
  EXPECT_FALSE(unit_properties({.cpu = oci::CpuLimits{.cpus = "x"}}));
}

TEST(UnitProperties, HaveFilesOfCgroup2ThatSystemdKnows) {
  EXPECT_THAT(properties({.unified = {{"cpu.max", "max 50000"},
                                      {"cpuset.cpus", "1"},
                                      {"hugetlb.2MB.max", "0"},
                                      {"memory.high", "max"},
                                      {"pids.max", "7"}}}),
              ElementsAre("CPUQuotaPeriodUSec=t:50000", "CPUQuotaPerSecUSec=t:18446744073709551615",
                          "AllowedCPUs=ay:0200000000000000", "MemoryHigh=t:18446744073709551615", "TasksMax=t:7"));
}

TEST(UnitProperties, HaveWeightsOfCgroup2) {
  EXPECT_THAT(properties({.cpu = oci::CpuLimits{.shares = 1024},
                          .pids = oci::PidsLimit{.limit = 0},
                          .block_io = oci::BlockIo{.weight = 500}}),
              ElementsAre("CPUWeight=t:39", "TasksMax=t:18446744073709551615", "IOWeight=t:4950"));
}

}  // namespace
}  // namespace gantry::runtime
