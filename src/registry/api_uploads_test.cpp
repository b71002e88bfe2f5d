#include "base/clock.hpp"
#include "registry/test_support.hpp"

namespace gantry::registry {
namespace {

using serve::Method;
using test::digest_of;
using testing::HasSubstr;
using testing::StartsWith;

class Push : public test::WithRegistry {
 protected:
  test::Seen finish(std::string_view place, std::string_view whole, std::string_view rest = "") {
    return ask(Method::put, fmt::format("{}?digest={}", place, digest_of(whole)), rest);
  }
  void expect_blob(std::string_view bytes) {
    const auto seen = get("/v2/a/blobs/" + digest_of(bytes));
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.body, bytes);
  }
};

TEST_F(Push, InOneRequest) {
  const auto seen = push_blob("a", "bytes");
  EXPECT_EQ(seen.status, 201);
  EXPECT_EQ(seen.field("Location"), "/v2/a/blobs/" + digest_of("bytes"));
  EXPECT_EQ(seen.field("Docker-Content-Digest"), digest_of("bytes"));
  expect_blob("bytes");
}

TEST_F(Push, InTwoRequests) {
  const auto started = ask(Method::post, "/v2/a/blobs/uploads/");
  EXPECT_EQ(started.status, 202);
  EXPECT_THAT(started.field("Location"), StartsWith("/v2/a/blobs/uploads/"));
  EXPECT_EQ(started.field("Range"), "0-0");
  const auto seen = finish(started.field("Location"), "bytes", "bytes");
  EXPECT_EQ(seen.status, 201);
  EXPECT_EQ(seen.field("Location"), "/v2/a/blobs/" + digest_of("bytes"));
  expect_blob("bytes");
}

TEST_F(Push, InChunksWhoseEndsAreTold) {
  const auto place = begin("a");
  auto seen = ask(Method::patch, place, "abc", {{"Content-Range", "0-2"}});
  EXPECT_EQ(seen.status, 202);
  EXPECT_EQ(seen.field("Range"), "0-2");
  seen = ask(Method::patch, place, "defg", {{"Content-Range", "3-6"}}, true);
  EXPECT_EQ(seen.field("Range"), "0-6");
  seen = get(place);
  EXPECT_EQ(seen.status, 204);
  EXPECT_EQ(seen.field("Range"), "0-6");
  EXPECT_EQ(seen.field("Location"), place);
  EXPECT_EQ(ask(Method::put, place + "?digest=" + digest_of("abcdefghi"), "hi", {{"Content-Range", "7-8"}}).status,
            201);
  expect_blob("abcdefghi");
  EXPECT_EQ(get(place).status, 404) << "it is over";
}

TEST_F(Push, AsAStream) {
  const auto place = begin("a");
  EXPECT_EQ(ask(Method::patch, place, "stream", {}, true).status, 202);
  EXPECT_EQ(finish(place, "stream").status, 201);
  expect_blob("stream");
}

TEST_F(Push, ChunksOutOfOrderAreRefusedAndTheRightOneStillFits) {
  const auto place = begin("a");
  EXPECT_EQ(ask(Method::patch, place, "abc", {{"Content-Range", "0-2"}}).status, 202);
  for (const char* range : {"0-2", "5-7", "2-4"}) {
    const auto seen = ask(Method::patch, place, "xyz", {{"Content-Range", range}});
    EXPECT_EQ(seen.status, 416) << range;
    EXPECT_EQ(seen.field("Range"), "0-2");
    EXPECT_EQ(seen.field("Location"), place);
  }
  EXPECT_EQ(ask(Method::put, place + "?digest=" + digest_of("abcd"), "d", {{"Content-Range", "9-9"}}).status, 416);
  EXPECT_EQ(ask(Method::patch, place, "d", {{"Content-Range", "3-3"}}).status, 202);
  EXPECT_EQ(finish(place, "abcd").status, 201);
}

TEST_F(Push, ChunksThatLieAboutTheirLengthLeaveNothing) {
  const auto place = begin("a");
  EXPECT_EQ(ask(Method::patch, place, "abc", {{"Content-Range", "0-9"}}).status, 400);
  EXPECT_EQ(ask(Method::patch, place, "abc", {{"Content-Range", "0-9"}}, true).status, 400);
  EXPECT_EQ(ask(Method::patch, place, "abc", {{"Content-Range", "nonsense"}}).status, 400);
  EXPECT_EQ(ask(Method::patch, place, "right").status, 202);
  EXPECT_EQ(finish(place, "right").status, 201);
}

TEST_F(Push, AnotherDigestIsRefusedAndNothingIsKept) {
  auto seen = ask(Method::post, "/v2/a/blobs/uploads/?digest=" + digest_of("other"), "bytes");
  EXPECT_EQ(seen.status, 400);
  EXPECT_THAT(seen.body, HasSubstr("DIGEST_INVALID"));
  const auto place = begin("a");
  EXPECT_EQ(finish(place, "other", "bytes").status, 400);
  EXPECT_EQ(get("/v2/a/blobs/" + digest_of("other")).status, 404);
  EXPECT_EQ(get("/v2/a/blobs/" + digest_of("bytes")).status, 404);
  EXPECT_TRUE(list_folder(root_ + "/uploads")->empty());
}

TEST_F(Push, DigestsThatAreNoneAreRefused) {
  for (const char* digest :
       {"", "x", "sha256:", "sha256:../../../etc/passwd", "md5:d41d8cd98f00b204e9800998ecf8427e"}) {
    EXPECT_EQ(ask(Method::put, begin("a") + "?digest=" + digest).status, 400) << digest;
    EXPECT_EQ(ask(Method::post, std::string("/v2/a/blobs/uploads/?digest=") + digest).status, 400) << digest;
    EXPECT_EQ(ask(Method::post, std::string("/v2/a/blobs/uploads/?mount=") + digest).status, 400) << digest;
  }
  EXPECT_EQ(ask(Method::put, begin("a")).status, 400) << "none at all";
}

TEST_F(Push, Sha512IsADigestToo) {
  const auto digest = digest_of("bytes", oci::Algorithm::sha512);
  EXPECT_EQ(ask(Method::post, "/v2/a/blobs/uploads/?digest=" + digest, "bytes").status, 201);
  EXPECT_EQ(get("/v2/a/blobs/" + digest).body, "bytes");
}

TEST_F(Push, AnUploadGoesOnAfterARestart) {
  const auto place = begin("a");
  ask(Method::patch, place, "before ");
  restart();
  EXPECT_EQ(get(place).field("Range"), "0-6");
  EXPECT_EQ(ask(Method::patch, place, "after", {{"Content-Range", "7-11"}}).status, 202);
  EXPECT_EQ(finish(place, "before after").status, 201);
  expect_blob("before after");
}

TEST_F(Push, AnUploadIsOneRepositorysAlone) {
  const auto place = begin("a");
  const std::string id = place.substr(place.rfind('/') + 1);
  EXPECT_EQ(get("/v2/b/blobs/uploads/" + id).status, 404);
  EXPECT_EQ(remove("/v2/b/blobs/uploads/" + id).status, 404);
  for (const char* other : {"x", "..", "%2e%2e", "../a", "0123456789abcdef0123456789abcdef"})
    EXPECT_NE(ask(Method::patch, std::string("/v2/a/blobs/uploads/") + other, "x").status, 202) << other;
}

TEST_F(Push, CancelledUploadsAreGone) {
  const auto place = begin("a");
  EXPECT_EQ(remove(place).status, 204);
  EXPECT_EQ(remove(place).status, 404);
  EXPECT_EQ(ask(Method::patch, place, "x").status, 404);
  EXPECT_TRUE(list_folder(root_ + "/uploads")->empty());
}

TEST_F(Push, OldUploadsAreRemovedAndNewOnesStay) {
  const auto place = begin("a");
  ASSERT_TRUE(storage_->uploads->expire(now() - 3600 * kSecond));
  EXPECT_EQ(get(place).status, 204);
  ASSERT_TRUE(storage_->uploads->expire(now() + kSecond));
  EXPECT_EQ(get(place).status, 404);
}

TEST_F(Push, ABrokenBodyKeepsWhatCame) {
  class Broken final : public Source {
   public:
    Result<std::size_t> read(std::span<std::byte> buffer) override {
      if (std::exchange(given_, true)) return fail(Code::busy, "gone");
      buffer[0] = std::byte('a');
      return 1;
    }
    bool given_ = false;
  };
  const auto place = begin("a");
  serve::Request request{.method = Method::patch, .target = place, .path = place, .chunked = true};
  Broken body;
  EXPECT_EQ(api_->handle({request, parse_route(place), caller_}, body).status, 408);
  EXPECT_EQ(get(place).field("Range"), "0-0");
  EXPECT_EQ(ask(Method::patch, place, "b", {{"Content-Range", "1-1"}}).status, 202);
  EXPECT_EQ(finish(place, "ab").status, 201);
}

TEST_F(Push, BlobsAreMountedFromOtherRepositories) {
  push_blob("a", "bytes");
  const auto digest = digest_of("bytes");
  auto seen = ask(Method::post, "/v2/b/blobs/uploads/?mount=" + digest + "&from=a");
  EXPECT_EQ(seen.status, 201);
  EXPECT_EQ(seen.field("Location"), "/v2/b/blobs/" + digest);
  EXPECT_EQ(get("/v2/b/blobs/" + digest).body, "bytes");
  EXPECT_EQ(ask(Method::post, "/v2/c/blobs/uploads/?mount=" + digest).status, 201) << "from wherever it is";
  EXPECT_EQ(ask(Method::post, "/v2/d/blobs/uploads/?mount=" + digest + "&from=nobody").status, 202);
  EXPECT_EQ(ask(Method::post, "/v2/d/blobs/uploads/?mount=" + digest_of("none") + "&from=a").status, 202);
  EXPECT_EQ(ask(Method::post, "/v2/d/blobs/uploads/?mount=" + digest + "&from=../a").status, 202);
  EXPECT_EQ(head("/v2/d/blobs/" + digest).status, 404);
}

}  // namespace
}  // namespace gantry::registry
