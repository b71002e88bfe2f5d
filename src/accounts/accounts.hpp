#pragma once

#include "accounts/directory.hpp"
#include "sql/database.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gantry::accounts {

/// Something that was done to the accounts.
struct Change {
  std::int64_t number = 0;
  Timestamp time = 0;
  std::string actor;
  std::string text;  ///< "user alice added"
};

/// What of a project can be set; absent: as it was.
struct ProjectSettings {
  std::optional<bool> anonymous_pull;
  std::optional<std::uint64_t> quota;
  std::optional<std::vector<std::string>> immutable;
};

/// Users, robots and projects in a SQLite file, `accounts.db`. Several processes may use it. Each change is kept
/// together with a note of who made it. Errors: Code::not_found, exists and invalid name the object.
class Accounts {
 public:
  /// Makes the file when there is none.
  static Result<std::unique_ptr<Accounts>> open(const std::string& path);

  Result<Directory> read();
  /// It changes when another connection has written.
  Result<std::int64_t> version();

  Result<> add_user(const std::string& actor, const User& user);
  Result<> set_password(const std::string& actor, const std::string& user, const std::string& hash);
  Result<> set_admin(const std::string& actor, const std::string& user, bool admin);
  Result<> set_disabled(const std::string& actor, const std::string& user, bool disabled);
  Result<> remove_user(const std::string& actor, const std::string& user);

  Result<> add_robot(const std::string& actor, const Robot& robot);
  Result<> remove_robot(const std::string& actor, const std::string& project, const std::string& name);

  Result<> add_project(const std::string& actor, const std::string& name, const ProjectSettings& settings);
  Result<> set_project(const std::string& actor, const std::string& name, const ProjectSettings& settings);
  /// With its members and robots; its repositories stay, and are the administrators' own.
  Result<> remove_project(const std::string& actor, const std::string& name);
  /// Role::none takes the member out.
  Result<> set_member(const std::string& actor, const std::string& project, const std::string& user, Role role);

  /// Behind number `after`, oldest first, at most 1000.
  Result<std::vector<Change>> changes(std::int64_t after);

 private:
  explicit Accounts(sql::Database database) : database_(std::move(database)) {}
  template <class Work>
  Result<> write(const std::string& actor, const std::string& text, Work work);

  std::mutex mutex_;
  sql::Database database_;
};

}  // namespace gantry::accounts
