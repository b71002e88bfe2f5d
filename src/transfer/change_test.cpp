#include "transfer/change.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::transfer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using testing::Pair;

oci::ExecutionConfig changed(std::initializer_list<std::string_view> instructions) {
  oci::ExecutionConfig config;
  for (auto instruction : instructions) {
    auto applied = apply_change(instruction, config);
    EXPECT_TRUE(applied) << applied.error().message();
  }
  return config;
}

std::string problem(std::string_view instruction) {
  oci::ExecutionConfig config;
  auto applied = apply_change(instruction, config);
  return applied ? "no problem" : applied.error().message();
}

TEST(Change, TakesAListAsArgvAndTextAsACommandLine) {
  EXPECT_THAT(changed({R"(CMD ["sh", "-l"])"}).cmd, ElementsAre("sh", "-l"));
  EXPECT_THAT(changed({"CMD=echo hi"}).cmd, ElementsAre("/bin/sh", "-c", "echo hi"));
  EXPECT_THAT(changed({R"(entrypoint ["/init"])"}).entrypoint, ElementsAre("/init"));
}

TEST(Change, SetsAVariableOnce) {
  EXPECT_THAT(changed({"ENV A=1 B=2", "ENV A=3"}).env, ElementsAre("B=2", "A=3"));
  EXPECT_THAT(changed({"ENV GREETING hello there"}).env, ElementsAre("GREETING=hello there"));
  EXPECT_THAT(changed({R"(ENV A="one two" B=three\ four C='it\s')"}).env,
              ElementsAre("A=one two", "B=three four", R"(C=it\s)"));
}

TEST(Change, KnowsTheOtherInstructions) {
  auto config = changed({"LABEL version=1 \"by whom\"=me", "EXPOSE 80 53/udp", R"(VOLUME ["/a", "/b"])", "VOLUME /c",
                         "USER www", "WORKDIR /srv", "WORKDIR app", "STOPSIGNAL SIGINT", "ONBUILD RUN make"});
  EXPECT_THAT(config.labels, ElementsAre(Pair("by whom", "me"), Pair("version", "1")));
  EXPECT_THAT(config.exposed_ports, ElementsAre(Key("53/udp"), Key("80/tcp")));
  EXPECT_THAT(config.volumes, ElementsAre(Key("/a"), Key("/b"), Key("/c")));
  EXPECT_EQ(config.user, "www");
  EXPECT_EQ(config.working_dir, "/srv/app");
  EXPECT_EQ(config.stop_signal, "SIGINT");
  EXPECT_THAT(config.on_build, ElementsAre("RUN make"));
}

TEST(Change, NamesWhatItCannotDo) {
  EXPECT_THAT(problem("RUN make"), HasSubstr("change 'RUN make': 'run' is none of CMD, ENTRYPOINT"));
  EXPECT_THAT(problem("CMD"), HasSubstr("it has no value"));
  EXPECT_THAT(problem("CMD [\"sh\""), HasSubstr("change 'CMD [\"sh\"': the list"));
  EXPECT_THAT(problem("ENV A"), HasSubstr("'A' has no value"));
  EXPECT_THAT(problem("ENV A=1 B"), HasSubstr("'B' is not NAME=VALUE"));
  EXPECT_THAT(problem("ENV A=\"1"), HasSubstr("a \" is not closed"));
  EXPECT_THAT(problem("EXPOSE 99999"), HasSubstr("'99999' is not a port"));
  EXPECT_THAT(problem("EXPOSE 80/icmp"), HasSubstr("'80/icmp' is not a port"));
}

}  // namespace
}  // namespace gantry::transfer
