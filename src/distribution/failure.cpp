#include "distribution/failure.hpp"

#include "base/json.hpp"
#include "distribution/backoff.hpp"
#include "http/url.hpp"

#include <boost/describe/class.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace gantry::distribution {

namespace {

struct Reason {
  std::string code;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(Reason, (), (code, message))

struct Reasons {
  std::vector<Reason> errors;
  std::string details;  ///< of token servers, some of which answer in this form
  std::string error_description;
};
BOOST_DESCRIBE_STRUCT(Reasons, (), (errors, details, error_description))
constexpr json::Options json_options(const Reasons*) { return {.style = json::Style::snake}; }

constexpr std::size_t kMaxText = 400;

/// For a terminal: what a server says cannot move its cursor.
std::string printable(std::string text) {
  if (text.size() > kMaxText) text.resize(kMaxText);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

std::string reasons_of(http::Answer& answer) {
  auto text = answer.text(64u << 10);
  if (!text) return {};
  auto reasons = json::decode<Reasons>(*text, "the answer");
  if (!reasons) return {};
  std::string joined;
  for (const auto& reason : reasons->errors)
    joined += (joined.empty() ? "" : "; ") + (reason.message.empty() ? reason.code : reason.message);
  if (joined.empty()) joined = reasons->details.empty() ? reasons->error_description : reasons->details;
  return printable(std::move(joined));
}

Code code_of(int status) {
  switch (status) {
    case 400:
      return Code::invalid;
    case 401:
    case 403:
      return Code::denied;
    case 404:
      return Code::not_found;
    case 405:
    case 415:
      return Code::unsupported;
    case 429:
      return Code::busy;
    default:
      return Code::failed;
  }
}

}  // namespace

Error failure(http::Answer& answer, std::string_view what) {
  std::string reasons = reasons_of(answer);
  std::string host = http::origin_of(answer.url()).host;
  Error error = fail(code_of(answer.status()), "{}: {} answers with status {}{}{}", what, host, answer.status(),
                     reasons.empty() ? "" : ": ", reasons);
  if (answer.status() == 401) return std::move(error).with_cure("gantry login " + host);
  if (answer.status() == 429) {
    auto wait = parse_retry_after(answer.header("retry-after"));
    std::string when = wait ? fmt::format("in {} s", (*wait + 999) / 1000) : "later";
    return std::move(error).with_cure("it limits how often one may ask; try again " + when);
  }
  return error;
}

}  // namespace gantry::distribution
