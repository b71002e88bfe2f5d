#include "engine/log_parser.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <boost/describe/class.hpp>

namespace gantry::engine {

namespace {

/// A line of docker's json-file.
struct JsonLogLine {
  std::string log;
  std::string stream;
  std::string time;
};
BOOST_DESCRIBE_STRUCT(JsonLogLine, (), (log, stream, time))

}  // namespace

std::optional<LogEntry> LogParser::parse(std::string_view line) {
  if (line.starts_with('{')) return parse_json(line);
  if (head_.empty() || !line.starts_with(head_)) return parse_plain(line);
  last_.text = line.substr(head_.size());
  return last_;
}

std::optional<LogEntry> LogParser::parse_plain(std::string_view line) {
  const Halves time = cut(line, ' ');
  const Halves stream = cut(time.after, ' ');
  const Halves tag = cut(stream.after, ' ');
  if (!tag.found || (stream.before != "stdout" && stream.before != "stderr") ||
      (tag.before != "F" && tag.before != "P"))
    return {};
  const auto parsed = time_of(time.before);
  if (!parsed) return {};
  head_ = line.substr(0, line.size() - tag.after.size());
  last_ = {*parsed, stream.before == "stderr", tag.before == "P", tag.after};
  return last_;
}

std::optional<LogEntry> LogParser::parse_json(std::string_view line) {
  auto decoded = json::decode<JsonLogLine>(line, "the log");
  if (!decoded) return {};
  const auto parsed = time_of(decoded->time);
  if (!parsed) return {};
  unescaped_ = std::move(decoded->log);
  const bool partial = !unescaped_.ends_with('\n');
  if (!partial) unescaped_.pop_back();
  return LogEntry{*parsed, decoded->stream == "stderr", partial, unescaped_};
}

std::optional<Timestamp> LogParser::time_of(std::string_view text) {
  if (text == time_text_) return time_;
  auto parsed = parse_rfc3339(text);
  if (!parsed) return {};
  time_text_ = text;
  time_ = *parsed;
  return time_;
}

std::optional<LogEntry> parse_log_entry(std::string_view line) {
  // Not of a json-file, whose text would be gone with the parser.
  if (line.starts_with('{')) return {};
  return LogParser().parse(line);
}

}  // namespace gantry::engine
