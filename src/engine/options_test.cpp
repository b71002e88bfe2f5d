#include "engine/options.hpp"

#include <gmock/gmock.h>

namespace gantry::engine {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Options, AVolumeTakesMountsBelowItAlong) {
  const Mount mount = parse_volume("/srv//data/:/data:ro,z").take();
  EXPECT_EQ(mount.type, "bind");
  EXPECT_EQ(mount.source, "/srv/data");
  EXPECT_EQ(mount.target, "/data");
  EXPECT_THAT(mount.options, ElementsAre("rbind", "ro", "rprivate"));
}

TEST(Options, AVolumeKeepsTheAskedPropagation) {
  EXPECT_THAT(parse_volume("/a:/b:bind,rshared").take().options, ElementsAre("bind", "rshared"));
}

TEST(Options, AVolumeHasANameOrIsAnonymous) {
  const Mount named = parse_volume("data:/data:nocopy,U").take();
  EXPECT_EQ(named.type, "volume");
  EXPECT_EQ(named.source, "data");
  EXPECT_TRUE(named.no_copy);
  EXPECT_TRUE(named.chown);
  EXPECT_FALSE(named.anonymous);
  const Mount anonymous = parse_volume("/data").take();
  EXPECT_EQ(anonymous.type, "volume");
  EXPECT_TRUE(anonymous.anonymous);
  EXPECT_FALSE(parse_volume("../data:/data"));
  EXPECT_FALSE(parse_volume(":/data"));
}

TEST(Options, AnOverlayedVolumeMayKeepItsLayer) {
  const Mount mount = parse_volume("/a:/b:O,upperdir=/u,workdir=/w").take();
  EXPECT_TRUE(mount.overlay);
  EXPECT_EQ(mount.upper, "/u");
  EXPECT_FALSE(parse_volume("/a:/b:O,upperdir=/u"));
  EXPECT_FALSE(parse_volume("/a:/b:upperdir=/u,workdir=/w"));
}

TEST(Options, AColonInAPathIsEscaped) { EXPECT_EQ(parse_volume("/a\\:b:/c").take().source, "/a:b"); }

TEST(Options, AVolumeWithARelativeTargetOrUnknownOptionIsRefused) {
  EXPECT_FALSE(parse_volume("/a:b"));
  EXPECT_FALSE(parse_volume("/a:/b:sideways"));
  EXPECT_FALSE(parse_volume("/a:/b:ro:rw"));
}

TEST(Options, ReadsMountMembersInAnyOrder) {
  const Mount bind = parse_mount("dst=/b,readonly,src=/a,type=bind,bind-propagation=rslave").take().at(0);
  EXPECT_EQ(bind.source, "/a");
  EXPECT_THAT(bind.options, ElementsAre("rbind", "ro", "rslave"));
  const Mount tmpfs = parse_mount("type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=0700").take().at(0);
  EXPECT_THAT(tmpfs.options, ElementsAre("size=1048576", "mode=0700", "nosuid", "nodev"));
}

TEST(Options, AMountMustMakeSense) {
  EXPECT_FALSE(parse_mount("type=tape,src=x,dst=/y"));
  EXPECT_FALSE(parse_mount("type=image,dst=/y"));
  EXPECT_FALSE(parse_mount("type=bind,src=/x"));
  EXPECT_FALSE(parse_mount("type=bind,dst=/x"));
  EXPECT_FALSE(parse_mount("type=tmpfs,src=/x,dst=/y"));
  EXPECT_FALSE(parse_mount("type=bind,src=/x,dst=/y,tmpfs-size=3"));
}

TEST(Options, ATmpfsMayAskForMore) {
  const Mount mount = parse_tmpfs("/run:exec,suid,size=4k").take();
  EXPECT_THAT(mount.options, Contains("suid"));
  EXPECT_THAT(mount.options, testing::Not(Contains("nosuid")));
  EXPECT_THAT(mount.options, Contains("nodev"));
}

TEST(Options, ReadsUlimits) {
  EXPECT_EQ(parse_ulimit("nofile=10:20").take(), (Ulimit{"nofile", 10, 20}));
  EXPECT_EQ(parse_ulimit("NPROC=5").take(), (Ulimit{"nproc", 5, 5}));
  EXPECT_EQ(parse_ulimit("core=-1").take().hard, ~std::uint64_t{0});
  for (const char* text : {"nofile", "nofile=", "nofile=x", "nofile=20:10", "=1"}) EXPECT_FALSE(parse_ulimit(text));
}

TEST(Options, ReadsDevices) {
  EXPECT_EQ(parse_device("/dev/fuse").take(), (Device{"/dev/fuse", "/dev/fuse", "rwm"}));
  EXPECT_EQ(parse_device("/dev/sda:/dev/disk:r").take(), (Device{"/dev/sda", "/dev/disk", "r"}));
  EXPECT_EQ(parse_device("/dev/sda:rw").take(), (Device{"/dev/sda", "/dev/sda", "rw"}));
  for (const char* text : {"fuse", "/dev/fuse:rx", "/dev/a:/dev/b:r:w"}) EXPECT_FALSE(parse_device(text));
}

TEST(Options, ReadsFractionsOfACpu) {
  EXPECT_EQ(parse_cpus("1.5").take(), 1'500'000'000u);
  EXPECT_EQ(parse_cpus(".25").take(), 250'000'000u);
  EXPECT_EQ(parse_cpus("2").take(), 2'000'000'000u);
  for (const char* text : {"0", "-1", "1.", "x", "", "1.0000000001", "1e3"}) EXPECT_FALSE(parse_cpus(text)) << text;
}

TEST(Options, ReadsSecurityOptionsInBothSpellings) {
  ContainerConfig config;
  ASSERT_TRUE(set_security_option(config, "no-new-privileges"));
  ASSERT_TRUE(set_security_option(config, "seccomp:unconfined"));
  ASSERT_TRUE(set_security_option(config, "unmask=/proc/acpi:/proc/kcore"));
  EXPECT_TRUE(config.no_new_privileges);
  EXPECT_EQ(config.seccomp, "unconfined");
  EXPECT_THAT(config.unmask, ElementsAre("/proc/acpi", "/proc/kcore"));
  EXPECT_TRUE(set_security_option(config, "label=disable"));
  EXPECT_FALSE(set_security_option(config, "label=type:spc_t"));
}

TEST(Options, AMountOfDockersCsvMayHaveCommas) {
  EXPECT_EQ(parse_mount(R"(type=bind,"src=/a,b",dst=/c)").take().at(0).source, "/a,b");
}

TEST(Options, AMountIsAVolumeUnlessItSaysOtherwise) {
  const Mount mount = parse_mount("src=data,dst=/d,volume-subpath=in").take().at(0);
  EXPECT_EQ(mount.type, "volume");
  EXPECT_EQ(mount.subpath, "in");
  EXPECT_TRUE(parse_mount("dst=/d").take().at(0).anonymous);
}

TEST(Options, RulesOfDevices) {
  const oci::DeviceRule rule = parse_device_rule("c 1:* rw").take();
  EXPECT_EQ(rule.major, 1);
  EXPECT_FALSE(rule.minor);
  for (const char* bad : {"", "c 1:3", "x 1:3 r", "c 1 r", "c 1:3 z", "c a:b r"}) EXPECT_FALSE(parse_device_rule(bad));
}

TEST(Options, MapsOfIds) {
  EXPECT_EQ(parse_id_range("0:100000:65536").take(), (IdRange{0, 100000, 65536}));
  for (const char* bad : {"", "0", "0:1:0", "0:x:1", "0:1:2:3", "4294967295:0:1"}) EXPECT_FALSE(parse_id_range(bad));
}

TEST(Options, SecretsAsFilesAndVariables) {
  const SecretUse use = parse_secret_use("key,type=env,target=KEY").take();
  EXPECT_EQ(use.type, "env");
  EXPECT_EQ(use.target, "KEY");
  EXPECT_EQ(parse_secret_use("key,mode=0400,uid=5").take().mode, 0400u);
  for (const char* bad : {"", "key,type=tape", "key,mode=9", "key,uid=x"}) EXPECT_FALSE(parse_secret_use(bad));
}

}  // namespace
}  // namespace gantry::engine
