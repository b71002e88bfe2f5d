#include "registry/reply.hpp"

#include "base/json.hpp"
#include "base/log.hpp"

#include <boost/describe/class.hpp>

namespace gantry::registry {

namespace {

struct ProblemLine {
  std::string code;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(ProblemLine, (), (code, message))

struct ProblemReport {
  std::vector<ProblemLine> errors;
};
BOOST_DESCRIBE_STRUCT(ProblemReport, (), (errors))

}  // namespace

serve::Response reply(int status) {
  serve::Response response{.status = status};
  response.add("Docker-Distribution-Api-Version", "registry/2.0");
  return response;
}

serve::Response json_reply(int status, std::string text) {
  auto response = reply(status);
  response.add("Content-Type", "application/json");
  response.body = std::move(text);
  return response;
}

serve::Response problem(int status, std::string_view code, std::string_view message) {
  const ProblemReport problems{{{std::string(code), std::string(message)}}};
  return json_reply(status, json::encode(problems) + "\n");
}

serve::Response problem_of(const Error& error) {
  switch (error.code()) {
    case Code::invalid:
      return problem(400, "UNSUPPORTED", error.text());
    case Code::busy:
      return problem(408, "UNSUPPORTED", error.text());
    case Code::no_space:
      log::error("{}", error.message());
      return problem(507, "UNKNOWN", "there is no space left here");
    default:
      // Paths and the like are nobody's business.
      log::error("{}", error.message());
      return problem(500, "UNKNOWN", "something went wrong here");
  }
}

}  // namespace gantry::registry
