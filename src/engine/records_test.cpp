#include "engine/records.hpp"

#include "base/file.hpp"
#include "base/id.hpp"
#include "base/json.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace gantry::engine {
namespace {

using testing::HasSubstr;

class RecordsTest : public testing::Test {
 protected:
  RecordsTest() {
    char name[] = "/tmp/gantry-records-XXXXXX";
    folder_ = mkdtemp(name);
    records_.emplace(Records::open(folder_ + "/gantry.db").take());
  }
  ~RecordsTest() override { best_effort(remove_tree(folder_)); }

  Record add(const std::string& name, const std::string& id = random_hex(32)) {
    Record record{.id = id, .name = name, .image_name = "busybox", .created = next_++, .owner = ProcessId::own()};
    record.config.command = {"true"};
    EXPECT_TRUE(records_->insert(record));
    return record;
  }

  std::string folder_;
  std::optional<Records> records_;
  Timestamp next_ = 1;
};

TEST_F(RecordsTest, KeepWhatAContainerIs) {
  Record record{
      .id = random_hex(32), .name = "web", .image_id = "ab", .image_name = "localhost/web:latest", .created = 5};
  record.layers = {oci::Digest::parse("sha256:" + std::string(64, 'a')).take(),
                   oci::Digest::parse("sha256:" + std::string(64, 'b')).take()};
  record.config.entrypoint = std::vector<std::string>{"sh", "-c"};
  record.config.command = {"echo \"ä\""};
  record.config.mounts = {{"bind", "/a", "/b", {"ro"}}};
  record.config.labels = {{"k", "v"}};
  record.config.nano_cpus = 1'500'000'000;
  record.config.remove = true;
  ASSERT_TRUE(records_->insert(record));
  const Record read = records_->find("web").take();
  EXPECT_EQ(read.id, record.id);
  EXPECT_EQ(read.layers, record.layers);
  EXPECT_EQ(read.config, record.config);
  EXPECT_EQ(read.state, Record::State::creating);
}

TEST_F(RecordsTest, ReadAConfigOfBeforeThereWereParts) {
  const auto config = json::decode<ContainerConfig>(
      R"({"image":"busybox","rootfs_overlay":true,"command":["true"],"stop_timeout":3,"network":"host","memory":5,)"
      R"("mounts":[{"type":"bind","source":"/a","target":"/b","options":["ro"]}],"cap_add":["ALL"],"hostname":"h"})",
      "config");
  ASSERT_TRUE(config) << config.error().message();
  EXPECT_EQ(config->image, "busybox");
  EXPECT_TRUE(config->rootfs_overlay);
  EXPECT_EQ(config->stop_timeout, 3u);
  EXPECT_EQ(config->network, "host");
  EXPECT_EQ(config->memory, 5u);
  EXPECT_EQ(config->mounts.at(0).target, "/b");
  EXPECT_EQ(config->cap_add.at(0), "ALL");
  EXPECT_EQ(config->hostname, "h");
  EXPECT_EQ(config->restart, Restart());
}

TEST_F(RecordsTest, FindByNameIdAndUniquePrefix) {
  const Record first = add("first", "aa" + std::string(62, '0'));
  add("second", "ab" + std::string(62, '0'));
  EXPECT_EQ(records_->find("first").take().id, first.id);
  EXPECT_EQ(records_->find(first.id).take().name, "first");
  EXPECT_EQ(records_->find("aa0").take().name, "first");
  auto several = records_->find("a");
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().code(), Code::invalid);
  for (const char* name : {"", "third", "ac", "%", "a'"}) {
    auto none = records_->find(name);
    ASSERT_FALSE(none) << name;
    EXPECT_EQ(none.error().code(), Code::not_found) << name;
  }
}

TEST_F(RecordsTest, ANameGoesBeforeAnIdPrefix) {
  add("first", "aa" + std::string(62, '0'));
  add("aa", "bb" + std::string(62, '0'));
  EXPECT_EQ(records_->find("aa").take().id.substr(0, 2), "bb");
}

TEST_F(RecordsTest, ANameIsTakenOnce) {
  add("web");
  Record other{.id = random_hex(32), .name = "web"};
  auto inserted = records_->insert(other);
  ASSERT_FALSE(inserted);
  EXPECT_EQ(inserted.error().code(), Code::exists);
  EXPECT_THAT(inserted.error().message(), HasSubstr("gantry rm web"));
}

TEST_F(RecordsTest, FollowAContainerThroughItsLife) {
  const Record record = add("web");
  ASSERT_EQ(records_->unfinished().take().size(), 1u);
  ASSERT_TRUE(records_->set_created(record.id));
  EXPECT_TRUE(records_->unfinished().take().empty());
  ASSERT_TRUE(records_->set_started(record.id, 77));
  EXPECT_EQ(records_->find("web").take().started, 77);
  ASSERT_TRUE(records_->set_exited(record.id, {.code = 137, .time = 99, .oom_killed = true}));
  const Record exited = records_->find("web").take();
  EXPECT_EQ(exited.state, Record::State::exited);
  EXPECT_EQ(exited.exit.code, 137);
  EXPECT_EQ(exited.exit.time, 99);
  EXPECT_TRUE(exited.exit.oom_killed);
  ASSERT_TRUE(records_->set_started(record.id, 100));
  EXPECT_FALSE(records_->find("web").take().exit.code);
  ASSERT_TRUE(records_->set_removing(record.id, ProcessId::own()));
  EXPECT_EQ(records_->unfinished().take().size(), 1u);
}

TEST_F(RecordsTest, TellTheExitOfARemovedContainer) {
  const Record record = add("web"), silent = add("silent");
  ASSERT_TRUE(records_->erase(record, {.code = 4, .time = now()}));
  ASSERT_TRUE(records_->erase(silent, {}));
  EXPECT_FALSE(records_->get(record.id).take());
  EXPECT_EQ(records_->past_exit(record.id).take()->code, 4);
  EXPECT_FALSE(records_->past_exit(silent.id).take());
}

TEST_F(RecordsTest, ForgetOldExits) {
  const Record old = add("old"), fresh = add("new");
  ASSERT_TRUE(records_->erase(old, {.code = 4, .time = now() - 3600 * kSecond}));
  ASSERT_TRUE(records_->erase(fresh, {.code = 5, .time = now()}));
  EXPECT_FALSE(records_->past_exit(old.id).take());
  EXPECT_TRUE(records_->past_exit(fresh.id).take());
}

TEST_F(RecordsTest, ListTheNewestFirst) {
  add("old");
  add("new");
  EXPECT_EQ(records_->list().take().front().name, "new");
}

TEST(ProcessId, OwnIsAlive) {
  EXPECT_TRUE(ProcessId::own().alive());
  ProcessId other = ProcessId::own();
  ++other.start_time;
  EXPECT_FALSE(other.alive());
  EXPECT_FALSE(ProcessId{}.alive());
}

}  // namespace
}  // namespace gantry::engine
