#include "linux/capabilities.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::linux;

namespace {

/// Runs `check` in a child, as capabilities that are gone stay gone; true when it returned true.
template <class Check>
bool in_child(Check check) {
  pid_t pid = fork();
  if (pid == 0) _exit(check() ? 0 : 1);
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(Capabilities, KnowsNamesInAnyCaseWithAndWithoutPrefix) {
  for (std::string_view name : {"CAP_NET_ADMIN", "net_admin", "Cap_Net_Admin", "NET_ADMIN"}) {
    auto number = capability_from_name(name);
    ASSERT_TRUE(number) << name;
    EXPECT_EQ(*number, unsigned{CAP_NET_ADMIN});
  }
  EXPECT_EQ(*capability_from_name("CAP_CHOWN"), 0u);
  EXPECT_EQ(*capability_from_name("checkpoint_restore"), 40u);
}

TEST(Capabilities, RefusesAnUnknownNameWithACure) {
  for (std::string_view name : {"", "CAP_", "CAP_NET", "CAP_NET_ADMINX", "ALL"}) {
    auto number = capability_from_name(name);
    ASSERT_FALSE(number) << name;
    EXPECT_EQ(number.error().code(), Code::invalid);
    EXPECT_NE(number.error().cure(), "");
  }
}

TEST(Capabilities, NamesEveryNumberOnce) {
  for (unsigned i = 0; i <= last_capability(); ++i) EXPECT_EQ(*capability_from_name(capability_name(i)), i);
  EXPECT_EQ(capability_name(63), "");
}

TEST(Capabilities, ReadsTheSetsThatTheKernelShows) {
  auto sets = own_capabilities();
  ASSERT_TRUE(sets);
  EXPECT_EQ(sets->permitted & sets->effective, sets->effective);
  EXPECT_EQ(sets->bounding & ~all_capabilities(), 0u);
  EXPECT_EQ((sets->bounding & capability_bit(CAP_KILL)) != 0, prctl(PR_CAPBSET_READ, CAP_KILL) == 1);
}

TEST(Capabilities, DropsTheBoundingSetToWhatIsKept) {
  if (geteuid() != 0) GTEST_SKIP() << "needs CAP_SETPCAP";
  EXPECT_TRUE(in_child([] {
    CapabilityMask keep = capability_bit(CAP_KILL) | capability_bit(CAP_CHOWN);
    return drop_bounding(keep) && own_capabilities()->bounding == keep && drop_bounding(keep);
  }));
}

TEST(Capabilities, SetsAllSetsWithAmbient) {
  if (geteuid() != 0) GTEST_SKIP() << "needs capabilities to lower";
  EXPECT_TRUE(in_child([] {
    CapabilityMask some = capability_bit(CAP_KILL) | capability_bit(CAP_AUDIT_READ);
    CapabilitySets wanted{
        .effective = some, .permitted = some, .inheritable = some, .ambient = capability_bit(CAP_KILL)};
    if (!set_capabilities(wanted)) return false;
    CapabilitySets got = *own_capabilities();
    return got.effective == some && got.permitted == some && got.inheritable == some && got.ambient == wanted.ambient;
  }));
}

TEST(Capabilities, SaysWhyAnAmbientCapabilityIsRefused) {
  EXPECT_TRUE(in_child([] {
    CapabilitySets wanted{.ambient = capability_bit(CAP_KILL)};
    auto done = set_capabilities(wanted);
    return !done && done.error().code() == Code::denied && done.error().message().find("CAP_KILL") != std::string::npos;
  }));
}

TEST(Capabilities, CannotRaiseWhatIsNotPermitted) {
  EXPECT_TRUE(in_child([] {
    if (!set_capabilities({})) return false;
    auto done = set_capabilities({.effective = capability_bit(CAP_KILL), .permitted = capability_bit(CAP_KILL)});
    return !done && done.error().os_error() == EPERM;
  }));
}

}  // namespace
