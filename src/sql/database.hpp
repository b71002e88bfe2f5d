#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace gantry::sql {

/// One prepared statement. Parameters and columns are counted as SQLite does: parameters from 1, columns from 0.
/// A failed bind is reported by the next step(), so that binds chain.
class Statement {
 public:
  Statement(Statement&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)), bind_status_(other.bind_status_) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view value);
  /// Binds all of them, the first to parameter 1.
  template <class... Values>
  Statement& bind_all(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }

  /// True: a row is there to be read; false: done, and the statement can be run again.
  Result<bool> step();
  /// Runs a statement that gives no rows.
  Result<> run();

  /// 0 for NULL.
  std::int64_t integer(int column) const;
  /// Valid until the next step(); empty for NULL.
  std::string_view text(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  void note_bind(int status);

  sqlite3_stmt* statement_;
  int bind_status_ = 0;
};

/// A SQLite file in WAL mode: readers never wait, and one writer waits for the other. A commit is safe against the
/// death of any process at any instruction; a power cut may lose the last commits, but never the file.
class Database {
 public:
  /// Opens or creates the file (mode 0600) and brings its schema up to date: migrations[n] leads from version n to
  /// n+1. Code::unsupported for a file of a later version, Code::corrupt for one that is no database.
  static Result<Database> open(const std::string& path, std::span<const char* const> migrations);
  Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Database& operator=(Database&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Database();

  Result<Statement> prepare(std::string_view sql);
  /// Runs one or more statements without parameters and rows.
  Result<> execute(const char* sql);
  /// Rows that the last INSERT, UPDATE or DELETE changed.
  std::int64_t changes() const;
  /// What PRAGMA integrity_check finds, a problem a line; empty when all is well.
  Result<std::string> integrity();

 private:
  friend class Transaction;
  explicit Database(sqlite3* handle) : handle_(handle) {}
  Result<std::int64_t> version();
  Result<> migrate(const std::string& path, std::span<const char* const> migrations);

  sqlite3* handle_;
};

/// BEGIN IMMEDIATE, so that what is read inside is still true when it is written; rolled back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<> commit();

 private:
  explicit Transaction(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
};

}  // namespace gantry::sql
