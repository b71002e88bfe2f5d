#include "dockerfile/expand.hpp"

#include "dockerfile/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::dockerfile {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

BuildInputs inputs(std::map<std::string, std::string> args = {}) {
  return {.build_args = std::move(args),
          .build_platform = *oci::parse_platform("linux/amd64"),
          .target_platform = *oci::parse_platform("linux/arm/v7")};
}

/// A file whose last stage is walked through.
class Walk {
 public:
  explicit Walk(std::string_view text, BuildInputs in = inputs(), std::vector<std::string> env = {})
      : file_(parse(text, "Dockerfile").value()),
        globals_(expand_globals(file_, in).value()),
        scope_(file_, globals_, env) {
    for (const auto& instruction : file_.stages.back().instructions) {
      auto done = scope_.expand(instruction);
      if (!done) {
        error_ = done.error().message();
        return;
      }
      done_.push_back(std::move(*done));
    }
  }
  template <class T>
  const T& last() const {
    return std::get<T>(done_.back().operation);
  }
  const StageScope& scope() const { return scope_; }
  const std::string& error() const { return error_; }
  Result<From> from() const { return expand_from(file_, file_.stages.back(), globals_); }

 private:
  Dockerfile file_;
  Globals globals_;
  StageScope scope_;
  std::vector<Instruction> done_;
  std::string error_;
};

}  // namespace

TEST(Expand, GlobalArgsAreForFromAlone) {
  const std::string text = "ARG V=1\nARG W=$V.2\nFROM img:$W\nLABEL a=$W\nARG W\nLABEL a=$W";
  Walk walk(text);
  EXPECT_EQ(walk.from()->image, "img:1.2");
  EXPECT_EQ(walk.last<Label>().pairs[0].value, "1.2");
  EXPECT_EQ(walk.scope().unset().front().name, "W");
  EXPECT_EQ(Walk(text, inputs({{"V", "3"}})).from()->image, "img:3.2");
  EXPECT_EQ(Walk(text, inputs({{"W", "x"}})).from()->image, "img:x");
}

TEST(Expand, PlatformsAreGlobalArgs) {
  Walk walk(
      "FROM --platform=$BUILDPLATFORM a AS b\nARG TARGETARCH TARGETVARIANT BUILDOS TARGETSTAGE\n"
      "LABEL a=$TARGETARCH-$TARGETVARIANT-$BUILDOS-$TARGETSTAGE-$TARGETOS");
  EXPECT_EQ(walk.from()->platform, "linux/amd64");
  EXPECT_EQ(walk.last<Label>().pairs[0].value, "arm-v7-linux-default-");
}

TEST(Expand, AFromWithoutImageNamesTheCure) {
  Walk walk("FROM $NONE");
  ASSERT_FALSE(walk.from());
  EXPECT_THAT(walk.from().error().message(), HasSubstr("Dockerfile:1:6: the image of FROM is empty: '$NONE'"));
}

TEST(Expand, BuildArgsBeatDefaults) {
  EXPECT_EQ(Walk("FROM a\nARG X=1\nLABEL a=$X", inputs({{"X", "2"}})).last<Label>().pairs[0].value, "2");
  EXPECT_EQ(Walk("FROM a\nLABEL a=$X", inputs({{"X", "2"}})).last<Label>().pairs[0].value, "");
  EXPECT_EQ(Walk("FROM a\nARG X=1\nARG X\nLABEL a=$X").last<Label>().pairs[0].value, "1");
  EXPECT_EQ(Walk("FROM a\nARG X=${Y:?no}\nLABEL a=$X", inputs({{"X", "2"}})).last<Label>().pairs[0].value, "2");
}

TEST(Expand, EnvHidesArgsAndTheLastWins) {
  Walk walk("FROM a\nARG X=1 Y=y\nENV X=2\nLABEL a=$X");
  EXPECT_EQ(walk.last<Label>().pairs[0].value, "2");
  EXPECT_THAT(walk.scope().env(), ElementsAre("X=2"));
  EXPECT_THAT(walk.scope().run_args(), ElementsAre("Y=y"));
}

TEST(Expand, PairsOfOneEnvSeeWhatWasBefore) {
  Walk walk("FROM a\nENV abc=hello\nENV abc=bye def=$abc\nENV ghi=$abc", inputs(), {"PATH=/bin", "E=1"});
  EXPECT_THAT(walk.scope().env(), ElementsAre("PATH=/bin", "E=1", "abc=bye", "def=hello", "ghi=bye"));
}

TEST(Expand, TheOldFormLosesItsQuotes) {
  EXPECT_THAT(Walk("FROM a\nENV A \"x  y\" z").scope().env(), ElementsAre("A=x  y z"));
  EXPECT_THAT(Walk("FROM a\nENV A=x\\ y B='$C'").scope().env(), ElementsAre("A=x y", "B=$C"));
}

TEST(Expand, CommandsStayForTheirShell) {
  EXPECT_EQ(Walk("FROM a\nARG X=1\nRUN echo $X").last<dockerfile::Run>().command.words[0], "echo $X");
  EXPECT_EQ(Walk("FROM a\nARG X=1\nCMD [\"$X\"]").last<Cmd>().command.words[0], "$X");
}

TEST(Expand, FilesAndTheirFlags) {
  const auto copy = Walk("FROM a\nARG X=1\nCOPY --chown=$X --chmod=$X --exclude=$X a$X 'b' /$X/").last<Copy>().transfer;
  EXPECT_EQ(copy.chown, "1");
  EXPECT_EQ(copy.chmod, "1");
  EXPECT_THAT(copy.excludes, ElementsAre("1"));
  EXPECT_THAT(copy.sources, ElementsAre("a1", "b"));
  EXPECT_EQ(copy.target, "/1/");
  EXPECT_EQ(Walk("FROM a\nARG X=1\nADD --checksum=$X u v").last<Add>().checksum, "1");
}

TEST(Expand, HeredocsThatAreFilesAreExpandedUnlessQuoted) {
  EXPECT_EQ(Walk("FROM a\nARG X=1\nCOPY <<E /x\n'$X' \\$X\nE").last<Copy>().transfer.files[0].content, "'1' $X\n");
  EXPECT_EQ(Walk("FROM a\nARG X=1\nCOPY <<'E' /x\n$X\nE").last<Copy>().transfer.files[0].content, "$X\n");
  EXPECT_EQ(Walk("FROM a\nARG X=1\nRUN <<E\n$X\nE").last<dockerfile::Run>().command.heredocs[0].content, "$X\n");
}

TEST(Expand, MountsAreReadAgain) {
  const auto run =
      Walk("FROM a\nARG X=5\nRUN --mount=type=cache,target=/$X,uid=$X,id=a$X true").last<dockerfile::Run>();
  EXPECT_EQ(run.mounts[0].target, "/5");
  EXPECT_EQ(run.mounts[0].uid, 5u);
  EXPECT_EQ(run.mounts[0].id, "a5");
  EXPECT_THAT(Walk("FROM a\nARG X=z\nRUN --mount=type=cache,target=/a,uid=$X true").error(),
              HasSubstr("Dockerfile:3:5: uid of a mount is a number, not 'z'"));
}

TEST(Expand, PortsAreCounted) {
  EXPECT_THAT(Walk("FROM a\nARG P=\"80 81/udp\"\nEXPOSE $P 8000-8002 53/UDP 9:90").last<Expose>().ports,
              ElementsAre("80/tcp", "81/udp", "8000/tcp", "8001/tcp", "8002/tcp", "53/udp", "90/tcp"));
  EXPECT_THAT(Walk("FROM a\nEXPOSE 70000").error(), HasSubstr("'70000' is no port"));
  EXPECT_THAT(Walk("FROM a\nEXPOSE 80/foo").error(), HasSubstr("it is tcp, udp or sctp"));
  EXPECT_THAT(Walk("FROM a\nEXPOSE 90-80").error(), HasSubstr("ends before it begins"));
}

TEST(Expand, OtherInstructions) {
  EXPECT_EQ(Walk("FROM a\nENV D=x\nWORKDIR /$D/y").last<Workdir>().path, "/x/y");
  EXPECT_EQ(Walk("FROM a\nENV D=x\nUSER $D").last<User>().user, "x");
  EXPECT_THAT(Walk("FROM a\nENV D=x\nVOLUME /$D /y").last<Volume>().paths, ElementsAre("/x", "/y"));
  EXPECT_EQ(Walk("FROM a\nENV D=9\nSTOPSIGNAL $D").last<StopSignal>().signal, "9");
  EXPECT_EQ(Walk("FROM a\nENV D=9\nONBUILD RUN $D").last<OnBuild>().instruction, "RUN $D");
}

TEST(Expand, ProxiesNeedNoArg) {
  Walk walk("FROM a", inputs({{"http_proxy", "p"}, {"X", "1"}}));
  EXPECT_THAT(walk.scope().proxy_args(), ElementsAre("HTTP_PROXY=p", "http_proxy=p"));
  EXPECT_THAT(walk.scope().run_args(), IsEmpty());
}

TEST(Expand, MistakesShowTheirPlace) {
  EXPECT_EQ(Walk("FROM a\nENV A=1 B=${x").error(),
            "Dockerfile:2:9: '${' is not closed in '${x' (close it with '}', or write \\$ for a plain '$')\n"
            "  2 | ENV A=1 B=${x\n    |         ^~~~~");
}

TEST(Expand, VariablesThatDoubleStopGrowing) {
  std::string text = "FROM a\nENV A=xxxxxxxxxxxxxxxx\n";
  for (int i = 0; i < 40; ++i) text += "ENV A=$A$A\n";
  EXPECT_THAT(Walk(text).error(), HasSubstr("is longer than 1 MiB"));
}

}  // namespace gantry::dockerfile
