// What containers send to the server of names, and what servers send to it.

#include "dns/directory.hpp"
#include "dns/host_name.hpp"

#include <cstdlib>

namespace {

using namespace gantry;

dns::Directory& directory() {
  static dns::Directory made = [] {
    dns::Directory names;
    best_effort(names.set_zone("net", {.listen = {"10.1.0.1"}, .subnets = {"10.1.0.0/24", "fd01::/64"}}));
    names.set_member("net", "a", {.names = {"web", "www"}, .addresses = {"10.1.0.2", "fd01::2"}});
    return names;
  }();
  return made;
}

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dns::Wire wire(data, size);
  static const auto at = *linux::IpAddress::parse("10.1.0.1");
  static const auto source = *linux::IpAddress::parse("10.1.0.2");
  if (const auto question = dns::question_of(wire)) dns::address_of_reverse(question->name);
  const auto query = dns::Query::parse(wire);
  if (!query) return 0;
  const dns::Decision decision = directory().decide(at, source, *query);
  const std::string answer = decision.forward ? query->truncated() : query->answer(decision.answer, query->limit());
  check(answer.size() >= dns::kHeaderSize && answer.size() <= query->limit());
  check(dns::is_reply({reinterpret_cast<const std::uint8_t*>(answer.data()), answer.size()}));
  return 0;
}
