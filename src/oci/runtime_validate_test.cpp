#include "oci/runtime_spec.hpp"

#include <gmock/gmock.h>

namespace gantry::oci {
namespace {

using testing::HasSubstr;

Spec valid_spec() {
  Spec spec;
  spec.oci_version = "1.2.0";
  spec.process.emplace();
  spec.process->args = {"sh"};
  spec.process->cwd = "/";
  spec.root = Root{"rootfs"};
  spec.linux.emplace();
  for (NamespaceType type : {NamespaceType::pid, NamespaceType::mount, NamespaceType::uts, NamespaceType::ipc})
    spec.linux->namespaces.push_back({type, ""});
  return spec;
}

/// What validate says of a valid configuration after a change.
template <class Change>
std::string verdict(Change change) {
  Spec spec = valid_spec();
  change(spec);
  const auto result = validate(spec);
  return result ? "valid" : result.error().message();
}

TEST(Validate, AcceptsAPlainConfiguration) {
  EXPECT_EQ(verdict([](Spec&) {}), "valid");
  EXPECT_EQ(verdict([](Spec& spec) { spec.process.reset(); }), "valid");  // it may come with `start`
  EXPECT_EQ(verdict([](Spec& spec) { spec.linux.reset(); }), "valid");
}

TEST(Validate, KnowsTheVersionsOfTheSpecification) {
  for (const char* version : {"1.0.0", "1.0.2-dev", "1.99.0", "1.1.0+build"})
    EXPECT_EQ(verdict([&](Spec& spec) { spec.oci_version = version; }), "valid") << version;
  EXPECT_EQ(verdict([](Spec& spec) { spec.oci_version = "2.0.0"; }),
            "/ociVersion: 2.0.0 is not supported, only 1.x is");
  for (const char* version : {"", "1", "1.0", "v1.0.0", "1.0.0-", "1.0.x"})
    EXPECT_THAT(verdict([&](Spec& spec) { spec.oci_version = version; }), HasSubstr("is not a version")) << version;
}

TEST(Validate, WantsACommandAndAnAbsoluteFolder) {
  EXPECT_EQ(verdict([](Spec& spec) { spec.process->args.clear(); }), "/process/args: there is no command to run");
  EXPECT_EQ(verdict([](Spec& spec) { spec.process->args = {""}; }), "/process/args/0: the command is empty");
  EXPECT_EQ(verdict([](Spec& spec) { spec.process->cwd = "tmp"; }), "/process/cwd: 'tmp' is not an absolute path");
  EXPECT_EQ(verdict([](Spec& spec) {
              spec.process->env = {"A=b", "PATH"};
            }),
            "/process/env/1: 'PATH' is not NAME=value");
  EXPECT_EQ(verdict([](Spec& spec) { spec.process->env = {"=b"}; }), "/process/env/0: '=b' is not NAME=value");
}

TEST(Validate, PutsTheGivenPathInFrontOfAProcess) {
  EXPECT_EQ(validate(Process{}, "").error().message(), "/args: there is no command to run");
}

TEST(Validate, WantsEachLimitOnceAndInOrder) {
  EXPECT_EQ(
      verdict([](Spec& spec) {
        spec.process->rlimits = {{RlimitType::nofile, 2, 1}, {RlimitType::core, 2, 2}, {RlimitType::nofile, 3, 1}};
      }),
      "/process/rlimits/2/type: entry 0 limits the same resource");
  EXPECT_EQ(verdict([](Spec& spec) {
              spec.process->rlimits = {{RlimitType::core, 1, 2}};
            }),
            "/process/rlimits/0: the soft limit 2 is above the hard limit 1");
}

TEST(Validate, ChecksPrioritiesAndScheduling) {
  EXPECT_EQ(verdict([](Spec& spec) { spec.process->oom_score_adj = -1001; }),
            "/process/oomScoreAdj: -1001 is not in the range -1000 to 1000");
  EXPECT_EQ(verdict([](Spec& spec) {
              spec.process->io_priority = IoPriority{IoPriorityClass::be, 8};
            }),
            "/process/ioPriority/priority: 8 is not in the range 0 to 7");
  EXPECT_THAT(verdict([](Spec& spec) { spec.process->scheduler = Scheduler{.nice = 20}; }), HasSubstr("nice 20"));
  EXPECT_THAT(verdict([](Spec& spec) { spec.process->scheduler = Scheduler{.priority = 1}; }),
              HasSubstr("only SCHED_FIFO and SCHED_RR"));
  EXPECT_THAT(verdict([](Spec& spec) { spec.process->scheduler = Scheduler{.policy = SchedulerPolicy::rr}; }),
              HasSubstr("priority 0 is not in the range"));
  EXPECT_THAT(verdict([](Spec& spec) { spec.process->scheduler = Scheduler{.runtime = 1}; }),
              HasSubstr("only SCHED_DEADLINE"));
  EXPECT_THAT(verdict([](Spec& spec) {
                spec.process->exec_cpu_affinity = ExecCpuAffinity{"3-1", ""};
              }),
              HasSubstr("/process/execCPUAffinity/initial: '3-1' is not a list"));
}

TEST(Validate, WantsARoot) {
  EXPECT_EQ(verdict([](Spec& spec) { spec.root.reset(); }), "/root: it is missing");
  EXPECT_EQ(verdict([](Spec& spec) { spec.root->path.clear(); }), "/root/path: it is empty");
}

TEST(Validate, NamesTheMachineInAUtsNamespaceAlone) {
  EXPECT_EQ(verdict([](Spec& spec) { spec.hostname = "box"; }), "valid");
  EXPECT_EQ(verdict([](Spec& spec) {
              spec.domainname = "box";
              std::erase_if(spec.linux->namespaces, [](const auto& one) { return one.type == NamespaceType::uts; });
            }),
            "/domainname: it would be set on the host, as linux.namespaces has no 'uts'");
  EXPECT_THAT(verdict([](Spec& spec) { spec.hostname = std::string(65, 'a'); }), HasSubstr("longer than 64 bytes"));
}

TEST(Validate, ChecksMounts) {
  EXPECT_EQ(verdict([](Spec& spec) { spec.mounts = {{.destination = "data"}}; }), "valid");
  EXPECT_EQ(verdict([](Spec& spec) { spec.mounts = {{.type = "proc"}}; }), "/mounts/0/destination: it is empty");
  EXPECT_THAT(verdict([](Spec& spec) {
                spec.mounts = {{.destination = "/a", .uid_mappings = {{0, 0, 1}}}};
              }),
              HasSubstr("/mounts/0: uidMappings and gidMappings are given together"));
  EXPECT_THAT(verdict([](Spec& spec) { spec.mounts = {{.destination = "/a", .options = {"ridmap"}}}; }),
              HasSubstr("/mounts/0: an idmapped mount needs"));
}

TEST(Validate, ChecksHooksAndAnnotations) {
  EXPECT_EQ(verdict([](Spec& spec) {
              spec.hooks = Hooks{.poststop = {{.path = "/a"}, {.path = "b"}}};
            }),
            "/hooks/poststop/1/path: 'b' is not an absolute path");
  EXPECT_THAT(verdict([](Spec& spec) { spec.hooks = Hooks{.prestart = {{.path = "/a", .timeout = 0}}}; }),
              HasSubstr("/hooks/prestart/0/timeout: 0 is not"));
  EXPECT_EQ(verdict([](Spec& spec) { spec.annotations[""] = "x"; }), "/annotations: a key is empty");
}

TEST(Validate, WantsEachNamespaceOnce) {
  EXPECT_EQ(verdict([](Spec& spec) {
              spec.linux->namespaces.push_back({NamespaceType::pid, "/proc/1/ns/pid"});
            }),
            "/linux/namespaces/4/type: entry 0 is of the same type");
  EXPECT_EQ(verdict([](Spec& spec) { spec.linux->namespaces[0].path = "x"; }),
            "/linux/namespaces/0/path: 'x' is not an absolute path");
}

TEST(Validate, ChecksIdMappings) {
  auto with_maps = [](std::vector<IdMapping> maps) {
    return verdict([&](Spec& spec) {
      spec.linux->namespaces.push_back({NamespaceType::user, ""});
      spec.linux->uid_mappings = maps;
    });
  };
  EXPECT_EQ(with_maps({{0, 1000, 1}, {1, 100000, 65536}}), "valid");
  EXPECT_EQ(with_maps({{0, 1000, 0}}), "/linux/uidMappings/0/size: it is 0");
  EXPECT_EQ(with_maps({{4294967295, 0, 2}}), "/linux/uidMappings/0: the range ends past the greatest ID");
  EXPECT_EQ(with_maps({{0, 1000, 10}, {9, 5000, 1}}), "/linux/uidMappings/1: the range overlaps that of entry 0");
  EXPECT_EQ(with_maps({{0, 1000, 10}, {10, 1009, 1}}), "/linux/uidMappings/1: the range overlaps that of entry 0");
  EXPECT_THAT(with_maps(std::vector<IdMapping>(341)), HasSubstr("more than 340 entries"));
  EXPECT_THAT(verdict([](Spec& spec) { spec.linux->gid_mappings = {{0, 0, 1}}; }), HasSubstr("has no 'user'"));
}

TEST(Validate, ChecksTimeOffsets) {
  auto with_offset = [](const char* clock, TimeOffset offset) {
    return verdict([&](Spec& spec) {
      spec.linux->namespaces.push_back({NamespaceType::time, ""});
      spec.linux->time_offsets[clock] = offset;
    });
  };
  EXPECT_EQ(with_offset("boottime", {-1, 999'999'999}), "valid");
  EXPECT_THAT(with_offset("realtime", {}), HasSubstr("/linux/timeOffsets/realtime: the clocks"));
  EXPECT_THAT(with_offset("monotonic", {0, 1'000'000'000}), HasSubstr("/linux/timeOffsets/monotonic/nanosecs"));
  EXPECT_THAT(verdict([](Spec& spec) { spec.linux->time_offsets["monotonic"] = {}; }), HasSubstr("has no 'time'"));
}

TEST(Validate, ChecksDevicesAndPaths) {
  EXPECT_THAT(verdict([](Spec& spec) { spec.linux->devices = {{.path = "dev/x"}}; }),
              HasSubstr("/linux/devices/0/path"));
  auto with_device = [](const Device& device) { return verdict([&](Spec& spec) { spec.linux->devices = {device}; }); };
  EXPECT_THAT(with_device({.path = "/x", .major = 4096, .minor = 0}), HasSubstr("/linux/devices/0/major: 4096"));
  EXPECT_THAT(with_device({.path = "/x", .major = 1, .minor = -1}), HasSubstr("/linux/devices/0/minor: -1"));
  EXPECT_EQ(with_device({.path = "/x", .major = 1}), "/linux/devices/0: major and minor are missing");
  EXPECT_EQ(with_device({.path = "/x", .type = DeviceType::fifo}), "valid");
  EXPECT_THAT(verdict([](Spec& spec) { spec.linux->masked_paths = {"/a", "b"}; }), HasSubstr("/linux/maskedPaths/1"));
  EXPECT_THAT(verdict([](Spec& spec) { spec.linux->readonly_paths = {"b"}; }), HasSubstr("/linux/readonlyPaths/0"));
  EXPECT_THAT(verdict([](Spec& spec) { spec.linux->rootfs_propagation = "x"; }), HasSubstr("/linux/rootfsPropagation"));
  EXPECT_EQ(verdict([](Spec& spec) { spec.linux->rootfs_propagation = "rslave"; }), "valid");
  EXPECT_EQ(verdict([](Spec& spec) { spec.linux->cgroups_path = "system.slice:a:b"; }), "valid");
  for (const char* path : {"..", "/a/../b", "a/.."})
    EXPECT_THAT(verdict([&](Spec& spec) { spec.linux->cgroups_path = path; }), HasSubstr("/linux/cgroupsPath")) << path;
}

TEST(Validate, ChecksIntelRdtAndPersonality) {
  EXPECT_THAT(verdict([](Spec& spec) { spec.linux->intel_rdt = IntelRdt{.clos_id = "../a"}; }), HasSubstr("closID"));
  EXPECT_THAT(verdict([](Spec& spec) { spec.linux->intel_rdt = IntelRdt{.mem_bw_schema = "L3:0=1"}; }),
              HasSubstr("memBwSchema"));
  EXPECT_EQ(verdict([](Spec& spec) { spec.linux->intel_rdt = IntelRdt{.clos_id = "/"}; }), "valid");
  EXPECT_THAT(verdict([](Spec& spec) {
                spec.linux->intel_rdt = IntelRdt{.schemata = {"L3:0=f", "a\nb"}};
              }),
              HasSubstr("/linux/intelRdt/schemata/1"));
  EXPECT_THAT(verdict([](Spec& spec) { spec.linux->personality = Personality{.flags = {"X"}}; }),
              HasSubstr("/linux/personality/flags: 'X' is not known"));
}

TEST(Validate, ChecksNetworkDevices) {
  auto with = [](std::map<std::string, NetDevice> devices) {
    return verdict([&](Spec& spec) {
      spec.linux->namespaces.push_back({NamespaceType::network, ""});
      spec.linux->net_devices = devices;
    });
  };
  EXPECT_EQ(with({{"eth0", {}}, {"wlan0", {"eth%d"}}}), "valid");
  EXPECT_THAT(with({{"an interface", {}}}), HasSubstr("'an interface' is not the name of a network device"));
  for (const char* name : {"..", "a/b", "sixteen-letters-", "a:b", "%s", "eth%d%d", "%"})
    EXPECT_THAT(with({{"eth0", {name}}}), HasSubstr("/linux/netDevices/eth0/name")) << name;
  EXPECT_THAT(with({{"eth0", {}}, {"eth1", {"eth0"}}}), HasSubstr("another device becomes 'eth0' as well"));
  EXPECT_THAT(verdict([](Spec& spec) { spec.linux->net_devices["eth0"]; }), HasSubstr("has no 'network'"));
}

TEST(Validate, ChecksTheMemoryPolicy) {
  auto with = [](MemoryPolicy policy) { return verdict([&](Spec& spec) { spec.linux->memory_policy = policy; }); };
  EXPECT_EQ(with({MemoryPolicyMode::bind, "0-1", {MemoryPolicyFlag::static_nodes}}), "valid");
  EXPECT_EQ(with({MemoryPolicyMode::preferred, "", {}}), "valid");
  EXPECT_EQ(with({MemoryPolicyMode::interleave, "", {}}), "/linux/memoryPolicy/nodes: this mode needs nodes");
  EXPECT_THAT(with({MemoryPolicyMode::local, "0", {}}), HasSubstr("take no nodes"));
  EXPECT_THAT(with({MemoryPolicyMode::bind, "x", {}}), HasSubstr("/linux/memoryPolicy/nodes"));
  EXPECT_THAT(with({MemoryPolicyMode::bind, "0", {MemoryPolicyFlag::static_nodes, MemoryPolicyFlag::relative_nodes}}),
              HasSubstr("exclude each other"));
}

TEST(Validate, ChecksSeccomp) {
  auto with = [](Seccomp seccomp) { return verdict([&](Spec& spec) { spec.linux->seccomp = seccomp; }); };
  const auto allow = SeccompAction::allow, notify = SeccompAction::notify;
  EXPECT_EQ(with({.default_action = SeccompAction::errno_, .default_errno_ret = 38}), "valid");
  EXPECT_THAT(with({.default_action = allow, .default_errno_ret = 1}), HasSubstr("/linux/seccomp/defaultErrnoRet"));
  EXPECT_THAT(with({.default_action = notify}), HasSubstr("/linux/seccomp/defaultAction"));
  EXPECT_THAT(with({.listener_metadata = "x"}), HasSubstr("/linux/seccomp/listenerMetadata"));
  EXPECT_THAT(with({.syscalls = {{.action = allow}}}), HasSubstr("/linux/seccomp/syscalls/0/names: it is empty"));
  EXPECT_THAT(with({.syscalls = {{{"open"}, allow, 1, {}}}}), HasSubstr("/syscalls/0/errnoRet"));
  EXPECT_THAT(with({.syscalls = {{{"open"}, notify, {}, {}}}}), HasSubstr("needs a listenerPath"));
  EXPECT_THAT(with({.syscalls = {{{"open"}, allow, {}, {{.index = 6}}}}}), HasSubstr("6 is not an argument's index"));
}

TEST(Validate, ChecksResources) {
  auto with = [](const Resources& resources) {
    return verdict([&](Spec& spec) { spec.linux->resources = resources; });
  };
  EXPECT_EQ(with({.memory = MemoryLimits{.limit = -1, .swap = -1}, .cpu = CpuLimits{.quota = -1, .burst = 5}}),
            "valid");
  EXPECT_THAT(with({.devices = {{.type = "x"}}}), HasSubstr("/linux/resources/devices/0/type"));
  EXPECT_THAT(with({.devices = {{.access = "rx"}}}), HasSubstr("/linux/resources/devices/0/access"));
  EXPECT_THAT(with({.devices = {{.major = -2}}}), HasSubstr("a device number is negative"));
  EXPECT_THAT(with({.memory = MemoryLimits{.kernel_tcp = -2}}), HasSubstr("/memory/kernelTCP: -2 is below -1"));
  EXPECT_THAT(with({.memory = MemoryLimits{.swappiness = 101}}), HasSubstr("/memory/swappiness"));
  EXPECT_THAT(with({.memory = MemoryLimits{.limit = 2, .swap = 1}}), HasSubstr("/memory/swap: 1 is below"));
  EXPECT_THAT(with({.cpu = CpuLimits{.quota = 1, .burst = 2}}), HasSubstr("/cpu/burst: 2 is above the quota"));
  EXPECT_THAT(with({.cpu = CpuLimits{.cpus = "0-"}}), HasSubstr("/cpu/cpus: '0-'"));
  EXPECT_THAT(with({.cpu = CpuLimits{.mems = "a"}}), HasSubstr("/cpu/mems: 'a'"));
  EXPECT_THAT(with({.cpu = CpuLimits{.idle = 2}}), HasSubstr("/cpu/idle"));
  EXPECT_THAT(with({.block_io = BlockIo{.weight = 9}}), HasSubstr("/blockIO/weight: 9"));
  EXPECT_THAT(with({.block_io = BlockIo{.weight_device = {{8, 0, {}, {}}}}}),
              HasSubstr("neither weight nor leafWeight"));
  EXPECT_THAT(with({.hugepage_limits = {{"2mb", 1}}}), HasSubstr("/hugepageLimits/0/pageSize: '2mb'"));
  EXPECT_THAT(with({.rdma = {{"mlx", {}}}}), HasSubstr("/rdma/mlx: it has neither"));
  EXPECT_THAT(with({.unified = {{"../memory.max", "1"}}}), HasSubstr("'../memory.max' is not the name of a file"));
}

TEST(Validate, LetsASysctlChangeTheContainerAlone) {
  auto with = [](const char* name, const char* value = "1") {
    return verdict([&](Spec& spec) { spec.linux->sysctl[name] = value; });
  };
  EXPECT_EQ(with("kernel.shmmax"), "valid");
  EXPECT_EQ(with("fs/mqueue/msg_max"), "valid");
  EXPECT_EQ(with("kernel.domainname"), "valid");
  EXPECT_THAT(with("net.ipv4.ip_forward"), HasSubstr("has no namespace for it"));  // no network namespace here
  EXPECT_THAT(with("kernel.hostname"), HasSubstr("is set by the member 'hostname'"));
  EXPECT_THAT(with("vm.overcommit_memory"), HasSubstr("is not namespaced"));
  EXPECT_THAT(with("kernel/core_pattern"), HasSubstr("is not namespaced"));
  for (const char* name : {"", "kernel.shmmax+kernel.core_pattern", "kernel.sem=1", "kernel.sem\n", "/kernel/sem",
                           "fs/mqueue/../../kernel/core_pattern", "fs//mqueue/x"})
    EXPECT_THAT(with(name), HasSubstr("/linux/sysctl: ")) << name;
  EXPECT_THAT(with("kernel.sem", "1\n2"), HasSubstr("has a line break"));
}

TEST(Spec, FindsANamespace) {
  Spec spec = valid_spec();
  ASSERT_NE(find_namespace(spec, NamespaceType::uts), nullptr);
  EXPECT_EQ(find_namespace(spec, NamespaceType::user), nullptr);
  spec.linux.reset();
  EXPECT_EQ(find_namespace(spec, NamespaceType::uts), nullptr);
}

TEST(Spec, NamesTheMemberThatDoesNotRead) {
  EXPECT_EQ(
      parse_spec(R"({"ociVersion":"1.2.0","linux":{"namespaces":[{"type":"pid"},{"type":"foo"}]}})", "config.json")
          .error()
          .message(),
      "config.json: /linux/namespaces/1/type: 'foo' is not one of pid, network, mount, ipc, uts, user, cgroup, "
      "time");
  EXPECT_EQ(parse_spec("{}", "config.json").error().message(), "config.json: the member 'ociVersion' is missing");
  EXPECT_EQ(parse_spec(R"({"ociVersion":"1.2.0","process":{"args":null}})", "config.json").error().message(),
            "config.json: /process: the member 'cwd' is missing");
}

TEST(Spec, ReadsResourcesAndSeccompAlone) {
  EXPECT_EQ(parse_resources(R"({"memory":{"limit":5}})", "r")->memory->limit, 5);
  EXPECT_EQ(parse_seccomp(R"({"defaultAction":"SCMP_ACT_KILL"})", "s")->default_action, SeccompAction::kill);
}

}  // namespace
}  // namespace gantry::oci
