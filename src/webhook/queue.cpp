#include "webhook/queue.hpp"

#include <algorithm>

namespace gantry::webhook {

namespace {

constexpr const char* kMigrations[] = {
    "CREATE TABLE messages (number INTEGER PRIMARY KEY AUTOINCREMENT, receiver TEXT NOT NULL, id TEXT NOT NULL,"
    " body TEXT NOT NULL, tries INTEGER NOT NULL, made INTEGER NOT NULL, next INTEGER NOT NULL);"
    "CREATE INDEX messages_by_receiver ON messages(receiver, number);",
};

}  // namespace

Result<std::unique_ptr<Queue>> Queue::open(const std::string& path) {
  auto database = TRY(sql::Database::open(path, kMigrations));
  TRY(database.execute("PRAGMA synchronous=FULL"));
  return std::unique_ptr<Queue>(new Queue(std::move(database)));
}

Result<> Queue::add(const std::string& receiver, const Message& message) {
  std::lock_guard lock(mutex_);
  auto count = TRY(database_.prepare("SELECT count(*) FROM messages WHERE receiver=?"));
  if (TRY(count.bind_all(receiver).step()) && count.integer(0) >= kMost)
    return fail(Code::no_space, "{} messages wait for {} already", kMost, receiver);
  auto insert =
      TRY(database_.prepare("INSERT INTO messages(receiver, id, body, tries, made, next) VALUES(?,?,?,0,?,?)"));
  return insert.bind_all(receiver, message.id, message.body, message.made, message.next).run();
}

Result<std::optional<Message>> Queue::first(const std::string& receiver) {
  std::lock_guard lock(mutex_);
  auto query = TRY(database_.prepare(
      "SELECT number, id, body, tries, made, next FROM messages WHERE receiver=? ORDER BY number LIMIT 1"));
  if (!TRY(query.bind_all(receiver).step())) return std::nullopt;
  return Message{query.integer(0), std::string(query.text(1)), std::string(query.text(2)),
                 query.integer(3), query.integer(4),           query.integer(5)};
}

Result<> Queue::remove(const Message& message) {
  std::lock_guard lock(mutex_);
  auto statement = TRY(database_.prepare("DELETE FROM messages WHERE number=?"));
  return statement.bind_all(message.number).run();
}

Result<> Queue::postpone(const Message& message, Timestamp next) {
  std::lock_guard lock(mutex_);
  auto statement = TRY(database_.prepare("UPDATE messages SET tries=tries+1, next=? WHERE number=?"));
  return statement.bind_all(next, message.number).run();
}

Result<> Queue::forget(const std::vector<std::string>& known) {
  std::lock_guard lock(mutex_);
  std::vector<std::string> others;
  {
    auto query = TRY(database_.prepare("SELECT DISTINCT receiver FROM messages"));
    while (TRY(query.step()))
      if (std::ranges::find(known, query.text(0)) == known.end()) others.emplace_back(query.text(0));
  }
  auto statement = TRY(database_.prepare("DELETE FROM messages WHERE receiver=?"));
  for (const auto& each : others) TRY(statement.bind_all(each).run());
  return {};
}

}  // namespace gantry::webhook
