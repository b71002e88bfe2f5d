#include "sql/copy.hpp"

#include "base/file.hpp"
#include "sql/database.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>

namespace gantry::sql {
namespace {

constexpr const char* kMigrations[] = {"CREATE TABLE numbers (n INTEGER NOT NULL)"};

class Copy : public testing::Test {
 protected:
  Copy() {
    char name[] = "/tmp/sql-copy.XXXXXX";
    folder_ = mkdtemp(name);
    from_ = folder_ + "/from.db";
    to_ = folder_ + "/to.db";
  }
  ~Copy() override { best_effort(remove_tree(folder_)); }

  static std::int64_t count(const std::string& path) {
    auto database = Database::open(path, kMigrations);
    auto query = database->prepare("SELECT count(*) FROM numbers");
    return query->step() ? query->integer(0) : -1;
  }

  std::string folder_, from_, to_;
};

TEST_F(Copy, IsOfOneMomentWhileOthersWrite) {
  auto database = Database::open(from_, kMigrations);
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->execute("INSERT INTO numbers VALUES (1)"));
  ASSERT_TRUE(copy_database(from_, to_));
  EXPECT_EQ(count(to_), 1) << "what is in the WAL alone is copied too";
  {
    auto transaction = Transaction::begin(*database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database->execute("INSERT INTO numbers VALUES (2)"));
    ASSERT_TRUE(copy_database(from_, to_)) << "a writer does not stop it";
    ASSERT_TRUE(transaction->commit());
  }
  EXPECT_EQ(count(to_), 1);
  ASSERT_TRUE(copy_database(from_, to_));
  EXPECT_EQ(count(to_), 2) << "an older copy is replaced";
  struct stat info;
  ASSERT_EQ(stat(to_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(Copy, WhatIsNoDatabaseIsNotCopied) {
  EXPECT_FALSE(copy_database(from_, to_));
  ASSERT_TRUE(replace_file(from_, std::string(5000, 'x')));
  const auto copied = copy_database(from_, to_);
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code(), Code::corrupt);
  EXPECT_FALSE(path_exists(to_));
}

}  // namespace
}  // namespace gantry::sql
