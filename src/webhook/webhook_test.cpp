#include "base/file.hpp"
#include "webhook/cloud_event.hpp"
#include "webhook/queue.hpp"
#include "webhook/sender.hpp"
#include "webhook/signature.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace gantry::webhook {
namespace {

TEST(Signature, IsThatOfTheStandard) {
  // The example of standardwebhooks.com's libraries.
  const auto key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  ASSERT_TRUE(key);
  EXPECT_EQ(sign(*key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signature, TakesNoSecretThatCanBeGuessed) {
  EXPECT_FALSE(key_of("secret"));
  EXPECT_FALSE(key_of("whsec_!"));
  EXPECT_TRUE(key_of("0123456789abcdef"));
}

TEST(CloudEvent, NamesTheImage) {
  const auto text =
      cloud_event({.type = "push", .repository = "a/b", .tag = "1", .digest = "sha256:0", .actor = "al\"ice"},
                  "https://registry.example", "id", 0);
  EXPECT_EQ(text, R"({"specversion":"1.0","id":"id","source":"https://registry.example","type":"gantry.registry.push",)"
                  R"("subject":"a/b:1","time":"1970-01-01T00:00:00.000000000Z","datacontenttype":"application/json",)"
                  R"("data":{"repository":"a/b","tag":"1","digest":"sha256:0","actor":"al\"ice"}})");
}

TEST(Receiver, WantsWhatItsListsSay) {
  const Happening push{.type = "push", .repository = "team/app", .tag = "1", .digest = "", .actor = ""};
  EXPECT_TRUE(Receiver{}.wants(push));
  EXPECT_TRUE((Receiver{.events = {"push"}, .repositories = {"team/*"}}.wants(push)));
  EXPECT_FALSE((Receiver{.events = {"delete"}}.wants(push)));
  EXPECT_FALSE((Receiver{.repositories = {"other/*"}}.wants(push)));
}

TEST(Backoff, GrowsToAnHour) {
  EXPECT_EQ(backoff(0), kSecond);
  EXPECT_EQ(backoff(3), 8 * kSecond);
  EXPECT_EQ(backoff(12), 3600 * kSecond);
  EXPECT_EQ(backoff(1'000'000), 3600 * kSecond);
}

TEST(Queue, KeepsTheOrderOfEachReceiverAcrossARestart) {
  char folder[] = "/tmp/webhook-test.XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/webhooks.db";
  {
    auto queue = Queue::open(path);
    ASSERT_TRUE(queue);
    for (const char* id : {"1", "2"}) ASSERT_TRUE((*queue)->add("a", {.id = id, .body = "{}"}));
    ASSERT_TRUE((*queue)->add("b", {.id = "3", .body = "{}"}));
  }
  auto queue = Queue::open(path);
  ASSERT_TRUE(queue);
  auto first = (*queue)->first("a");
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->id, "1");
  ASSERT_TRUE((*queue)->postpone(**first, 5));
  first = (*queue)->first("a");
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->tries, 1);
  EXPECT_EQ((*first)->next, 5);
  ASSERT_TRUE((*queue)->remove(**first));
  first = (*queue)->first("a");
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->id, "2");
  ASSERT_TRUE((*queue)->forget({"a"}));
  first = (*queue)->first("b");
  ASSERT_TRUE(first);
  EXPECT_FALSE(*first);
  best_effort(remove_tree(folder));
}

}  // namespace
}  // namespace gantry::webhook
