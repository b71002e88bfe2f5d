#include "base/fd.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace gantry {
namespace {

bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }
bool closes_on_exec(int fd) { return (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0; }

TEST(Fd, ClosesWhenItGoesOrIsReplaced) {
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  const int read_end = pipe->read.get(), write_end = pipe->write.get();
  EXPECT_TRUE(closes_on_exec(read_end) && closes_on_exec(write_end));
  {
    Fd moved = std::move(pipe->read);
    EXPECT_FALSE(pipe->read);
    EXPECT_TRUE(is_open(read_end));
  }
  EXPECT_FALSE(is_open(read_end));
  pipe->write = Fd();
  EXPECT_FALSE(is_open(write_end));
}

TEST(Fd, LetsGoOfWhatIsReleased) {
  auto pipe = make_pipe();
  const int raw = pipe->read.release();
  EXPECT_FALSE(pipe->read.valid());
  EXPECT_TRUE(is_open(raw));
  close(raw);
}

TEST(Fd, DuplicatesTheSameOpenFile) {
  auto pipe = make_pipe();
  auto copy = pipe->write.duplicate();
  ASSERT_TRUE(copy) << copy.error().message();
  EXPECT_NE(copy->get(), pipe->write.get());
  EXPECT_TRUE(closes_on_exec(copy->get()));
  EXPECT_FALSE(Fd().duplicate());
}

TEST(Fd, TravelsOverASocket) {
  auto sockets = make_socket_pair(SOCK_STREAM);
  auto pipe = make_pipe();
  ASSERT_TRUE(sockets && pipe);
  ASSERT_TRUE(send_fd(sockets->ours, pipe->write));
  auto received = receive_fd(sockets->theirs);
  ASSERT_TRUE(received) << received.error().message();
  EXPECT_TRUE(closes_on_exec(received->get()));
  ASSERT_EQ(write(received->get(), "x", 1), 1);
  char byte = 0;
  ASSERT_EQ(read(pipe->read.get(), &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
}

TEST(Fd, IsMissedWhenThePeerSendsNone) {
  auto sockets = make_socket_pair(SOCK_STREAM);
  ASSERT_EQ(write(sockets->ours.get(), "x", 1), 1);
  EXPECT_FALSE(receive_fd(sockets->theirs));
  sockets->ours.close();
  EXPECT_THAT(receive_fd(sockets->theirs).error().message(), testing::HasSubstr("went away"));
}

TEST(Fd, DoesNotLeakWhenThePeerSendsTwo) {
  auto sockets = make_socket_pair(SOCK_STREAM);
  auto pipe = make_pipe();
  const int both[2] = {pipe->read.get(), pipe->write.get()};
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof both)] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  *header = {.cmsg_len = CMSG_LEN(sizeof both), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  std::memcpy(CMSG_DATA(header), both, sizeof both);
  ASSERT_EQ(sendmsg(sockets->ours.get(), &message, 0), 1);

  auto open_here = [] { return list_folder("/proc/self/fd")->size(); };
  const auto before = open_here();
  auto received = receive_fd(sockets->theirs);
  ASSERT_TRUE(received);
  EXPECT_EQ(open_here(), before + 1);
}

TEST(Fd, ChangesItsFlags) {
  auto pipe = make_pipe();
  const int fd = pipe->read.get();
  ASSERT_TRUE(set_close_on_exec(fd, false));
  EXPECT_FALSE(closes_on_exec(fd));
  ASSERT_TRUE(set_nonblocking(fd, true));
  char byte;
  EXPECT_EQ(read(fd, &byte, 1), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_FALSE(set_nonblocking(-1, true));
}

}  // namespace
}  // namespace gantry
