#include "sql/copy.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

namespace gantry::sql {

namespace {

constexpr int kCopyTimeout = 30'000;  ///< milliseconds

struct Close {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

Error error_of(const Handle& handle, std::string_view path) {
  const int status = sqlite3_errcode(handle.get()) & 0xff;
  const Code code = status == SQLITE_NOTADB || status == SQLITE_CORRUPT ? Code::corrupt
                    : status == SQLITE_FULL                             ? Code::no_space
                                                                        : Code::failed;
  return fail(code, "copy the database {}: {}", path, sqlite3_errmsg(handle.get()));
}

Result<Handle> open_handle(const std::string& path, int flags) {
  sqlite3* opened = nullptr;
  const int status = sqlite3_open_v2(path.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle handle(opened);
  if (status != SQLITE_OK) return error_of(handle, path);
  sqlite3_busy_timeout(handle.get(), kCopyTimeout);
  return handle;
}

Result<> copy_pages(const std::string& from, const std::string& to) {
  // A reader of a WAL keeps notes in files beside it, so it has to be able to write.
  const auto source = TRY(open_handle(from, SQLITE_OPEN_READWRITE));
  const auto target = TRY(open_handle(to, SQLITE_OPEN_READWRITE));
  sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (backup == nullptr) return error_of(target, from);
  // All pages in one step: the lock of a reader, under which they are those of one moment.
  sqlite3_backup_step(backup, -1);
  if (sqlite3_backup_finish(backup) != SQLITE_OK) return error_of(target, from);
  return {};
}

}  // namespace

Result<> copy_database(const std::string& from, const std::string& to) {
  const std::string fresh = to + ".new";
  for (const char* end : {"", "-wal", "-shm", "-journal"}) TRY(remove_file(fresh + end));
  TRY(open_file(fresh, O_RDWR | O_CREAT | O_EXCL, 0600));
  TRY(copy_pages(from, fresh));
  // What belongs to the file that goes must not be taken for a part of the one that comes.
  for (const char* end : {"-wal", "-shm", "-journal"}) TRY(remove_file(to + end));
  if (rename(fresh.c_str(), to.c_str()) < 0) return Error::system("rename {} to {}", fresh, to);
  for (const char* end : {"-wal", "-shm"}) TRY(remove_file(fresh + end));
  return {};
}

}  // namespace gantry::sql
