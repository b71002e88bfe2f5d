#include "runtime/intel_rdt.hpp"

#include "base/file.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

namespace gantry::runtime {
namespace {

/// A folder with the files of a resctrl file system that has one group. What the kernel makes of them takes a
/// processor that has the technology.
class IntelRdt : public testing::Test {
 protected:
  IntelRdt() {
    EXPECT_NE(mkdtemp(resctrl_.data()), nullptr);
    add_group(resctrl_, "L3:0=7ff\n");
    add_group(resctrl_ + "/gold", "    L3:0=0f0;1=1f\n    MB:0= 20;1= 70\n");
  }
  ~IntelRdt() override { best_effort(remove_tree(resctrl_)); }

  static void add_group(const std::string& folder, std::string_view schemata) {
    EXPECT_TRUE(make_folders(folder + "/mon_groups", 0755));
    EXPECT_TRUE(replace_file(folder + "/schemata", schemata, 0644, Sync::no));
    EXPECT_TRUE(replace_file(folder + "/tasks", "", 0644, Sync::no));
  }
  Result<RdtGroup> plan(const oci::IntelRdt& rdt) { return plan_rdt(rdt, "c", resctrl_); }

  std::string resctrl_ = "/tmp/gantry-resctrl-XXXXXX";
};

TEST_F(IntelRdt, IsAnErrorWithoutTheFileSystem) {
  auto planned = plan_rdt({}, "c", resctrl_ + "/none");
  ASSERT_FALSE(planned);
  EXPECT_EQ(planned.error().code(), Code::unsupported);
}

TEST_F(IntelRdt, MakesAGroupOfTheContainersName) {
  auto group = plan({.l3_cache_schema = "L3:0=f\nMB:0=10", .mem_bw_schema = "MB:0=20"});
  ASSERT_TRUE(group);
  EXPECT_EQ(group->folder, resctrl_ + "/c");
  EXPECT_EQ(group->schemata, "L3:0=f\nMB:0=20\n") << "the bandwidth of memBwSchema is the one that counts";
  EXPECT_EQ(group->own, std::vector{resctrl_ + "/c"});
}

TEST_F(IntelRdt, WritesSchemataLast) {
  EXPECT_EQ(plan({.clos_id = "new", .schemata = {"L2:0=f", "L3:0=1"}, .l3_cache_schema = "L3:0=f"})->schemata,
            "L3:0=f\nL2:0=f\nL3:0=1\n");
}

TEST_F(IntelRdt, TakesAGroupThatIsThereAsItIs) {
  auto group = plan({.clos_id = "gold"});
  ASSERT_TRUE(group);
  EXPECT_TRUE(group->own.empty());
  EXPECT_TRUE(group->schemata.empty());
  EXPECT_TRUE(plan({.clos_id = "gold", .l3_cache_schema = "L3:0=f0;1=1f", .mem_bw_schema = "MB:0=20;1=70"}));
  EXPECT_FALSE(plan({.clos_id = "gold", .l3_cache_schema = "L3:0=f;1=1f"})) << "it has another share";
  EXPECT_FALSE(plan({.clos_id = "silver"})) << "there is none, and nothing says what it is to have";
  EXPECT_EQ(plan({.clos_id = "/"})->folder, resctrl_);
}

TEST_F(IntelRdt, PutsTheProcessIn) {
  auto group = plan({.clos_id = "gold"});
  ASSERT_TRUE(group);
  ASSERT_TRUE(join_rdt(*group, 4711));
  EXPECT_EQ(read_file(resctrl_ + "/gold/tasks").value(), "4711");
}

TEST_F(IntelRdt, RemovesWhatWasMadeForTheContainer) {
  auto group = plan({.clos_id = "gold", .enable_monitoring = true});
  ASSERT_TRUE(group);
  EXPECT_EQ(group->monitor, resctrl_ + "/gold/mon_groups/c");
  EXPECT_FALSE(join_rdt(*group, 4711)) << "an ordinary folder gets no file 'tasks'";
  EXPECT_TRUE(path_exists(group->monitor));
  ASSERT_TRUE(remove_rdt(group->own));
  EXPECT_FALSE(path_exists(group->monitor));
  EXPECT_TRUE(path_exists(resctrl_ + "/gold"));
  EXPECT_TRUE(remove_rdt(group->own)) << "once more";
}

}  // namespace
}  // namespace gantry::runtime
