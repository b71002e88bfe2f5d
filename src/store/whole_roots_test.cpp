#include "store/whole_roots.hpp"

#include "store/apply_layer.hpp"
#include "store/chain.hpp"
#include "store/test_support.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace gantry::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class WholeRoots : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    if (geteuid() != 0) GTEST_SKIP() << "whiteouts and owners take root";
  }

  /// A layer that `fill` puts files into, given its folder.
  oci::Digest layer(const std::string& name, const std::function<void(const std::string&)>& fill) {
    auto staging = store->layers().begin();
    fill(staging->path());
    auto diff_id = digest_of("diff of " + name);
    EXPECT_TRUE(staging->commit(diff_id, {.size = 1, .entries = 1}));
    return diff_id;
  }
  static void write(const std::string& path, const std::string& text) { ASSERT_TRUE(replace_file(path, text)); }
  static void folder(const std::string& path) { ASSERT_EQ(mkdir(path.c_str(), 0755), 0); }
  static void whiteout(const std::string& path) { ASSERT_EQ(mknod(path.c_str(), S_IFCHR, makedev(0, 0)), 0); }
  static struct stat look(const std::string& path) {
    struct stat info {};
    EXPECT_EQ(lstat(path.c_str(), &info), 0) << path;
    return info;
  }

  std::string copied(const std::vector<oci::Digest>& stack) {
    auto made = prepare_whole(*store, RootKind::copied, "c", stack);
    EXPECT_TRUE(made) << made.error().message();
    EXPECT_TRUE(made->upper.empty());
    return made->root;
  }
};

TEST_F(WholeRoots, AreWhatOverlayfsWouldShow) {
  const auto base = layer("base", [](const std::string& at) {
    folder(at + "/etc");
    folder(at + "/old");
    write(at + "/etc/kept", "kept");
    write(at + "/etc/changed", "old");
    write(at + "/etc/gone", "gone");
    write(at + "/old/hidden", "hidden");
    write(at + "/file", "becomes a folder");
    folder(at + "/tree");
    write(at + "/tree/x", "becomes a file");
  });
  const auto top = layer("top", [](const std::string& at) {
    folder(at + "/etc");
    chmod((at + "/etc").c_str(), 0711);
    write(at + "/etc/changed", "new");
    whiteout(at + "/etc/gone");
    folder(at + "/old");
    setxattr((at + "/old").c_str(), "trusted.overlay.opaque", "y", 1, 0);
    write(at + "/old/shown", "shown");
    folder(at + "/file");
    write(at + "/tree", "a file");
  });
  const std::string root = copied({base, top});
  EXPECT_THAT(list_folder(root).value(), UnorderedElementsAre("etc", "old", "file", "tree"));
  EXPECT_THAT(list_folder(root + "/etc").value(), UnorderedElementsAre("kept", "changed"));
  EXPECT_THAT(list_folder(root + "/old").value(), ElementsAre("shown"));
  EXPECT_EQ(read_file(root + "/etc/changed").value(), "new");
  EXPECT_EQ(read_file(root + "/tree").value(), "a file");
  EXPECT_EQ(look(root + "/etc").st_mode & 07777, 0711u);
  char value = 0;
  EXPECT_LT(getxattr((root + "/old").c_str(), "trusted.overlay.opaque", &value, 1), 0);
}

TEST_F(WholeRoots, KeepOwnersModesTimesAttributesLinksAndSpecialFiles) {
  const auto base = layer("base", [](const std::string& at) {
    write(at + "/program", "x");
    ASSERT_EQ(chown((at + "/program").c_str(), 7, 8), 0);
    ASSERT_EQ(chmod((at + "/program").c_str(), 06755), 0);
    ASSERT_EQ(setxattr((at + "/program").c_str(), "user.note", "hi", 2, 0), 0);
    const timespec times[2] = {{100, 5}, {200, 7}};
    ASSERT_EQ(utimensat(AT_FDCWD, (at + "/program").c_str(), times, 0), 0);
    ASSERT_EQ(link((at + "/program").c_str(), (at + "/again").c_str()), 0);
    ASSERT_EQ(symlink("/nowhere", (at + "/link").c_str()), 0);
    ASSERT_EQ(lchown((at + "/link").c_str(), 9, 9), 0);
    ASSERT_EQ(mkfifo((at + "/fifo").c_str(), 0640), 0);
    ASSERT_EQ(mknod((at + "/null").c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
    chmod(at.c_str(), 01711);
  });
  const std::string root = copied({base});
  const auto program = look(root + "/program");
  EXPECT_EQ(program.st_uid, 7u);
  EXPECT_EQ(program.st_gid, 8u);
  EXPECT_EQ(program.st_mode & 07777, 06755u);
  EXPECT_EQ(program.st_mtim.tv_sec, 200);
  EXPECT_EQ(program.st_mtim.tv_nsec, 7);
  EXPECT_EQ(program.st_ino, look(root + "/again").st_ino);
  EXPECT_EQ(program.st_nlink, 2u);
  char value[3] = "";
  EXPECT_EQ(getxattr((root + "/program").c_str(), "user.note", value, 2), 2);
  EXPECT_STREQ(value, "hi");
  EXPECT_EQ(look(root + "/link").st_uid, 9u);
  EXPECT_EQ(look(root + "/fifo").st_mode, S_IFIFO | 0640u);
  EXPECT_EQ(look(root + "/null").st_rdev, makedev(1, 3));
  EXPECT_EQ(look(root).st_mode & 07777, 01711u);
}

TEST_F(WholeRoots, LeaveNothingWhenTheyFailAndGoAsSnapshotsDo) {
  const auto base = layer("base", [](const std::string& at) { write(at + "/a", "a"); });
  EXPECT_FALSE(prepare_whole(*store, RootKind::copied, "c", std::vector{base, digest_of("missing")}));
  EXPECT_THAT(store->snapshots().list().value(), IsEmpty());
  copied({base});
  EXPECT_EQ(prepare_whole(*store, RootKind::copied, "c", std::vector{base}).error().code(), Code::exists);
  EXPECT_TRUE(store->snapshots().remove("c"));
  EXPECT_THAT(store->snapshots().list().value(), IsEmpty());
  EXPECT_THAT(list_folder(root + "/tmp").value(), IsEmpty());
}

TEST(ChainIds, NameALayerWithAllBelowIt) {
  const auto parse = [](const char* hex) { return oci::Digest::from_hex(oci::Algorithm::sha256, hex).value(); };
  const auto a = parse("0000000000000000000000000000000000000000000000000000000000000001");
  const auto b = parse("0000000000000000000000000000000000000000000000000000000000000002");
  // printf 'sha256:…1 sha256:…2' | sha256sum
  EXPECT_THAT(chain_ids(std::vector{a, b}),
              ElementsAre(a, parse("e0213565073dd272477933ef550455db21856966e444074f1492aef0939305ac")));
}

}  // namespace
}  // namespace gantry::store
