#pragma once

#include "base/clock.hpp"
#include "engine/config.hpp"
#include "oci/digest.hpp"
#include "sql/database.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

// What the state database knows about containers.

namespace gantry::engine {

/// A process for good: the pid may be given to another one later, the pair is not.
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t start_time = 0;  ///< linux::ProcessStat::start_time

  static ProcessId own();
  bool alive() const;
};

/// How a container ended.
struct Exit {
  std::optional<int> code;  ///< as a shell shows it; none: nobody saw it
  int signal = 0;
  Timestamp time = 0;
  bool oom_killed = false;
};

struct Record {
  enum class State {
    creating,  ///< `owner` makes it; when that process is dead, what it made must go
    created,
    started,  ///< has run at least once, and its end is not recorded
    exited,
    removing,  ///< `owner` takes it apart; when that process is dead, anybody may go on
  };

  std::string id;
  std::string name;
  std::string image_id;
  std::string image_name;
  std::vector<oci::Digest> layers;  ///< diff ids, the base first
  Timestamp created = 0;
  Timestamp started = 0;
  State state = State::creating;
  ProcessId owner;
  Exit exit;
  unsigned restarts = 0;  ///< by its restart policy since somebody started it
  ContainerConfig config;
};

/// The table of containers. What a folder's lock protects is said in state.hpp.
class Records {
 public:
  /// Opens or creates the database file.
  static Result<Records> open(const std::string& path);

  /// As State::creating. Code::exists when the name is taken.
  Result<> insert(const Record& record);
  /// The name, which is in the config too. Code::exists when it is taken.
  Result<> set_name(const Record& record);
  /// The config alone.
  Result<> set_config(const Record& record);
  Result<> set_created(const std::string& id);
  Result<> set_started(const std::string& id, Timestamp time, unsigned restarts = 0);
  Result<> set_exited(const std::string& id, const Exit& exit);
  Result<> set_removing(const std::string& id, const ProcessId& owner);
  /// Forgets the container; its exit code can be asked for a while longer, for those who wait.
  Result<> erase(const Record& record, const Exit& exit);

  /// By name, id or unique prefix of the id; Code::not_found, Code::invalid when ambiguous.
  Result<Record> find(const std::string& name);
  Result<std::optional<Record>> get(const std::string& id);
  /// Newest first.
  Result<std::vector<Record>> list();
  /// Those in State::creating and State::removing.
  Result<std::vector<Record>> unfinished();
  /// Of a container that was removed a few minutes ago at most.
  Result<std::optional<Exit>> past_exit(const std::string& id);

  /// For the other tables of the file.
  sql::Database& database() { return database_; }
  Result<std::string> integrity() { return database_.integrity(); }

 private:
  explicit Records(sql::Database database) : database_(std::move(database)) {}
  Result<std::vector<Record>> select(std::string_view condition, std::span<const std::string_view> values);

  sql::Database database_;
};

}  // namespace gantry::engine
