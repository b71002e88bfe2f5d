#include "engine/spec.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace gantry::engine {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

ContainerConfig config() {
  ContainerConfig config;
  config.command = {"true"};
  return config;
}

Result<pid_t> no_container(const std::string& id) { return fail(Code::not_found, "no container '{}'", id); }

Result<oci::Spec> build(const ContainerConfig& config, oci::Identity user = {.home = "/root"},
                        std::optional<linux::IdMaps> maps = {}) {
  const bool limits = !maps;
  return build_spec({.config = config,
                     .id = std::string(64, 'a'),
                     .hostname = "host",
                     .root = "/root-folder",
                     .user = std::move(user),
                     .maps = std::move(maps),
                     .namespaces = resolve_namespaces(config, !limits, no_container).take(),
                     .mounts = config.mounts,
                     .limits = limits});
}

std::vector<std::string> destinations(const oci::Spec& spec) {
  std::vector<std::string> all;
  for (const auto& mount : spec.mounts) all.push_back(mount.destination);
  return all;
}

const oci::Mount& mount_at(const oci::Spec& spec, const std::string& destination) {
  static const oci::Mount none;
  for (const auto& mount : spec.mounts)
    if (mount.destination == destination) return mount;
  ADD_FAILURE() << "nothing is mounted on " << destination;
  return none;
}

TEST(Spec, IsValid) {
  const oci::Spec spec = build(config()).take();
  auto valid = oci::validate(spec);
  EXPECT_TRUE(valid) << valid.error().message();
  EXPECT_EQ(spec.linux->cgroups_path, "/gantry/" + std::string(64, 'a'));
}

TEST(Spec, HasPodmansCapabilitiesAndHidesTheHost) {
  const oci::Spec spec = build(config()).take();
  const auto& sets = *spec.process->capabilities;
  EXPECT_EQ(sets.bounding.size(), 11u);
  EXPECT_EQ(sets.effective, sets.bounding);
  EXPECT_THAT(sets.inheritable, IsEmpty());
  EXPECT_THAT(spec.linux->masked_paths, Contains("/proc/kcore"));
  EXPECT_THAT(spec.linux->readonly_paths, Contains("/proc/sys"));
  EXPECT_TRUE(spec.linux->seccomp);
}

TEST(Spec, AnotherUserHoldsOnlyWhatWasAsked) {
  ContainerConfig asked = config();
  asked.cap_add = {"net_admin"};
  const auto sets = build_capabilities(asked, {.uid = 1000}).take();
  EXPECT_THAT(sets.effective, ElementsAre("CAP_NET_ADMIN"));
  EXPECT_THAT(sets.ambient, ElementsAre("CAP_NET_ADMIN"));
  EXPECT_EQ(sets.bounding.size(), 12u);
}

TEST(Spec, CapabilitiesCanBeAddedAndDropped) {
  ContainerConfig asked = config();
  asked.cap_drop = {"ALL"};
  EXPECT_THAT(build_capabilities(asked, {}).take().bounding, IsEmpty());
  asked.cap_add = {"CHOWN"};
  EXPECT_THAT(build_capabilities(asked, {}).take().bounding, ElementsAre("CAP_CHOWN"));
  asked = config();
  asked.cap_add = {"all"};
  asked.cap_drop = {"CAP_SYS_ADMIN"};
  EXPECT_THAT(build_capabilities(asked, {}).take().bounding, Not(Contains("CAP_SYS_ADMIN")));
  EXPECT_THAT(build_capabilities(asked, {}).take().bounding, Contains("CAP_NET_ADMIN"));
  asked.cap_add = {"SYS_ADMIN"};
  EXPECT_FALSE(build_capabilities(asked, {}));
  asked.cap_add = {"SYS_MAGIC"};
  EXPECT_FALSE(build_capabilities(asked, {}));
}

TEST(Spec, TheEnvironmentOfTheConfigWins) {
  ContainerConfig asked = config();
  asked.env = {"PATH=/x", "A=1"};
  asked.tty = true;
  const auto env = build_environment(asked, {.home = "/home/u"}, "h");
  EXPECT_THAT(env, Contains("PATH=/x"));
  EXPECT_THAT(env, Not(Contains(StartsWith("PATH=/usr"))));
  EXPECT_THAT(env, Contains("HOME=/home/u"));
  EXPECT_THAT(env, Contains("TERM=xterm"));
  EXPECT_THAT(env, Contains("container=gantry"));
  EXPECT_EQ(env.back(), "A=1");
}

TEST(Spec, AMountOfTheUserReplacesAStandardOne) {
  ContainerConfig asked = config();
  asked.mounts = {{"bind", "/tmp", "/data/below", {"rbind"}},
                  {"tmpfs", "tmpfs", "/data", {}},
                  {"bind", "/tmp", "/dev/shm", {"rbind"}}};
  const oci::Spec spec = build(asked).take();
  EXPECT_EQ(mount_at(spec, "/dev/shm").type, "bind");
  const auto all = destinations(spec);
  EXPECT_EQ(std::ranges::count(all, "/dev/shm"), 1);
  EXPECT_LT(std::ranges::find(all, "/data"), std::ranges::find(all, "/data/below"));
}

TEST(Spec, AMissingSourceIsNamedWithItsCure) {
  ContainerConfig asked = config();
  asked.mounts = {{"bind", "/no/such/folder", "/data", {"rbind"}}};
  auto spec = build(asked);
  ASSERT_FALSE(spec);
  EXPECT_THAT(spec.error().message(), HasSubstr("mount /no/such/folder on /data"));
  EXPECT_THAT(spec.error().message(), HasSubstr("create it, or drop -v"));
}

TEST(Spec, AReadOnlyRootHasPlacesToWrite) {
  ContainerConfig asked = config();
  asked.read_only = true;
  const oci::Spec spec = build(asked).take();
  EXPECT_TRUE(spec.root->readonly);
  EXPECT_THAT(destinations(spec), testing::IsSupersetOf({"/run", "/tmp", "/var/tmp"}));
}

TEST(Spec, LimitsAreInTheKernelsUnits) {
  ContainerConfig asked = config();
  asked.memory = 64 << 20;
  asked.nano_cpus = 1'500'000'000;
  const oci::Spec spec = build(asked).take();
  const auto& resources = *spec.linux->resources;
  EXPECT_EQ(*resources.memory->limit, 64 << 20);
  EXPECT_EQ(*resources.memory->swap, 128 << 20);
  EXPECT_EQ(*resources.cpu->quota, 150'000);
  EXPECT_EQ(*resources.cpu->period, 100'000u);
  EXPECT_EQ(resources.pids->limit, 2048);
  asked.pids_limit = -1;
  EXPECT_FALSE(build(asked).take().linux->resources->pids);
}

TEST(Spec, AnOrdinaryUsersContainerHasAUserNamespace) {
  const linux::IdMaps maps{.uids = {{0, 1000, 1}}, .gids = {{0, 1000, 1}}};
  ContainerConfig asked = config();
  asked.network = "host";
  const oci::Spec spec = build(asked, {.home = "/root"}, maps).take();
  auto valid = oci::validate(spec);
  EXPECT_TRUE(valid) << valid.error().message();
  EXPECT_NE(oci::find_namespace(spec, oci::NamespaceType::user), nullptr);
  EXPECT_EQ(oci::find_namespace(spec, oci::NamespaceType::network), nullptr);
  // sysfs belongs to the network namespace's owner, and group tty is not mapped.
  EXPECT_EQ(mount_at(spec, "/sys").type, "bind");
  EXPECT_THAT(mount_at(spec, "/dev/pts").options, Not(Contains("gid=5")));
  EXPECT_FALSE(spec.linux->resources->pids);
}

TEST(Spec, LimitsThatCannotBeSetAreRefusedWhenAsked) {
  ContainerConfig asked = config();
  asked.memory = 1 << 20;
  auto spec = build(asked, {}, linux::IdMaps{.uids = {{0, 1000, 1}}, .gids = {{0, 1000, 1}}});
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error().code(), Code::unsupported);
}

TEST(Spec, OpenFilesAreAsManyAsTheHostAllowsUnlessAsked) {
  const oci::Spec spec = build(config()).take();
  ASSERT_EQ(spec.process->rlimits.size(), 1u);
  EXPECT_EQ(spec.process->rlimits[0].soft, spec.process->rlimits[0].hard);
  ContainerConfig asked = config();
  asked.ulimits = {{"nofile", 10, 20}, {"core", 0, 0}};
  const auto limits = build(asked).take().process->rlimits;
  ASSERT_EQ(limits.size(), 2u);
  EXPECT_EQ(limits[0].soft, 10u);
  asked.ulimits = {{"nothing", 1, 1}};
  EXPECT_FALSE(build(asked));
}

TEST(Spec, PrivilegedHidesNothing) {
  ContainerConfig asked = config();
  asked.privileged = true;
  const oci::Spec spec = build(asked).take();
  EXPECT_THAT(spec.linux->masked_paths, IsEmpty());
  EXPECT_THAT(spec.linux->readonly_paths, IsEmpty());
  EXPECT_FALSE(spec.linux->seccomp);
  EXPECT_THAT(spec.process->capabilities->bounding, Contains("CAP_SYS_ADMIN"));
  EXPECT_TRUE(spec.linux->resources->devices.front().allow);
}

TEST(Spec, DevicesAreAllowedAndMade) {
  ContainerConfig asked = config();
  asked.devices = {{"/dev/null", "/dev/other", "r"}};
  const oci::Spec spec = build(asked).take();
  ASSERT_EQ(spec.linux->devices.size(), 1u);
  EXPECT_EQ(spec.linux->devices[0].path, "/dev/other");
  EXPECT_EQ(spec.linux->devices[0].major, 1);
  EXPECT_EQ(spec.linux->resources->devices.back().access, "r");
  asked.devices = {{"/etc/passwd", "/dev/x", "r"}};
  EXPECT_FALSE(build(asked));
}

TEST(Spec, PathsCanBeMaskedAndUnmasked) {
  ContainerConfig asked = config();
  asked.mask = {"/secret"};
  asked.unmask = {"/proc/kcore", "/proc/sys"};
  const oci::Spec spec = build(asked).take();
  EXPECT_THAT(spec.linux->masked_paths, Contains("/secret"));
  EXPECT_THAT(spec.linux->masked_paths, Not(Contains("/proc/kcore")));
  EXPECT_THAT(spec.linux->readonly_paths, Not(Contains("/proc/sys")));
  asked.unmask = {"ALL"};
  EXPECT_THAT(build(asked).take().linux->readonly_paths, IsEmpty());
}

TEST(Spec, HasEveryLimitThatWasAsked) {
  ContainerConfig asked = config();
  asked.memory = 64u << 20;
  asked.memory_swap = -1;
  asked.memory_reservation = 32u << 20;
  asked.cpu_shares = 512;
  asked.cpu_quota = 50'000;
  asked.cpuset_cpus = "0";
  asked.blkio_weight = 300;
  asked.cgroup_conf = {{"memory.high", "1g"}};
  asked.cgroup_parent = "/slice";
  asked.oom_score_adj = 100;
  const oci::Spec spec = build(asked).take();
  const oci::Resources& limits = *spec.linux->resources;
  EXPECT_EQ(limits.memory->swap, -1);
  EXPECT_EQ(limits.memory->reservation, 32 << 20);
  EXPECT_EQ(limits.cpu->shares, 512u);
  EXPECT_EQ(limits.cpu->quota, 50'000);
  EXPECT_EQ(limits.cpu->cpus, "0");
  EXPECT_EQ(limits.block_io->weight, 300);
  EXPECT_EQ(limits.unified.at("memory.high"), "1g");
  EXPECT_EQ(spec.linux->cgroups_path, "/slice/" + std::string(64, 'a'));
  EXPECT_EQ(spec.process->oom_score_adj, 100);
}

TEST(Spec, SharesTheNamespacesThatWereAsked) {
  ContainerConfig asked = config();
  asked.pid = "host";
  asked.ipc = "ns:/proc/1/ns/ipc";
  asked.uts = "host";
  const oci::Spec spec = build(asked).take();
  EXPECT_EQ(oci::find_namespace(spec, oci::NamespaceType::pid), nullptr);
  EXPECT_EQ(oci::find_namespace(spec, oci::NamespaceType::uts), nullptr);
  EXPECT_EQ(oci::find_namespace(spec, oci::NamespaceType::ipc)->path, "/proc/1/ns/ipc");
  EXPECT_EQ(spec.hostname, "");
  asked.ipc = "sideways";
  EXPECT_THAT(check_namespace_modes(asked).error().message(), HasSubstr("option --ipc"));
}

TEST(Spec, IsMadeForSystemdWhenThatIsTheCommand) {
  ContainerConfig asked = config();
  EXPECT_THAT(destinations(build(asked).take()), Not(Contains("/run/lock")));
  asked.command = {"/sbin/init"};
  EXPECT_THAT(destinations(build(asked).take()), Contains("/run/lock"));
  asked.systemd = "false";
  EXPECT_THAT(destinations(build(asked).take()), Not(Contains("/run/lock")));
}

}  // namespace
}  // namespace gantry::engine
