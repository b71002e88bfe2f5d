#include "sql/database.hpp"

#include "base/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace gantry::sql {
namespace {

constexpr std::array<const char*, 1> kFirst{"CREATE TABLE fruit(name TEXT PRIMARY KEY, weight INTEGER)"};
constexpr std::array<const char*, 2> kSecond{kFirst[0], "ALTER TABLE fruit ADD COLUMN colour TEXT DEFAULT 'green'"};

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    char name[] = "/tmp/gantry-sql-XXXXXX";
    folder_ = mkdtemp(name);
    path_ = folder_ + "/test.db";
  }
  ~DatabaseTest() override { best_effort(remove_tree(folder_)); }

  static Result<> add(Database& database, std::string_view name, std::int64_t weight) {
    Statement insert = TRY(database.prepare("INSERT INTO fruit(name, weight) VALUES(?, ?)"));
    return insert.bind_all(name, weight).run();
  }
  static std::int64_t count(Database& database) {
    Statement query = database.prepare("SELECT count(*) FROM fruit").take();
    EXPECT_TRUE(query.step().value());
    return query.integer(0);
  }

  std::string folder_;
  std::string path_;
};

TEST_F(DatabaseTest, KeepsWhatWasWrittenForTheNextProcess) {
  {
    Database database = Database::open(path_, kFirst).take();
    ASSERT_TRUE(add(database, "apple", 150));
  }
  Database database = Database::open(path_, kFirst).take();
  Statement query = database.prepare("SELECT name, weight, NULL FROM fruit").take();
  ASSERT_TRUE(query.step().value());
  EXPECT_EQ(query.text(0), "apple");
  EXPECT_EQ(query.integer(1), 150);
  EXPECT_TRUE(query.is_null(2));
  EXPECT_EQ(query.text(2), "");
  EXPECT_FALSE(query.step().value());
}

TEST_F(DatabaseTest, IsForItsOwnerAlone) {
  Database database = Database::open(path_, kFirst).take();
  ASSERT_TRUE(add(database, "apple", 1));
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat info;
    ASSERT_EQ(stat((path_ + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(DatabaseTest, BringsAnOldSchemaUpToDate) {
  {
    Database database = Database::open(path_, kFirst).take();
    ASSERT_TRUE(add(database, "apple", 150));
  }
  Database database = Database::open(path_, kSecond).take();
  Statement query = database.prepare("SELECT colour FROM fruit").take();
  ASSERT_TRUE(query.step().value());
  EXPECT_EQ(query.text(0), "green");
}

TEST_F(DatabaseTest, RefusesTheSchemaOfALaterVersion) {
  { ASSERT_TRUE(Database::open(path_, kSecond)); }
  auto database = Database::open(path_, kFirst);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code(), Code::unsupported);
}

TEST_F(DatabaseTest, RefusesAFileThatIsNoDatabase) {
  ASSERT_TRUE(replace_file(path_, std::string(4096, 'x')));
  auto database = Database::open(path_, kFirst);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code(), Code::corrupt);
  EXPECT_NE(database.error().message().find(path_), std::string::npos);
}

TEST_F(DatabaseTest, NamesAFolderThatIsMissing) {
  auto database = Database::open(folder_ + "/none/test.db", kFirst);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code(), Code::not_found);
}

TEST_F(DatabaseTest, SaysThatAKeyExists) {
  Database database = Database::open(path_, kFirst).take();
  ASSERT_TRUE(add(database, "apple", 1));
  auto again = add(database, "apple", 2);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), Code::exists);
}

TEST_F(DatabaseTest, RollsBackATransactionThatWasNotCommitted) {
  Database database = Database::open(path_, kFirst).take();
  {
    Transaction transaction = Transaction::begin(database).take();
    ASSERT_TRUE(add(database, "apple", 1));
  }
  EXPECT_EQ(count(database), 0);
  Transaction transaction = Transaction::begin(database).take();
  ASSERT_TRUE(add(database, "apple", 1));
  ASSERT_TRUE(transaction.commit());
  EXPECT_EQ(count(database), 1);
  EXPECT_EQ(database.changes(), 1);
}

TEST_F(DatabaseTest, FindsAKilledProcessWithoutEffect) {
  { ASSERT_TRUE(Database::open(path_, kFirst)); }
  pid_t child = fork();
  if (child == 0) {
    Database database = Database::open(path_, kFirst).take();
    Transaction transaction = Transaction::begin(database).take();
    best_effort(add(database, "apple", 1));
    raise(SIGKILL);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  Database database = Database::open(path_, kFirst).take();
  EXPECT_EQ(count(database), 0);
  EXPECT_EQ(database.integrity().value(), "");
}

TEST_F(DatabaseTest, LetsManyProcessesMakeAndWriteItTogether) {
  constexpr int kWriters = 8;
  for (int writer = 0; writer < kWriters; ++writer) {
    if (fork() != 0) continue;
    auto wrote = [&]() -> Result<> {
      Database database = TRY(Database::open(path_, kFirst));
      for (int i = 0; i < 20; ++i) TRY(add(database, fmt::format("{}-{}", writer, i), i));
      return {};
    }();
    if (!wrote) fmt::print(stderr, "writer {}: {}\n", writer, wrote.error().message());
    _exit(wrote ? 0 : 1);
  }
  for (int writer = 0; writer < kWriters; ++writer) {
    int status = -1;
    wait(&status);
    EXPECT_EQ(status, 0);
  }
  Database database = Database::open(path_, kFirst).take();
  EXPECT_EQ(count(database), kWriters * 20);
}

}  // namespace
}  // namespace gantry::sql
