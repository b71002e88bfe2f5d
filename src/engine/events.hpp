#pragma once

#include "base/clock.hpp"
#include "base/json_options.hpp"
#include "base/result.hpp"

#include <boost/describe/class.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// What has happened to containers, pods, images and volumes: a file of JSON lines that every command appends to and
// that outlives a restart of the machine. When it has grown past kEventLogSize it becomes `log.1`, and the one before
// it goes; so a reader finds between one and two sizes' worth of the past.

namespace gantry::engine {

struct Event {
  Timestamp time = 0;
  std::string type = "container";  ///< or "pod", "image", "volume", "network", "system"
  std::string status;              ///< "create", "start", "died", …: podman's words
  std::string id;
  std::string name;
  std::string image;
  std::optional<int> exit_code;                   ///< of `died` and `exec_died`
  std::map<std::string, std::string> attributes;  ///< a container's labels, and what the event itself tells
};
BOOST_DESCRIBE_STRUCT(Event, (), (time, type, status, id, name, image, exit_code, attributes))

inline constexpr std::uint64_t kEventLogSize = 4u << 20;  ///< bytes

struct EventQuery {
  std::optional<Timestamp> since;
  std::optional<Timestamp> until;  ///< with `follow`, the reading ends then
  bool follow = false;             ///< go on with what happens
  /// Keys: container, event, image, label, pod, type, volume. The values of one key are alternatives (of `label`: all
  /// must hold), different keys must all hold.
  std::vector<std::pair<std::string, std::string>> conditions;
};

using EventSink = std::function<Result<>(const Event&)>;

/// Code::invalid for a key that is no filter.
Result<> check_event_conditions(const EventQuery& query);
bool matches(const Event& event, const EventQuery& query);

class EventLog {
 public:
  /// `folder` is made by the first append().
  explicit EventLog(std::string folder, std::uint64_t size = kEventLogSize) : folder_(std::move(folder)), size_(size) {}

  /// One write(2), so that lines of several processes do not mix.
  Result<> append(const Event& event) const;
  /// What is there, oldest first; lines that a crash has torn are left out.
  Result<> read(const EventQuery& query, const EventSink& sink) const;

 private:
  Result<> rotate() const;

  std::string folder_;
  std::uint64_t size_;
};

}  // namespace gantry::engine
