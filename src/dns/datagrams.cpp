#include "dns/datagrams.hpp"

#include <netinet/in.h>

namespace gantry::dns {

Datagrams::Datagrams() : in_headers_{} {
  for (unsigned i = 0; i < kMost; ++i) {
    in_parts_[i] = {in_[i].data(), kLargest};
    in_headers_[i].msg_hdr.msg_name = &sources_[i];
    in_headers_[i].msg_hdr.msg_iov = &in_parts_[i];
    in_headers_[i].msg_hdr.msg_iovlen = 1;
  }
}

unsigned Datagrams::receive(const Fd& fd) {
  for (mmsghdr& header : in_headers_) header.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
  const int count = recvmmsg(fd.get(), in_headers_.data(), kMost, MSG_DONTWAIT, nullptr);
  return count < 0 ? 0 : static_cast<unsigned>(count);
}

void Datagrams::put(const sockaddr_storage& to, std::string data) { out_.emplace_back(to, std::move(data)); }

void Datagrams::flush(const Fd& fd) {
  if (out_.empty()) return;
  std::vector<iovec> parts(out_.size());
  std::vector<mmsghdr> headers(out_.size());
  for (std::size_t i = 0; i < out_.size(); ++i) {
    parts[i] = {out_[i].second.data(), out_[i].second.size()};
    headers[i].msg_hdr.msg_name = &out_[i].first;
    headers[i].msg_hdr.msg_namelen = size_of(out_[i].first);
    headers[i].msg_hdr.msg_iov = &parts[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  for (std::size_t done = 0; done < out_.size();) {
    const int sent = sendmmsg(fd.get(), headers.data() + done, static_cast<unsigned>(out_.size() - done), MSG_DONTWAIT);
    // An error belongs to the first one alone (a client that is gone, say): the others go on.
    done += sent > 0 ? static_cast<std::size_t>(sent) : 1;
  }
  out_.clear();
}

unsigned size_of(const sockaddr_storage& address) {
  return address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

}  // namespace gantry::dns
