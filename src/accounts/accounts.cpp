#include "accounts/accounts.hpp"

#include "base/text.hpp"

namespace gantry::accounts {

namespace {

constexpr const char* kMigrations[] = {
    "CREATE TABLE users (name TEXT PRIMARY KEY, hash TEXT NOT NULL, admin INTEGER NOT NULL, disabled INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE projects (name TEXT PRIMARY KEY, anonymous_pull INTEGER NOT NULL, quota INTEGER NOT NULL,"
    " immutable TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE members (project TEXT NOT NULL REFERENCES projects(name) ON DELETE CASCADE,"
    " user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE, role TEXT NOT NULL, PRIMARY KEY (project, user))"
    " WITHOUT ROWID;"
    "CREATE INDEX members_by_user ON members(user);"
    "CREATE TABLE robots (project TEXT NOT NULL REFERENCES projects(name) ON DELETE CASCADE, name TEXT NOT NULL,"
    " hash TEXT NOT NULL, role TEXT NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (project, name)) WITHOUT ROWID;"
    "CREATE TABLE changes (number INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL,"
    " text TEXT NOT NULL);",
};

constexpr std::int64_t kChangesRead = 1000;

std::string text_of(const sql::Statement& row, int column) { return std::string(row.text(column)); }

Result<> read_users(sql::Database& database, Directory& directory) {
  auto query = TRY(database.prepare("SELECT name, hash, admin, disabled FROM users"));
  while (TRY(query.step())) {
    User user{text_of(query, 0), text_of(query, 1), query.integer(2) != 0, query.integer(3) != 0};
    directory.users.emplace(user.name, std::move(user));
  }
  return {};
}

Result<> read_projects(sql::Database& database, Directory& directory) {
  auto query = TRY(database.prepare("SELECT name, anonymous_pull, quota, immutable FROM projects"));
  while (TRY(query.step())) {
    Project project{.name = text_of(query, 0),
                    .anonymous_pull = query.integer(1) != 0,
                    .quota = static_cast<std::uint64_t>(query.integer(2)),
                    .immutable = {},
                    .members = {}};
    if (!query.text(3).empty()) project.immutable = split(query.text(3), '\n');
    directory.projects.emplace(project.name, std::move(project));
  }
  return {};
}

Result<> read_members(sql::Database& database, Directory& directory) {
  auto query = TRY(database.prepare("SELECT project, user, role FROM members"));
  while (TRY(query.step())) {
    const auto role = TRY(parse_role(query.text(2)));
    if (const auto project = directory.projects.find(query.text(0)); project != directory.projects.end())
      project->second.members.emplace(text_of(query, 1), role);
  }
  return {};
}

Result<> read_robots(sql::Database& database, Directory& directory) {
  auto query = TRY(database.prepare("SELECT project, name, hash, role, expires FROM robots"));
  while (TRY(query.step())) {
    const auto role = TRY(parse_role(query.text(3)));
    Robot robot{text_of(query, 0), text_of(query, 1), text_of(query, 2), role, query.integer(4)};
    directory.robots.emplace(robot.full_name(), std::move(robot));
  }
  return {};
}

template <class... Values>
Result<> run(sql::Database& database, std::string_view text, const Values&... values) {
  auto statement = TRY(database.prepare(text));
  return statement.bind_all(values...).run();
}

/// The last statement has found what it was to change.
Result<> require_change(sql::Database& database, std::string_view what, std::string_view name) {
  if (database.changes() > 0) return {};
  return fail(Code::not_found, "there is no {} '{}'", what, name);
}

Result<> require_row(sql::Database& database, std::string_view text, std::string_view what, std::string_view name) {
  auto query = TRY(database.prepare(text));
  if (TRY(query.bind_all(name).step())) return {};
  return fail(Code::not_found, "there is no {} '{}'", what, name);
}

Error exists_already(Error error, std::string_view what, std::string_view name) {
  if (error.code() != Code::exists) return error;
  return fail(Code::exists, "the {} '{}' exists", what, name);
}

template <class T>
Result<> say_exists(Result<T> result, std::string_view what, std::string_view name) {
  if (!result) return exists_already(std::move(result.error()), what, name);
  return {};
}

Result<> apply(sql::Database& database, const std::string& name, const ProjectSettings& settings) {
  if (settings.anonymous_pull)
    TRY(run(database, "UPDATE projects SET anonymous_pull=? WHERE name=?", std::int64_t{*settings.anonymous_pull},
            name));
  if (settings.quota)
    TRY(run(database, "UPDATE projects SET quota=? WHERE name=?", static_cast<std::int64_t>(*settings.quota), name));
  if (settings.immutable)
    TRY(run(database, "UPDATE projects SET immutable=? WHERE name=?", join(*settings.immutable, "\n"), name));
  return {};
}

}  // namespace

Result<std::unique_ptr<Accounts>> Accounts::open(const std::string& path) {
  auto database = TRY(sql::Database::open(path, kMigrations));
  TRY(database.execute("PRAGMA synchronous=FULL"));
  return std::unique_ptr<Accounts>(new Accounts(std::move(database)));
}

template <class Work>
Result<> Accounts::write(const std::string& actor, const std::string& text, Work work) {
  std::lock_guard lock(mutex_);
  auto transaction = TRY(sql::Transaction::begin(database_));
  TRY(work(database_));
  TRY(run(database_, "INSERT INTO changes(time, actor, text) VALUES(?,?,?)", now(), actor, text));
  return transaction.commit();
}

Result<Directory> Accounts::read() {
  std::lock_guard lock(mutex_);
  // One view of all the tables.
  auto transaction = TRY(sql::Transaction::begin(database_));
  Directory directory;
  TRY(read_users(database_, directory));
  TRY(read_projects(database_, directory));
  TRY(read_members(database_, directory));
  TRY(read_robots(database_, directory));
  TRY(transaction.commit());
  return directory;
}

Result<std::int64_t> Accounts::version() {
  std::lock_guard lock(mutex_);
  auto query = TRY(database_.prepare("PRAGMA data_version"));
  TRY(query.step());
  return query.integer(0);
}

Result<> Accounts::add_user(const std::string& actor, const User& user) {
  if (!is_user_name(user.name))
    return fail(Code::invalid, "'{}' is no name of a user", user.name)
        .with_cure("letters, digits and ._-@, at most 64 of them");
  return write(actor, fmt::format("user {} added{}", user.name, user.admin ? " as an administrator" : ""),
               [&](sql::Database& database) {
                 return say_exists(run(database, "INSERT INTO users VALUES(?,?,?,?)", user.name, user.hash,
                                       std::int64_t{user.admin}, std::int64_t{user.disabled}),
                                   "user", user.name);
               });
}

Result<> Accounts::set_password(const std::string& actor, const std::string& user, const std::string& hash) {
  return write(actor, fmt::format("password of user {} set", user), [&](sql::Database& database) -> Result<> {
    TRY(run(database, "UPDATE users SET hash=? WHERE name=?", hash, user));
    return require_change(database, "user", user);
  });
}

Result<> Accounts::set_admin(const std::string& actor, const std::string& user, bool admin) {
  const std::string text = fmt::format("user {} is {} administrator", user, admin ? "an" : "no");
  return write(actor, text, [&](sql::Database& database) -> Result<> {
    TRY(run(database, "UPDATE users SET admin=? WHERE name=?", std::int64_t{admin}, user));
    return require_change(database, "user", user);
  });
}

Result<> Accounts::set_disabled(const std::string& actor, const std::string& user, bool disabled) {
  const std::string text = fmt::format("user {} {}abled", user, disabled ? "dis" : "en");
  return write(actor, text, [&](sql::Database& database) -> Result<> {
    TRY(run(database, "UPDATE users SET disabled=? WHERE name=?", std::int64_t{disabled}, user));
    return require_change(database, "user", user);
  });
}

Result<> Accounts::remove_user(const std::string& actor, const std::string& user) {
  return write(actor, fmt::format("user {} removed", user), [&](sql::Database& database) -> Result<> {
    TRY(run(database, "DELETE FROM users WHERE name=?", user));
    return require_change(database, "user", user);
  });
}

Result<> Accounts::add_robot(const std::string& actor, const Robot& robot) {
  if (!is_project_name(robot.name))
    return fail(Code::invalid, "'{}' is no name of a robot", robot.name)
        .with_cure("lower-case letters, digits and ._- between them");
  const std::string text = fmt::format("robot {} added as {}", robot.full_name(), name_of(robot.role));
  return write(actor, text, [&](sql::Database& database) -> Result<> {
    TRY(require_row(database, "SELECT 1 FROM projects WHERE name=?", "project", robot.project));
    return say_exists(run(database, "INSERT INTO robots VALUES(?,?,?,?,?)", robot.project, robot.name, robot.hash,
                          name_of(robot.role), robot.expires),
                      "robot", robot.full_name());
  });
}

Result<> Accounts::remove_robot(const std::string& actor, const std::string& project, const std::string& name) {
  return write(actor, fmt::format("robot {}+{} removed", project, name), [&](sql::Database& database) -> Result<> {
    TRY(run(database, "DELETE FROM robots WHERE project=? AND name=?", project, name));
    return require_change(database, "robot", project + "+" + name);
  });
}

Result<> Accounts::add_project(const std::string& actor, const std::string& name, const ProjectSettings& settings) {
  if (!is_project_name(name))
    return fail(Code::invalid, "'{}' is no name of a project", name)
        .with_cure("lower-case letters, digits and ._- between them");
  return write(actor, fmt::format("project {} added", name), [&](sql::Database& database) -> Result<> {
    TRY(say_exists(run(database, "INSERT INTO projects VALUES(?,0,0,'')", name), "project", name));
    return apply(database, name, settings);
  });
}

Result<> Accounts::set_project(const std::string& actor, const std::string& name, const ProjectSettings& settings) {
  return write(actor, fmt::format("project {} set", name), [&](sql::Database& database) -> Result<> {
    TRY(require_row(database, "SELECT 1 FROM projects WHERE name=?", "project", name));
    return apply(database, name, settings);
  });
}

Result<> Accounts::remove_project(const std::string& actor, const std::string& name) {
  return write(actor, fmt::format("project {} removed", name), [&](sql::Database& database) -> Result<> {
    TRY(run(database, "DELETE FROM projects WHERE name=?", name));
    return require_change(database, "project", name);
  });
}

Result<> Accounts::set_member(const std::string& actor, const std::string& project, const std::string& user,
                              Role role) {
  const std::string text = role == Role::none
                               ? fmt::format("user {} taken out of project {}", user, project)
                               : fmt::format("user {} is {} of project {}", user, name_of(role), project);
  return write(actor, text, [&](sql::Database& database) -> Result<> {
    TRY(require_row(database, "SELECT 1 FROM projects WHERE name=?", "project", project));
    TRY(require_row(database, "SELECT 1 FROM users WHERE name=?", "user", user));
    if (role == Role::none) {
      TRY(run(database, "DELETE FROM members WHERE project=? AND user=?", project, user));
      return require_change(database, "member", user);
    }
    return run(database,
               "INSERT INTO members VALUES(?,?,?) ON CONFLICT(project, user) DO UPDATE SET role=excluded.role", project,
               user, name_of(role));
  });
}

Result<std::vector<Change>> Accounts::changes(std::int64_t after) {
  std::lock_guard lock(mutex_);
  auto query =
      TRY(database_.prepare("SELECT number, time, actor, text FROM changes WHERE number>? ORDER BY number LIMIT ?"));
  query.bind_all(after, kChangesRead);
  std::vector<Change> changes;
  while (TRY(query.step()))
    changes.push_back({query.integer(0), query.integer(1), text_of(query, 2), text_of(query, 3)});
  return changes;
}

}  // namespace gantry::accounts
