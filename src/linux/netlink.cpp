#include "linux/netlink.hpp"

#include "base/file.hpp"

#include <arpa/inet.h>
#include <endian.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>

#include <cerrno>
#include <optional>

namespace gantry::linux {

namespace {

constexpr std::size_t kAnswerSize = 1u << 16;  // the kernel's largest part of a dump is half of it

/// What the kernel says about an error beyond its number (NLMSGERR_ATTR_MSG).
std::string words_of(const nlmsghdr& message) {
  std::string words;
  if ((message.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return words;
  const auto* error = static_cast<const nlmsgerr*>(NLMSG_DATA(&message));
  std::size_t start = NLMSG_HDRLEN + sizeof *error;
  if ((message.nlmsg_flags & NLM_F_CAPPED) == 0) start += NLMSG_ALIGN(error->msg.nlmsg_len) - sizeof error->msg;
  if (start > message.nlmsg_len) return words;
  for_each_attribute({reinterpret_cast<const char*>(&message) + start, message.nlmsg_len - start},
                     [&](std::uint16_t type, std::string_view content) {
                       if (type == NLMSGERR_ATTR_MSG) words = attribute_text(content);
                     });
  return words;
}

Error error_of(const nlmsghdr& message, const std::vector<std::string>& doing) {
  const int problem = -static_cast<const nlmsgerr*>(NLMSG_DATA(&message))->error;
  const std::size_t index = message.nlmsg_seq - 1;
  std::string text = index < doing.size() ? doing[index] : doing.back();
  if (const std::string words = words_of(message); !words.empty()) text += fmt::format(" ({})", words);
  return Error::from_errno(problem, std::move(text));
}

}  // namespace

NetlinkAttributes& NetlinkAttributes::add(std::uint16_t type, std::string_view bytes) {
  const nlattr head{static_cast<std::uint16_t>(NLA_HDRLEN + bytes.size()), type};
  bytes_.append(reinterpret_cast<const char*>(&head), sizeof head).append(bytes);
  bytes_.resize(NLA_ALIGN(bytes_.size()));
  return *this;
}

NetlinkAttributes& NetlinkAttributes::number(std::uint16_t type, std::uint32_t value) {
  return this->value(type, htonl(value));
}

NetlinkAttributes& NetlinkAttributes::long_number(std::uint16_t type, std::uint64_t value) {
  return this->value(type, htobe64(value));
}

NetlinkAttributes& NetlinkAttributes::text(std::uint16_t type, std::string_view text) {
  return add(type, std::string(text) + '\0');
}

NetlinkAttributes& NetlinkAttributes::nest(std::uint16_t type, const NetlinkAttributes& inside) {
  return add(type | NLA_F_NESTED, inside.bytes());
}

void for_each_attribute(std::string_view bytes,
                        const std::function<void(std::uint16_t type, std::string_view content)>& visit) {
  while (bytes.size() >= sizeof(nlattr)) {
    const auto head = attribute_value<nlattr>(bytes);
    if (head.nla_len < sizeof head || head.nla_len > bytes.size()) return;
    visit(head.nla_type & NLA_TYPE_MASK, bytes.substr(NLA_HDRLEN, head.nla_len - NLA_HDRLEN));
    bytes.remove_prefix(std::min<std::size_t>(NLA_ALIGN(head.nla_len), bytes.size()));
  }
}

std::string attribute_text(std::string_view content) { return std::string(content.substr(0, content.find('\0'))); }

std::size_t NetlinkMessages::append(std::uint16_t type, std::uint16_t flags, std::string_view body,
                                    std::string_view attributes) {
  const std::size_t start = bytes_.size();
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(NLMSG_HDRLEN + NLMSG_ALIGN(body.size()) + attributes.size());
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  header.nlmsg_seq = static_cast<std::uint32_t>(doing_.size() + 1);
  bytes_.append(reinterpret_cast<const char*>(&header), sizeof header).append(body);
  bytes_.resize(NLMSG_ALIGN(bytes_.size()));
  bytes_.append(attributes);
  return start;
}

Result<NetlinkSocket> NetlinkSocket::open(int family) {
  Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, family));
  if (!socket.valid()) return Error::system("open a netlink socket");
  const int on = 1;
  // The kernel's words instead of our own message back; kernels before 4.12 have none.
  setsockopt(socket.get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  setsockopt(socket.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  return NetlinkSocket(std::move(socket));
}

Result<NetlinkSocket> NetlinkSocket::open_in(const Fd& space, int family) {
  std::optional<NetlinkSocket> opened;
  TRY(in_network_namespace(space, [&]() -> Result<> {
    opened = TRY(open(family));
    return {};
  }));
  return std::move(*opened);
}

Result<> NetlinkSocket::send(const NetlinkMessages& messages) const {
  const std::string& bytes = messages.bytes_;
  constexpr std::size_t kUsualBuffer = 128u << 10;
  if (bytes.size() > kUsualBuffer) {
    // A long range of ports. The limit is the machine's, but for those who may force it.
    const int wanted = static_cast<int>(bytes.size() * 2);
    for (int option : {SO_SNDBUFFORCE, SO_RCVBUFFORCE})
      setsockopt(socket_.get(), SOL_SOCKET, option, &wanted, sizeof wanted);
  }
  if (::send(socket_.get(), bytes.data(), bytes.size(), 0) < 0) return Error::system("{}", messages.doing_.front());
  return {};
}

Result<ssize_t> NetlinkSocket::receive(std::vector<char>& buffer, const std::string& doing) const {
  ssize_t got;
  do {
    got = recv(socket_.get(), buffer.data(), buffer.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return Error::system("{}", doing);
  return got;
}

/// The kernel answers before send(2) returns, so all that is coming is there.
void NetlinkSocket::drain(std::vector<char>& buffer) const {
  while (recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) continue;
}

Result<> NetlinkSocket::talk(NetlinkMessages messages, const Visit& visit) const {
  if (messages.empty()) return {};
  auto* last = reinterpret_cast<nlmsghdr*>(messages.bytes_.data() + messages.last_);
  if ((last->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP) last->nlmsg_flags |= NLM_F_ACK;
  const std::uint32_t end = last->nlmsg_seq;
  TRY(send(messages));
  std::optional<Error> failure;
  std::vector<char> buffer(kAnswerSize);
  while (true) {
    auto left = static_cast<unsigned>(TRY(receive(buffer, messages.doing_.back())));
    for (auto* one = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(one, left); one = NLMSG_NEXT(one, left)) {
      const bool is_answer = one->nlmsg_type == NLMSG_ERROR || one->nlmsg_type == NLMSG_DONE;
      if (!is_answer && visit) visit(*one);
      if (one->nlmsg_type == NLMSG_ERROR && static_cast<const nlmsgerr*>(NLMSG_DATA(one))->error != 0 && !failure)
        failure = error_of(*one, messages.doing_);
      // A transaction that could not begin has no further answers; one that could not be committed may have some.
      const bool is_over = one->nlmsg_seq == end || (failure && messages.is_transaction_ && one->nlmsg_seq == 1);
      if (!is_answer || !is_over) continue;
      if (!failure) return {};
      drain(buffer);
      return std::move(*failure);
    }
  }
}

Result<> in_network_namespace(const Fd& space, const std::function<Result<>()>& work) {
  const Fd own = TRY(open_file("/proc/self/ns/net", O_RDONLY));
  if (setns(space.get(), CLONE_NEWNET) < 0) return Error::system("enter the network namespace");
  auto done = work();
  if (setns(own.get(), CLONE_NEWNET) < 0) return Error::system("return to the own network namespace");
  return done;
}

}  // namespace gantry::linux
