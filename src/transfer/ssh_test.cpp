#include "transfer/ssh.hpp"

#include <gtest/gtest.h>

namespace gantry::transfer {
namespace {

TEST(SshPlace, HasHostPortAndImage) {
  auto place = parse_ssh_place("me@host:2222/quay.io/app:1");
  ASSERT_TRUE(place) << place.error().message();
  EXPECT_EQ(place->host, "me@host");
  EXPECT_EQ(place->port, "2222");
  EXPECT_EQ(place->image, "quay.io/app:1");
  EXPECT_EQ(parse_ssh_place("host/app")->port, "");
  EXPECT_EQ(parse_ssh_place("me@[::1]:22/app")->host, "me@::1");
  EXPECT_EQ(parse_ssh_place("[fe80::1]/app")->host, "fe80::1");
}

TEST(SshPlace, IsNoOptionOfSsh) {
  for (const char* text :
       {"-oProxyCommand=x/app", "-p@h/app", "host", "host/", "/app", "host:port/app", "host:0/app", ""})
    EXPECT_FALSE(parse_ssh_place(text)) << text;
}

}  // namespace
}  // namespace gantry::transfer
