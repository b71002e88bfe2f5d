#pragma once

#include "base/fd.hpp"
#include "linux/ip_address.hpp"

#include <sys/socket.h>

#include <array>
#include <span>
#include <string>
#include <vector>

namespace gantry::dns {

/// Many datagrams for one system call each way.
class Datagrams {
 public:
  static constexpr unsigned kMost = 64;
  /// Longer queries do not exist in practice; of one that is longer the end is cut off.
  static constexpr std::size_t kLargest = 4096;

  Datagrams();

  /// Up to kMost that wait at `fd`; how many.
  unsigned receive(const Fd& fd);
  std::span<const std::uint8_t> data(unsigned i) const { return {in_[i].data(), in_headers_[i].msg_len}; }
  const sockaddr_storage& source(unsigned i) const { return sources_[i]; }

  void put(const sockaddr_storage& to, std::string data);
  /// Sends what was put; what the socket does not take is lost, as datagrams may be.
  void flush(const Fd& fd);

 private:
  std::array<std::array<std::uint8_t, kLargest>, kMost> in_;
  std::array<sockaddr_storage, kMost> sources_;
  std::array<iovec, kMost> in_parts_;
  std::array<mmsghdr, kMost> in_headers_;
  std::vector<std::pair<sockaddr_storage, std::string>> out_;
};

unsigned size_of(const sockaddr_storage& address);

}  // namespace gantry::dns
