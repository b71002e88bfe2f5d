#include "engine/records.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "linux/process.hpp"

#include <unistd.h>

#include <array>

namespace gantry::engine {

namespace {

constexpr std::array<const char*, 3> kMigrations{R"(
  CREATE TABLE containers(
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    image_id TEXT NOT NULL,
    image_name TEXT NOT NULL,
    layers TEXT NOT NULL,
    created INTEGER NOT NULL,
    started INTEGER NOT NULL DEFAULT 0,
    finished INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    owner_pid INTEGER NOT NULL,
    owner_start INTEGER NOT NULL,
    exit_code INTEGER,
    oom_killed INTEGER NOT NULL DEFAULT 0,
    config TEXT NOT NULL);
  CREATE INDEX unfinished ON containers(state) WHERE state IN ('creating', 'removing');
  CREATE TABLE exits(
    id TEXT NOT NULL UNIQUE,
    exit_code INTEGER,
    finished INTEGER NOT NULL);
)",
                                                 R"(
  ALTER TABLE containers ADD COLUMN restarts INTEGER NOT NULL DEFAULT 0;
)",
                                                 R"(
  CREATE TABLE pods(
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    infra TEXT NOT NULL,
    config TEXT NOT NULL);
)"};

constexpr std::string_view kColumns =
    "id, name, image_id, image_name, layers, created, started, finished, state, owner_pid, owner_start, exit_code, "
    "oom_killed, config, restarts";

/// How long the exit codes of removed containers are kept.
constexpr Timestamp kExitsKept = 300 * kSecond;

constexpr std::array<std::string_view, 5> kStates{"creating", "created", "started", "exited", "removing"};

std::string_view text_of(Record::State state) { return kStates[static_cast<std::size_t>(state)]; }

Result<Record::State> state_from(std::string_view text) {
  for (std::size_t i = 0; i < kStates.size(); ++i)
    if (kStates[i] == text) return static_cast<Record::State>(i);
  return fail(Code::corrupt, "a container's state is '{}'", text);
}

std::string text_of(const std::vector<oci::Digest>& layers) {
  std::vector<std::string> parts;
  for (const auto& layer : layers) parts.push_back(layer.text());
  return join(parts, " ");
}

Result<std::vector<oci::Digest>> layers_from(std::string_view text) {
  std::vector<oci::Digest> layers;
  if (text.empty()) return layers;
  for (const auto& part : split(text, ' ')) layers.push_back(TRY(oci::Digest::parse(part)));
  return layers;
}

Result<Record> read_record(const sql::Statement& row) {
  Record record;
  record.id = row.text(0);
  record.name = row.text(1);
  record.image_id = row.text(2);
  record.image_name = row.text(3);
  record.layers = TRY(layers_from(row.text(4)));
  record.created = row.integer(5);
  record.started = row.integer(6);
  record.exit.time = row.integer(7);
  record.state = TRY(state_from(row.text(8)));
  record.owner = {static_cast<pid_t>(row.integer(9)), static_cast<std::uint64_t>(row.integer(10))};
  if (!row.is_null(11)) record.exit.code = static_cast<int>(row.integer(11));
  record.exit.oom_killed = row.integer(12) != 0;
  record.config = TRY(json::decode<ContainerConfig>(row.text(13), "the container's config"));
  record.restarts = static_cast<unsigned>(row.integer(14));
  return record;
}

Result<> explain_taken(Result<> done, const std::string& name) {
  if (done || done.error().code() != Code::exists) return done;
  return fail(Code::exists, "the name '{}' is taken by another container", name)
      .with_cure(fmt::format("choose another --name, or remove that one with: gantry rm {}", name));
}

void bind_code(sql::Statement& statement, int index, const Exit& exit) {
  // What is not bound is NULL.
  if (exit.code) statement.bind(index, *exit.code);
}

}  // namespace

ProcessId ProcessId::own() {
  const auto stat = linux::process_stat(getpid());
  return {getpid(), stat ? stat->start_time : 0};
}

bool ProcessId::alive() const { return pid > 0 && linux::process_alive(pid, start_time); }

Result<Records> Records::open(const std::string& path) { return Records(TRY(sql::Database::open(path, kMigrations))); }

Result<> Records::insert(const Record& record) {
  sql::Statement insert = TRY(database_.prepare(
      "INSERT INTO containers(id, name, image_id, image_name, layers, created, state, owner_pid, owner_start, config) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.bind_all(record.id, record.name, record.image_id, record.image_name, text_of(record.layers), record.created,
                  text_of(Record::State::creating), std::int64_t{record.owner.pid},
                  static_cast<std::int64_t>(record.owner.start_time), json::encode(record.config));
  return explain_taken(insert.run(), record.name);
}

Result<> Records::set_name(const Record& record) {
  sql::Statement update = TRY(database_.prepare("UPDATE containers SET name = ?, config = ? WHERE id = ?"));
  return explain_taken(update.bind_all(record.name, json::encode(record.config), record.id).run(), record.name);
}

Result<> Records::set_config(const Record& record) {
  sql::Statement update = TRY(database_.prepare("UPDATE containers SET config = ? WHERE id = ?"));
  return update.bind_all(json::encode(record.config), record.id).run();
}

Result<> Records::set_created(const std::string& id) {
  sql::Statement update = TRY(database_.prepare("UPDATE containers SET state = ? WHERE id = ?"));
  return update.bind_all(text_of(Record::State::created), id).run();
}

Result<> Records::set_started(const std::string& id, Timestamp time, unsigned restarts) {
  sql::Statement update = TRY(database_.prepare(
      "UPDATE containers SET state = ?, started = ?, finished = 0, exit_code = NULL, oom_killed = 0, restarts = ? "
      "WHERE id = ?"));
  return update.bind_all(text_of(Record::State::started), time, std::int64_t{restarts}, id).run();
}

Result<> Records::set_exited(const std::string& id, const Exit& exit) {
  sql::Statement update = TRY(
      database_.prepare("UPDATE containers SET state = ?, finished = ?, oom_killed = ?, exit_code = ?5 WHERE id = ?4"));
  update.bind_all(text_of(Record::State::exited), exit.time, std::int64_t{exit.oom_killed}, id);
  bind_code(update, 5, exit);
  return update.run();
}

Result<> Records::set_removing(const std::string& id, const ProcessId& owner) {
  sql::Statement update =
      TRY(database_.prepare("UPDATE containers SET state = ?, owner_pid = ?, owner_start = ? WHERE id = ?"));
  return update
      .bind_all(text_of(Record::State::removing), std::int64_t{owner.pid}, static_cast<std::int64_t>(owner.start_time),
                id)
      .run();
}

Result<> Records::erase(const Record& record, const Exit& exit) {
  sql::Transaction transaction = TRY(sql::Transaction::begin(database_));
  sql::Statement remove = TRY(database_.prepare("DELETE FROM containers WHERE id = ?"));
  TRY(remove.bind_all(record.id).run());
  if (exit.time != 0) {
    sql::Statement forget = TRY(database_.prepare("DELETE FROM exits WHERE finished < ?"));
    TRY(forget.bind_all(now() - kExitsKept).run());
    sql::Statement keep =
        TRY(database_.prepare("INSERT OR REPLACE INTO exits(id, finished, exit_code) VALUES(?, ?, ?)"));
    keep.bind_all(record.id, exit.time);
    bind_code(keep, 3, exit);
    TRY(keep.run());
  }
  return transaction.commit();
}

Result<std::vector<Record>> Records::select(std::string_view condition, std::span<const std::string_view> values) {
  sql::Statement query = TRY(database_.prepare(fmt::format("SELECT {} FROM containers {}", kColumns, condition)));
  int index = 0;
  for (std::string_view value : values) query.bind(++index, value);
  std::vector<Record> records;
  while (TRY(query.step())) records.push_back(TRY(with_context(read_record(query), "container {}", query.text(0))));
  return records;
}

Result<Record> Records::find(const std::string& name) {
  // An exact name or id first; then a prefix, whose ids lie between it and it followed by what is above any figure.
  auto found =
      TRY(select("WHERE name = ?1 OR id = ?1 ORDER BY name = ?1 DESC LIMIT 1", std::array{std::string_view(name)}));
  if (found.empty() && !name.empty())
    found = TRY(select("WHERE id >= ?1 AND id < ?1 || 'g' LIMIT 2", std::array{std::string_view(name)}));
  if (found.empty()) return fail(Code::not_found, "no container '{}'", name).with_cure("`gantry ps -a` lists them");
  if (found.size() > 1)
    return fail(Code::invalid, "'{}' begins the ids of several containers", name).with_cure("give more of the id");
  return std::move(found.front());
}

Result<std::optional<Record>> Records::get(const std::string& id) {
  auto found = TRY(select("WHERE id = ?", std::array{std::string_view(id)}));
  std::optional<Record> record;
  if (!found.empty()) record = std::move(found.front());
  return record;
}

Result<std::vector<Record>> Records::list() { return select("ORDER BY created DESC, rowid DESC", {}); }

Result<std::vector<Record>> Records::unfinished() { return select("WHERE state IN ('creating', 'removing')", {}); }

Result<std::optional<Exit>> Records::past_exit(const std::string& id) {
  sql::Statement query = TRY(database_.prepare("SELECT exit_code, finished FROM exits WHERE id = ?"));
  query.bind_all(id);
  std::optional<Exit> exit;
  if (TRY(query.step())) {
    exit.emplace().time = query.integer(1);
    if (!query.is_null(0)) exit->code = static_cast<int>(query.integer(0));
  }
  return exit;
}

}  // namespace gantry::engine
