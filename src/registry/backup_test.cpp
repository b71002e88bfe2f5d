#include "registry/backup.hpp"

#include "registry/check.hpp"
#include "registry/test_support.hpp"

namespace gantry::registry {
namespace {

using test::digest_of;

class Backup : public test::WithRegistry {
 protected:
  Result<BackedUp> back_up() { return registry::back_up(*storage_, root_ + "/backup"); }
};

TEST_F(Backup, IsAStorageOfItsOwn) {
  const auto manifest = make_manifest("a", "layer");
  push_manifest("a", "1", manifest);
  auto backed = back_up();
  ASSERT_TRUE(backed) << backed.error().message();
  EXPECT_EQ(backed->blobs, 3u);
  EXPECT_EQ(backed->copied, 3u);
  auto copy = Storage::open(root_ + "/backup");
  ASSERT_TRUE(copy);
  EXPECT_TRUE(check(*copy, {.hash = true})->problems.empty());
  EXPECT_EQ((*copy->metadata->find_manifest("a", "1"))->digest.text(), digest_of(manifest));
}

TEST_F(Backup, TheNextOneTakesWhatIsNew) {
  push_manifest("a", "1", make_manifest("a", "layer"));
  ASSERT_TRUE(back_up());
  push_blob("b", "another");
  auto backed = back_up();
  ASSERT_TRUE(backed) << backed.error().message();
  EXPECT_EQ(backed->copied, 1u);
  EXPECT_EQ(backed->bytes, 7u);
  EXPECT_EQ(backed->blobs, 4u);
}

TEST_F(Backup, DamageIsNotCopied) {
  push_blob("a", "layer");
  const auto digest = *oci::Digest::parse(digest_of("layer"));
  ASSERT_TRUE(replace_file(storage_->blobs.path(digest), "changed"));
  auto backed = back_up();
  ASSERT_FALSE(backed);
  EXPECT_EQ(backed.error().code(), Code::corrupt);
  ASSERT_TRUE(storage_->blobs.remove(digest));
  EXPECT_FALSE(back_up()) << "and what is missing is told";
}

TEST_F(Backup, AFolderThatIsServedIsLeftAlone) {
  ASSERT_TRUE(back_up());
  const auto lock = Lock::try_take(root_ + "/backup/uploads", Lock::Mode::exclusive);
  ASSERT_TRUE(lock);
  const auto backed = back_up();
  ASSERT_FALSE(backed);
  EXPECT_EQ(backed.error().code(), Code::busy);
}

}  // namespace
}  // namespace gantry::registry
