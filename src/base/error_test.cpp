#include "base/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace gantry {
namespace {

TEST(Error, IsOneSentenceFromGeneralToParticular) {
  errno = ENOENT;
  Error error = Error::system("mount {} on {}", "/srv", "/data");
  error = std::move(error).with_context("cannot start 'web'").with_cure("create it");
  EXPECT_EQ(error.message(), "cannot start 'web': mount /srv on /data: No such file or directory (create it)");
  EXPECT_EQ(error.text(), "cannot start 'web': mount /srv on /data: No such file or directory");
  EXPECT_EQ(error.os_error(), ENOENT);
  EXPECT_EQ(error.code(), Code::not_found);
}

TEST(Error, KeepsTheFirstCure) {
  Error error = fail(Code::failed, "no");
  error = std::move(error).with_cure("first").with_cure("second");
  EXPECT_EQ(error.cure(), "first");
}

TEST(Error, TellsKindsOfFailureApart) {
  EXPECT_EQ(code_of_errno(EEXIST), Code::exists);
  EXPECT_EQ(code_of_errno(EPERM), Code::denied);
  EXPECT_EQ(code_of_errno(EROFS), Code::denied);
  EXPECT_EQ(code_of_errno(EAGAIN), Code::busy);
  EXPECT_EQ(code_of_errno(ENOSYS), Code::unsupported);
  EXPECT_EQ(code_of_errno(EIO), Code::failed);
  EXPECT_EQ(fail(Code::busy, "x").with_code(Code::exists).code(), Code::exists);
}

TEST(Error, KnowsTheCureForAFullDisk) {
  const Error error = Error::from_errno(ENOSPC, "write blob");
  EXPECT_EQ(error.code(), Code::no_space);
  EXPECT_EQ(error.message(), "write blob: No space left on device (free some space and try again)");
}

}  // namespace
}  // namespace gantry
