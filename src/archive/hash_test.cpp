#include "archive/hash.hpp"

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::archive;

TEST(Hasher, GivesTheDigestOfAllParts) {
  Hasher hasher;
  hasher.update(as_bytes("ab"));
  hasher.update(as_bytes("c"));
  EXPECT_EQ(hasher.finish().text(), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hasher, HashesNothing) {
  Hasher hasher;
  EXPECT_EQ(hasher.finish().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hasher, BeginsAnewAfterFinish) {
  Hasher hasher;
  hasher.update(as_bytes("other"));
  hasher.finish();
  hasher.update(as_bytes("abc"));
  EXPECT_EQ(hasher.finish(), hash_of(as_bytes("abc")));
}

TEST(Hasher, KnowsSha512) {
  EXPECT_EQ(hash_of(as_bytes("abc"), oci::Algorithm::sha512).hex().substr(0, 16), "ddaf35a193617aba");
}

TEST(HashingSink, PassesOnAndCounts) {
  MemorySink memory;
  HashingSink sink(memory);
  ASSERT_TRUE(sink.write(as_bytes("abc")));
  EXPECT_EQ(as_text(memory.data()), "abc");
  EXPECT_EQ(sink.size(), 3u);
  EXPECT_EQ(sink.finish(), hash_of(as_bytes("abc")));
}
