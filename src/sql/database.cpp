#include "sql/database.hpp"

#include "base/clock.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <time.h>

namespace gantry::sql {

namespace {

// How long a writer waits for another one, and how long between two attempts. Transactions take well below a
// millisecond; SQLite's own handler soon sleeps for a tenth of a second between its attempts.
constexpr std::int64_t kBusyTimeout = 30 * kSecond;
constexpr std::int64_t kBusyPause = kSecond / 2000;

int wait_while_busy(void*, int attempts) {
  if (attempts * kBusyPause >= kBusyTimeout) return 0;
  const timespec pause{0, kBusyPause};
  nanosleep(&pause, nullptr);
  return 1;
}

Code code_of_sqlite(int status) {
  switch (status & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Code::busy;
    case SQLITE_CONSTRAINT:
      return Code::exists;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::corrupt;
    case SQLITE_FULL:
      return Code::no_space;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return Code::denied;
    default:
      return Code::failed;
  }
}

Error error_of(sqlite3* handle, int status) {
  const char* file = handle != nullptr ? sqlite3_db_filename(handle, "main") : nullptr;
  const char* text = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(status);
  if (int os_error = handle != nullptr ? sqlite3_system_errno(handle) : 0;
      os_error != 0 && ((status & 0xff) == SQLITE_CANTOPEN || (status & 0xff) == SQLITE_IOERR))
    return Error::from_errno(os_error, fmt::format("database {}: {}", file ? file : "", text));
  return fail(code_of_sqlite(status), "database {}: {}", file ? file : "", text);
}

Result<> run_sql(sqlite3* handle, const char* sql) {
  if (int status = sqlite3_exec(handle, sql, nullptr, nullptr, nullptr); status != SQLITE_OK)
    return error_of(handle, status);
  return {};
}

}  // namespace

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::note_bind(int status) {
  if (bind_status_ == SQLITE_OK) bind_status_ = status;
}

Statement& Statement::bind(int index, std::int64_t value) {
  note_bind(sqlite3_bind_int64(statement_, index, value));
  return *this;
}

Statement& Statement::bind(int index, std::string_view value) {
  // A null pointer would bind NULL.
  const char* text = value.data() != nullptr ? value.data() : "";
  note_bind(sqlite3_bind_text64(statement_, index, text, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Result<bool> Statement::step() {
  sqlite3* handle = sqlite3_db_handle(statement_);
  if (bind_status_ != SQLITE_OK) return error_of(handle, bind_status_);
  int status = sqlite3_step(statement_);
  if (status == SQLITE_ROW) return true;
  Result<bool> result = false;
  if (status != SQLITE_DONE) result = error_of(handle, status);
  sqlite3_reset(statement_);
  return result;
}

Result<> Statement::run() {
  while (TRY(step())) {
  }
  return {};
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Database::~Database() { sqlite3_close_v2(handle_); }

Result<Database> Database::open(const std::string& path, std::span<const char* const> migrations) {
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  // SQLite would make it readable for everyone; the WAL takes the mode from here. And before SQLite looks: a file that
  // somebody makes between its two attempts to open, to write and to read, would stay open for reading.
  if (!path_exists(path)) TRY(open_file(path, O_RDWR | O_CREAT, 0600));
  sqlite3* handle = nullptr;
  int status = sqlite3_open_v2(path.c_str(), &handle, kFlags, nullptr);
  Database database(handle);
  if (status != SQLITE_OK) return error_of(handle, status);

  sqlite3_busy_handler(handle, &wait_while_busy, nullptr);
  // The last process to close would otherwise write the WAL back and wait for the disk, and our processes are short.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  // The first process to open reads the WAL again from its start: small, so that this stays cheap.
  sqlite3_wal_autocheckpoint(handle, 128);
  TRY(run_sql(handle, "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON"));

  const auto latest = static_cast<std::int64_t>(migrations.size());
  const std::int64_t found = TRY(database.version());
  if (found > latest)
    return fail(Code::unsupported, "database {} is of schema version {}, this program knows up to {}", path, found,
                latest)
        .with_cure("use the newer gantry that made it");
  if (found < latest) TRY(database.migrate(path, migrations));
  return database;
}

Result<std::int64_t> Database::version() {
  Statement query = TRY(prepare("PRAGMA user_version"));
  TRY(query.step());
  return query.integer(0);
}

Result<> Database::migrate(const std::string& path, std::span<const char* const> migrations) {
  // SQLite answers "busy" at once when two processes switch to WAL together.
  Lock lock = TRY(Lock::take(path.substr(0, path.rfind('/') + 1) + ".", Lock::Mode::exclusive));
  TRY(execute("PRAGMA journal_mode=WAL"));
  Transaction transaction = TRY(Transaction::begin(*this));
  for (auto from = static_cast<std::size_t>(TRY(version())); from < migrations.size(); ++from)
    TRY(with_context(execute(migrations[from]), "bring the schema to version {}", from + 1));
  TRY(execute(fmt::format("PRAGMA user_version={}", migrations.size()).c_str()));
  return transaction.commit();
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  int status = sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (status != SQLITE_OK) return error_of(handle_, status);
  return Statement(statement);
}

Result<> Database::execute(const char* sql) { return run_sql(handle_, sql); }

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

Result<std::string> Database::integrity() {
  Statement check = TRY(prepare("PRAGMA integrity_check"));
  std::string problems;
  while (TRY(check.step())) {
    if (check.text(0) == "ok") continue;
    if (!problems.empty()) problems += '\n';
    problems += check.text(0);
  }
  return problems;
}

Result<Transaction> Transaction::begin(Database& database) {
  TRY(run_sql(database.handle_, "BEGIN IMMEDIATE"));
  return Transaction(database.handle_);
}

Transaction::~Transaction() {
  if (handle_ != nullptr) best_effort(run_sql(handle_, "ROLLBACK"));
}

Result<> Transaction::commit() {
  TRY(run_sql(handle_, "COMMIT"));
  handle_ = nullptr;
  return {};
}

}  // namespace gantry::sql
