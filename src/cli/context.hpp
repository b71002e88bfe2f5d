#pragma once

#include "engine/engine.hpp"
#include "options/command.hpp"
#include "options/globals.hpp"

#include <functional>
#include <string>
#include <vector>

namespace gantry::cli {

using options::Globals;

/// An engine for commands that start no process.
Result<engine::Engine> open_engine(const Globals& globals);
/// One that knows the sibling programs: for commands that start containers or processes in them.
Result<engine::Engine> open_starting_engine(const Globals& globals);

/// Does `work` for every name and goes on after a failure, which is printed. Returns the exit status: 0, or that of
/// the last failure by `status_of`.
int for_each_name(const std::vector<std::string>& names, const std::function<Result<>(const std::string&)>& work,
                  int (*status_of)(const Error&));

/// podman's statuses of `rm` and `rmi`: 1 for what does not exist, 2 for what is in use, else 125.
int removal_status(const Error& error);

/// Refuses neither names nor `all`, and both; `kind` is what the names are names of.
Result<> check_choice(const std::vector<std::string>& names, bool all, std::string_view kind);

/// Hears how the work on each container has ended: prints its name, or the error.
class Outcomes {
 public:
  /// With `ignore`, what does not exist is no failure.
  Outcomes(int (*status_of)(const Error&), bool ignore = false) : status_of_(status_of), ignore_(ignore) {}
  void operator()(const std::string& name, Result<> done);
  /// The exit status: 0, or that of the last failure.
  int status() const { return status_; }

 private:
  int (*status_of_)(const Error&);
  bool ignore_;
  int status_ = 0;
};

/// 125, podman's status of every failure of most commands.
int failure_status(const Error& error);

inline constexpr options::Words kContainers{
    .name = "CONTAINER", .first = options::Completes::containers, .rest = options::Completes::containers};
inline constexpr options::Words kRunningContainers{
    .name = "CONTAINER", .first = options::Completes::running, .rest = options::Completes::running};

/// The first twelve figures of an identifier.
std::string short_id(const std::string& id);

/// Names for completion, of what exists now; nothing when the state cannot be read.
std::vector<std::string> candidates(options::Completes what, void* globals);

}  // namespace gantry::cli
