#include "edit/record.hpp"

#include "archive/test_support.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace gantry::edit {
namespace {

using archive::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

RecordedNode node(Kind kind, Timestamp mtime = 0) {
  RecordedNode made;
  made.entry.kind = kind;
  made.entry.mode = 0640;
  made.entry.uid = 1;
  made.entry.gid = 2;
  made.entry.mtime = mtime;
  return made;
}

std::string refusal(const std::string& text) {
  auto record = parse_record(text, "x.mtree");
  return record ? "read" : record.error().message();
}

TEST(RecordText, KeepsAllThatItTells) {
  Record record;
  record[""] = node(Kind::directory, -1);
  auto& file = record["a b/\n\\#=é"] = node(Kind::file, 1'500'000'000'000'000'001);
  file.entry.size = 5;
  file.digest = std::string(64, 'a');
  file.entry.xattrs = {{"user.a=b", std::string("\0\xff", 2)}, {"user.empty", ""}};
  record["link"] = node(Kind::symlink);
  record["link"].entry.link = "../a b";
  record["device"] = node(Kind::character);
  record["device"].entry.major = 1;
  record["device"].entry.minor = 300;
  record["fifo"] = node(Kind::fifo);
  std::string text = write_record(record);
  auto again = parse_record(text, "x");
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(*again, record);
}

TEST(RecordText, IsOneLineForEveryNameAsMtreeHasIt) {
  Record record;
  record["a b"] = node(Kind::symlink, kSecond);
  record["a b"].entry.link = "c";
  EXPECT_EQ(write_record(record), "#mtree\n./a\\040b type=link mode=0640 uid=1 gid=2 time=1.000000000 link=c\n");
}

TEST(RecordText, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(refusal("./a type=door\n"), "x.mtree: line 1: 'door' is no type");
  EXPECT_THAT(refusal("#mtree\nfile type=file\n"), HasSubstr("line 2: 'file' is not a path from the root"));
  EXPECT_THAT(refusal("./a flags=none\n"), HasSubstr("keyword 'flags'"));
  EXPECT_THAT(refusal("./a type\n"), HasSubstr("KEYWORD=VALUE"));
  EXPECT_THAT(refusal("./a\\9 type=file\n"), HasSubstr("not escaped"));
  EXPECT_THAT(refusal("./a\\000 type=file\n"), HasSubstr("not escaped"));
  EXPECT_THAT(refusal("./a mode=99\n"), HasSubstr("no mode"));
  EXPECT_THAT(refusal("./a time=1.5\n"), HasSubstr("no time"));
  EXPECT_THAT(refusal("./a device=8,1\n"), HasSubstr("no device"));
}

TEST(RecordTree, SeesEverythingBelowAFolder) {
  archive::test::TemporaryFolder folder;
  ASSERT_TRUE(make_folders(folder / "a/b"));
  ASSERT_TRUE(replace_file(folder / "a/b/file", "hello", 0600, Sync::no));
  ASSERT_EQ(symlink("/etc", (folder / "a/link").c_str()), 0);
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0600), 0);
  Fd root = open_folder(folder.path()).value();
  auto record = record_tree(root);
  ASSERT_TRUE(record) << record.error().message();
  std::vector<std::string> paths;
  for (const auto& [path, recorded] : *record) paths.push_back(path);
  EXPECT_THAT(paths, ElementsAre("", "a", "a/b", "a/b/file", "a/link", "fifo"));
  EXPECT_EQ(record->at("a/b/file").digest, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_EQ(record->at("a/link").entry.link, "/etc");
  EXPECT_EQ(record->at("fifo").entry.kind, Kind::fifo);
  EXPECT_EQ(*record, *record_tree(root));
}

TEST(RecordTree, SeesContentBehindTheSameSizeAndTime) {
  archive::test::TemporaryFolder folder;
  ASSERT_TRUE(replace_file(folder / "file", "1", 0600, Sync::no));
  Fd root = open_folder(folder.path()).value();
  auto before = record_tree(root).value();
  struct stat info;
  ASSERT_EQ(stat((folder / "file").c_str(), &info), 0);
  Fd file = open_file(folder / "file", O_WRONLY).value();
  ASSERT_TRUE(write_all(file, "2", "it"));
  timespec times[] = {info.st_atim, info.st_mtim};
  ASSERT_EQ(futimens(file.get(), times), 0);
  EXPECT_NE(record_tree(root).value().at("file"), before.at("file"));
}

}  // namespace
}  // namespace gantry::edit
