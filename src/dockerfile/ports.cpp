#include "dockerfile/ports.hpp"

#include "base/text.hpp"
#include "dockerfile/show.hpp"

namespace gantry::dockerfile {

namespace {

Result<std::uint64_t> read_port(std::string_view text, std::string_view word) {
  const auto number = parse_unsigned(text);
  if (number && *number >= 1 && *number <= 65535) return *number;
  return fail(Code::invalid, "{} is no port", quoted(word)).with_cure("write 80, 53/udp or 8000-8010, from 1 to 65535");
}

}  // namespace

Result<std::vector<std::string>> read_ports(std::string_view word) {
  const auto behind_host = cut_last(word, ':');
  const auto [range, protocol_text, has_protocol] = cut(behind_host.found ? behind_host.after : word, '/');
  const auto protocol = has_protocol && !protocol_text.empty() ? to_lower(protocol_text) : std::string("tcp");
  if (protocol != "tcp" && protocol != "udp" && protocol != "sctp") {
    return fail(Code::invalid, "{} has an unknown protocol", quoted(word)).with_cure("it is tcp, udp or sctp");
  }
  const auto ends = cut(range, '-');
  const auto first = TRY(read_port(ends.before, word));
  const auto last = ends.found ? TRY(read_port(ends.after, word)) : first;
  if (last < first) {
    return fail(Code::invalid, "the range of ports {} ends before it begins", quoted(word)).with_cure("swap its ends");
  }
  std::vector<std::string> ports;
  for (auto port = first; port <= last; ++port) ports.push_back(std::to_string(port) + "/" + protocol);
  return ports;
}

}  // namespace gantry::dockerfile
