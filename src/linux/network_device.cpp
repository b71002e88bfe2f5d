#include "linux/network_device.hpp"

#include "base/file.hpp"
#include "base/id.hpp"

#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <string_view>
#include <vector>

namespace gantry::linux {

namespace {

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// A request of rtnetlink(7).
class Request {
 public:
  template <class Body>
  Request(std::uint16_t type, std::uint16_t flags, const Body& body) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    append(bytes_of(header));
    append(bytes_of(body));
  }
  Request& add(std::uint16_t type, std::string_view data) {
    rtattr head{static_cast<std::uint16_t>(RTA_LENGTH(data.size())), type};
    append(bytes_of(head));
    append(data);
    return *this;
  }
  std::string_view finish() {
    reinterpret_cast<nlmsghdr*>(buffer_.data())->nlmsg_len = static_cast<std::uint32_t>(buffer_.size());
    return buffer_;
  }

 private:
  void append(std::string_view data) {
    buffer_.append(data);
    buffer_.resize(NLMSG_ALIGN(buffer_.size()));
  }
  std::string buffer_;
};

/// A socket of rtnetlink; it stays in the network namespace in which it was made.
class Netlink {
 public:
  static Result<Netlink> open() {
    Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!socket.valid()) return Error::system("open a netlink socket");
    return Netlink(std::move(socket));
  }
  static Result<Netlink> open_in(const Fd& space) {
    Fd own = TRY(open_file("/proc/self/ns/net", O_RDONLY));
    if (setns(space.get(), CLONE_NEWNET) < 0) return Error::system("enter the network namespace");
    auto opened = open();
    if (setns(own.get(), CLONE_NEWNET) < 0) return Error::system("return to the own network namespace");
    return opened;
  }

  using Visit = std::function<void(const nlmsghdr&)>;
  /// Sends, and hands every message of the answer to `visit` until its end.
  Result<> talk(Request request, std::string_view doing, const Visit& visit = {}) const {
    std::string_view data = request.finish();
    if (send(socket_.get(), data.data(), data.size(), 0) < 0) return Error::system("{}", doing);
    std::vector<char> buffer(65536);
    while (true) {
      ssize_t got = recv(socket_.get(), buffer.data(), buffer.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Error::system("{}", doing);
      auto left = static_cast<unsigned>(got);
      for (auto* one = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(one, left); one = NLMSG_NEXT(one, left)) {
        if (one->nlmsg_type == NLMSG_DONE) return {};
        if (one->nlmsg_type == NLMSG_ERROR) {
          int problem = -static_cast<const nlmsgerr*>(NLMSG_DATA(one))->error;
          if (problem == 0) return {};
          return Error::from_errno(problem, std::string(doing));
        }
        if (visit) visit(*one);
      }
    }
  }

 private:
  explicit Netlink(Fd socket) : socket_(std::move(socket)) {}
  Fd socket_;
};

template <class Body>
void each_attribute(const nlmsghdr& message, const std::function<void(const rtattr&)>& visit) {
  auto* start = reinterpret_cast<const char*>(&message) + NLMSG_SPACE(sizeof(Body));
  auto left = message.nlmsg_len - NLMSG_SPACE(sizeof(Body));
  for (auto* one = reinterpret_cast<const rtattr*>(start); RTA_OK(one, left); one = RTA_NEXT(one, left)) visit(*one);
}

std::string_view data_of(const rtattr& attribute) {
  return {static_cast<const char*>(RTA_DATA(&attribute)), RTA_PAYLOAD(&attribute)};
}

std::string with_end(const std::string& text) { return text + '\0'; }

struct Link {
  int index = 0;
  std::string name;
  bool up = false;
};

/// Of a device by its name, or by its index when there is no name.
Result<Link> find_link(const Netlink& netlink, const std::string& name, int index = 0) {
  ifinfomsg body{};
  body.ifi_index = index;
  Request request(RTM_GETLINK, NLM_F_ACK, body);
  if (!name.empty()) request.add(IFLA_IFNAME, with_end(name));
  Link link;
  TRY(netlink.talk(std::move(request), fmt::format("find network device {}", name), [&](const nlmsghdr& message) {
    auto* found = static_cast<const ifinfomsg*>(NLMSG_DATA(&message));
    link.index = found->ifi_index;
    link.up = (found->ifi_flags & IFF_UP) != 0;
    each_attribute<ifinfomsg>(message, [&](const rtattr& one) {
      if (one.rta_type == IFLA_IFNAME) link.name = data_of(one).substr(0, data_of(one).find('\0'));
    });
  }));
  return link;
}

/// An address with the attributes that matter on another device too.
struct Address {
  ifaddrmsg head;
  std::vector<std::pair<std::uint16_t, std::string>> attributes;
};

Result<std::vector<Address>> permanent_addresses(const Netlink& netlink, int index) {
  std::vector<Address> found;
  TRY(netlink.talk(Request(RTM_GETADDR, NLM_F_DUMP, ifaddrmsg{}), "list addresses", [&](const nlmsghdr& message) {
    Address address{*static_cast<const ifaddrmsg*>(NLMSG_DATA(&message)), {}};
    std::uint32_t flags = address.head.ifa_flags;
    each_attribute<ifaddrmsg>(message, [&](const rtattr& one) {
      if (one.rta_type == IFA_FLAGS) std::memcpy(&flags, RTA_DATA(&one), sizeof flags);
      else if (one.rta_type != IFA_LABEL && one.rta_type != IFA_CACHEINFO)
        address.attributes.emplace_back(one.rta_type, data_of(one));
    });
    bool is_global = address.head.ifa_scope == RT_SCOPE_UNIVERSE && (flags & IFA_F_PERMANENT) != 0;
    if (!is_global || address.head.ifa_index != static_cast<unsigned>(index)) return;
    flags &= ~unsigned{IFA_F_TENTATIVE | IFA_F_DADFAILED};
    address.attributes.emplace_back(IFA_FLAGS, bytes_of(flags));
    found.push_back(std::move(address));
  }));
  return found;
}

Result<> add_address(const Netlink& netlink, int index, Address address) {
  address.head.ifa_index = static_cast<unsigned>(index);
  Request request(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, address.head);
  for (const auto& [type, data] : address.attributes) request.add(type, data);
  return netlink.talk(std::move(request), "give the device its address again");
}

Result<> send_away(const Netlink& netlink, int index, const Fd& to, const std::string& name) {
  ifinfomsg body{};
  body.ifi_index = index;
  Request request(RTM_SETLINK, NLM_F_ACK, body);
  request.add(IFLA_NET_NS_FD, bytes_of(to.get())).add(IFLA_IFNAME, with_end(name));
  return netlink.talk(std::move(request), "move the device");
}

Result<> rename(const Netlink& netlink, int index, const std::string& name) {
  ifinfomsg body{};
  body.ifi_index = index;
  Request request(RTM_SETLINK, NLM_F_ACK, body);
  request.add(IFLA_IFNAME, with_end(name));
  return netlink.talk(std::move(request), fmt::format("name the device {}", name));
}

Result<> bring_up(const Netlink& netlink, int index) {
  ifinfomsg body{};
  body.ifi_index = index;
  body.ifi_flags = body.ifi_change = IFF_UP;
  return netlink.talk(Request(RTM_SETLINK, NLM_F_ACK, body), "bring the device up");
}

Result<> settle(const Netlink& netlink, int index, const std::string& name, const std::vector<Address>& addresses,
                bool up) {
  TRY(rename(netlink, index, name));
  for (const auto& address : addresses) TRY(add_address(netlink, index, address));
  if (up) TRY(bring_up(netlink, index));
  return {};
}

}  // namespace

Result<MovedDevice> move_network_device(const Fd& from, const std::string& name, const Fd& to,
                                        const std::string& new_name, bool up) {
  Netlink here = TRY(Netlink::open_in(from)), there = TRY(Netlink::open_in(to));
  auto link = find_link(here, name);
  if (!link) return std::move(link.error()).with_code(Code::not_found);
  auto addresses = TRY(permanent_addresses(here, link->index));
  // The kernel keeps the index where it is free there, and gives another one where it is not: only a name that nobody
  // has finds the device again.
  std::string passage = "gtry-" + random_hex(4);
  TRY(send_away(here, link->index, to, passage));
  Link moved = TRY(find_link(there, passage));
  auto settled = settle(there, moved.index, new_name, addresses, up);
  if (settled) return MovedDevice{TRY(find_link(there, "", moved.index)).name, link->up};
  best_effort(send_away(there, moved.index, from, passage));
  if (auto back = find_link(here, passage)) best_effort(settle(here, back->index, name, addresses, link->up));
  return std::move(settled.error());
}

}  // namespace gantry::linux
