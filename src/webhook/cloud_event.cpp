#include "webhook/cloud_event.hpp"

#include "base/json.hpp"

#include <boost/describe/class.hpp>

namespace gantry::webhook {

namespace {

struct EventData {
  std::string repository;
  std::string tag;
  std::string digest;
  std::string actor;
};
BOOST_DESCRIBE_STRUCT(EventData, (), (repository, tag, digest, actor))

struct CloudEvent {
  std::string specversion = "1.0";
  std::string id;
  std::string source;
  std::string type;
  std::string subject;
  std::string time;
  std::string datacontenttype = "application/json";
  EventData data;
};
BOOST_DESCRIBE_STRUCT(CloudEvent, (), (specversion, id, source, type, subject, time, datacontenttype, data))

std::string subject_of(const Happening& happening) {
  if (!happening.tag.empty()) return happening.repository + ":" + happening.tag;
  return happening.repository + "@" + happening.digest;
}

}  // namespace

std::string cloud_event(const Happening& happening, std::string_view source, std::string_view id, Timestamp time) {
  return json::encode(CloudEvent{
      .id = std::string(id),
      .source = std::string(source),
      .type = fmt::format("gantry.registry.{}", happening.type),
      .subject = subject_of(happening),
      .time = to_rfc3339(time),
      .data = {happening.repository, happening.tag, happening.digest, happening.actor},
  });
}

}  // namespace gantry::webhook
