#include "dockerfile/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::dockerfile {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Dockerfile parsed(std::string_view text) {
  auto file = parse(text, "Dockerfile");
  if (!file) ADD_FAILURE() << file.error().message();
  return file ? std::move(*file) : Dockerfile{};
}

std::string refused(std::string_view text) {
  auto file = parse(text, "Dockerfile");
  return file ? "it was taken" : file.error().message();
}

/// The first instruction behind `FROM scratch`.
Instruction first(const std::string& line) {
  auto file = parsed("FROM scratch\n" + line);
  if (file.stages.empty() || file.stages[0].instructions.empty()) return {};
  return file.stages[0].instructions[0];
}

template <class T>
T operation(const std::string& line) {
  auto instruction = first(line);
  if (const auto* found = std::get_if<T>(&instruction.operation)) return *found;
  ADD_FAILURE() << line << " is something else";
  return {};
}

std::string refused_line(const std::string& line) { return refused("FROM scratch\n" + line); }

}  // namespace

TEST(Parse, StagesHaveNamesPlatformsAndPlaces) {
  const auto file = parsed(
      "ARG V=1\nFROM --platform=$BUILDPLATFORM golang:$V AS Build\nRUN go build\nFROM scratch\n"
      "COPY --from=build /a /b\n");
  ASSERT_THAT(file.globals, SizeIs(1));
  ASSERT_THAT(file.stages, SizeIs(2));
  const auto& stage = file.stages[0];
  EXPECT_EQ(stage.from.image, "golang:$V");
  EXPECT_EQ(stage.from.platform, "$BUILDPLATFORM");
  EXPECT_EQ(stage.from.name, "build");
  EXPECT_EQ(stage.written_name, "Build");
  EXPECT_EQ(stage.at, (Position{2, 1, 4}));
  EXPECT_EQ(stage.image_at, (Position{2, 32, 9}));
  EXPECT_EQ(file.find_stage("BUILD"), 0);
  EXPECT_EQ(file.find_stage("1"), 1);
  EXPECT_EQ(file.find_stage("1", 1), -1);
  EXPECT_EQ(file.find_stage("other"), -1);
}

TEST(Parse, LinesGoOnBehindAnEscapeWithoutCommentsAndEmptyLines) {
  const auto file = parsed("FROM scratch\nRUN a \\\n# no\n\n   b \\  \n  && c\nUSER d\n");
  const auto& all = file.stages[0].instructions;
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].text, "RUN a    b   && c");
  EXPECT_EQ(all[0].at.line, 2);
  EXPECT_EQ(all[0].last_line, 6);
  ASSERT_THAT(file.empty_continuations, SizeIs(1));
  EXPECT_EQ(file.empty_continuations[0].line, 4);
  EXPECT_EQ(operation<dockerfile::Run>("RUN echo a\\\\").command.words[0], "echo a\\\\");
}

TEST(Parse, DirectivesAreOnlyAtTheTop) {
  const auto file =
      parsed("# syntax = docker/dockerfile:1\n# escape=`\n#check=skip=A,B;error=true\nFROM scratch\nRUN a `\n b\n");
  EXPECT_EQ(file.directives.syntax, "docker/dockerfile:1");
  EXPECT_EQ(file.directives.escape, '`');
  EXPECT_THAT(file.directives.skipped_checks, ElementsAre("A", "B"));
  EXPECT_TRUE(file.directives.checks_are_errors);
  EXPECT_EQ(file.stages[0].instructions[0].text, "RUN a  b");
  EXPECT_EQ(parsed("# about\n# escape=`\nFROM scratch\n").directives.escape, '\\');
  EXPECT_EQ(parsed("\n# escape=`\nFROM scratch\n").directives.escape, '\\');
  EXPECT_THAT(refused("# escape=x\nFROM scratch\n"), HasSubstr("Dockerfile:1:1: the escape character 'x' is none"));
  EXPECT_THAT(refused("# escape=`\n# escape=`\nFROM scratch"), HasSubstr("'escape' is there twice"));
}

TEST(Parse, WindowsNewlinesAndAByteOrderMarkAreNoMatter) {
  const auto file = parsed("\xEF\xBB\xBF# escape=`\r\nFROM scratch\r\nRUN a `\r\n  b\r\n");
  EXPECT_EQ(file.directives.escape, '`');
  EXPECT_EQ(file.stages[0].instructions[0].text, "RUN a   b");
}

TEST(Parse, CommentsDirectlyAboveBelongToAnInstruction) {
  const auto file = parsed("# away\n\n# build the thing\nFROM scratch AS build\n#\n# x is y\nARG x=1\n");
  EXPECT_THAT(file.stages[0].comments, ElementsAre("build the thing"));
  EXPECT_THAT(file.stages[0].instructions[0].comments, ElementsAre("x is y"));
}

TEST(Parse, CommandsAreForAShellUnlessTheyAreJson) {
  EXPECT_TRUE(operation<Cmd>("CMD echo hi").command.is_shell);
  const auto exec = operation<Entrypoint>(R"(ENTRYPOINT ["/bin/sh", "-c", "a b"])").command;
  EXPECT_FALSE(exec.is_shell);
  EXPECT_THAT(exec.words, ElementsAre("/bin/sh", "-c", "a b"));
  EXPECT_THAT(operation<Cmd>("CMD []").command.words, IsEmpty());
  EXPECT_THAT(operation<Cmd>("CMD ['a']").command.words, ElementsAre("['a']"));
  EXPECT_THAT(operation<Shell>(R"(SHELL ["/bin/bash", "-c"])").words, ElementsAre("/bin/bash", "-c"));
  EXPECT_THAT(refused_line("CMD [1]"), HasSubstr("something else than strings"));
  EXPECT_THAT(refused_line("SHELL bash"), HasSubstr("write SHELL [\"/bin/bash\", \"-c\"]"));
  EXPECT_THAT(refused_line("RUN"), HasSubstr("RUN has no command"));
}

TEST(Parse, NamesWithValuesComeInTwoForms) {
  const auto env = operation<Env>(R"(ENV A=1 B="x y" C=a\ b D='$E')");
  ASSERT_THAT(env.pairs, SizeIs(4));
  EXPECT_EQ(env.pairs[1].value, R"("x y")");
  EXPECT_EQ(env.pairs[2].value, R"(a\ b)");
  EXPECT_EQ(env.pairs[3].at, (Position{2, 24, 6}));
  const auto old = operation<Env>("ENV NAME some  value=x").pairs;
  ASSERT_THAT(old, SizeIs(1));
  EXPECT_EQ(old[0].value, "some  value=x");
  EXPECT_TRUE(old[0].is_old_form);
  EXPECT_THAT(refused_line("ENV A"), HasSubstr("write ENV A=VALUE"));
  EXPECT_THAT(refused_line("ENV A=1 B"), HasSubstr("Dockerfile:2:9: 'B' has no '='"));
  EXPECT_THAT(refused_line("LABEL"), HasSubstr("LABEL has no argument"));
  const auto arg = operation<Arg>("ARG A B= C=c");
  ASSERT_THAT(arg.args, SizeIs(3));
  EXPECT_EQ(arg.args[0].value, std::nullopt);
  EXPECT_EQ(arg.args[1].value, "");
  EXPECT_EQ(arg.args[2].value, "c");
}

TEST(Parse, CopyHasSourcesATargetAndFlags) {
  const auto copy =
      operation<Copy>("COPY --from=build --chown=1:2 --chmod=0644 --link --parents --exclude=*.o --exclude=b a b /c/");
  EXPECT_EQ(copy.from, "build");
  EXPECT_EQ(copy.transfer.chown, "1:2");
  EXPECT_EQ(copy.transfer.chmod, "0644");
  EXPECT_TRUE(copy.transfer.links);
  EXPECT_TRUE(copy.parents);
  EXPECT_THAT(copy.transfer.excludes, ElementsAre("*.o", "b"));
  EXPECT_THAT(copy.transfer.sources, ElementsAre("a", "b"));
  EXPECT_EQ(copy.transfer.target, "/c/");
  EXPECT_THAT(operation<Copy>(R"(COPY ["a b", "c d"])").transfer.sources, ElementsAre("a b"));
  EXPECT_FALSE(operation<Copy>("COPY --link=false a b").transfer.links);
  EXPECT_THAT(refused_line("COPY a"), HasSubstr("at least a source and a target"));
  EXPECT_THAT(refused_line("COPY --from=$X a b"), HasSubstr("--from takes no variables"));
  EXPECT_THAT(refused_line("COPY --chwon=1 a b"), HasSubstr("COPY has no flag '--chwon'"));
  EXPECT_THAT(refused_line("COPY --chown=1 --chown=2 a b"), HasSubstr("--chown is there twice"));
  EXPECT_THAT(refused_line("COPY --link=x a b"), HasSubstr("--link is true or false, not 'x'"));
}

TEST(Parse, AddHasFlagsOfItsOwn) {
  const auto add = operation<Add>("ADD --checksum=sha256:00 --unpack=false https://a/b /c");
  EXPECT_EQ(add.checksum, "sha256:00");
  EXPECT_EQ(add.unpacks, false);
  EXPECT_EQ(operation<Add>("ADD a b").unpacks, std::nullopt);
  EXPECT_TRUE(operation<Add>("ADD --keep-git-dir https://a/b.git /c").keeps_git_dir);
  EXPECT_THAT(refused_line("ADD --checksum=x a b c"), HasSubstr("--checksum takes one source"));
}

TEST(Parse, HeredocsEndWithTheirName) {
  const auto run = operation<dockerfile::Run>("RUN <<EOF\necho a\n  b $X\nEOF\n");
  ASSERT_THAT(run.command.heredocs, SizeIs(1));
  EXPECT_EQ(run.command.heredocs[0].content, "echo a\n  b $X\n");
  EXPECT_EQ(run.command.heredocs[0].at.line, 3);
  const auto two = operation<Copy>("COPY <<a <<-\"b c\" x /d/\n1\na\n\t2 $X\n\tb c\n").transfer;
  ASSERT_THAT(two.files, SizeIs(2));
  EXPECT_EQ(two.files[0].content, "1\n");
  EXPECT_EQ(two.files[1].name, "b c");
  EXPECT_EQ(two.files[1].content, "2 $X\n");
  EXPECT_FALSE(two.files[1].expands);
  EXPECT_THAT(two.sources, ElementsAre("x"));
  EXPECT_EQ(two.target, "/d/");
  EXPECT_THAT(operation<dockerfile::Run>("RUN python3 <<EOF > /x\nprint()\nEOF").command.heredocs, SizeIs(1));
  EXPECT_THAT(operation<dockerfile::Run>("RUN cat <<<EOF").command.heredocs, IsEmpty());
  EXPECT_THAT(operation<dockerfile::Run>("RUN echo $((1 << 2))").command.heredocs, IsEmpty());
  EXPECT_THAT(operation<dockerfile::Run>("RUN echo '<<EOF'").command.heredocs, IsEmpty());
  EXPECT_EQ(operation<dockerfile::Run>("RUN 3<<EOF cat /dev/fd/3\nEOF").command.heredocs[0].descriptor, 3);
  EXPECT_THAT(refused_line("RUN <<EOF\na\n EOF"),
              HasSubstr("Dockerfile:2:5: the heredoc is not ended by a line 'EOF'"));
  EXPECT_THAT(refused_line("COPY a <<EOF\nx\nEOF"), HasSubstr("the target of COPY cannot be a heredoc"));
}

TEST(Parse, WhatFollowsAHeredocIsTheNextInstruction) {
  const auto file = parsed("FROM scratch\nRUN <<A <<B\n1\nA\n# no comment\nB\nUSER x\n");
  const auto& all = file.stages[0].instructions;
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].last_line, 6);
  EXPECT_EQ(std::get<dockerfile::Run>(all[0].operation).command.heredocs[1].content, "# no comment\n");
}

TEST(Parse, MountsOfRunAreReadWhereTheyHaveNoVariables) {
  const auto run = operation<dockerfile::Run>(
      "RUN --mount=type=cache,target=/c,id=$X,sharing=locked,mode=0700,uid=5 --mount=type=secret,id=s,env=S,required"
      " --mount=src=a,dst=/b,rw --mount=type=tmpfs,target=/t,size=64m --mount=type=ssh true");
  ASSERT_THAT(run.mounts, SizeIs(5));
  EXPECT_EQ(run.mounts[0].type, MountType::cache);
  EXPECT_EQ(run.mounts[0].sharing, Sharing::locked);
  EXPECT_EQ(run.mounts[0].mode, 0700u);
  EXPECT_FALSE(run.mounts[0].is_read_only);
  EXPECT_EQ(run.mounts[1].env, "S");
  EXPECT_TRUE(run.mounts[1].is_required);
  EXPECT_EQ(run.mounts[2].type, MountType::bind);
  EXPECT_FALSE(run.mounts[2].is_read_only);
  EXPECT_EQ(run.mounts[3].size, 64u << 20);
  EXPECT_EQ(run.mounts[4].id, "default");
  EXPECT_EQ(operation<dockerfile::Run>("RUN --mount=type=secret,target=/run/x/key true").mounts[0].id, "key");
  EXPECT_THAT(refused_line("RUN --mount=type=bnd,target=/x true"),
              HasSubstr("it is one of bind, cache, tmpfs, secret, ssh"));
  EXPECT_THAT(refused_line("RUN --mount=type=bind true"), HasSubstr("has no target"));
  EXPECT_THAT(refused_line("RUN --mount=type=tmpfs,target=/x,uid=1 true"),
              HasSubstr("a mount of type tmpfs has no uid"));
  EXPECT_THAT(refused_line("RUN --mount=from=$X,target=/x true"), HasSubstr("from of a mount takes no variables"));
  EXPECT_THAT(refused_line("RUN --mount=tagret=/x true"), HasSubstr("did you mean target?"));
}

TEST(Parse, RunHasNetworkSecurityAndDevices) {
  const auto run = operation<dockerfile::Run>("RUN --network=none --security=insecure --device=a.b/c=d true");
  EXPECT_EQ(run.network, RunNetwork::none);
  EXPECT_EQ(run.security, RunSecurity::insecure);
  EXPECT_THAT(run.devices, ElementsAre("a.b/c=d"));
  EXPECT_EQ(run.command.words[0], "true");
  EXPECT_EQ(operation<dockerfile::Run>("RUN true").network, std::nullopt);
  EXPECT_THAT(refused_line("RUN --network=bridge true"), HasSubstr("it is default, none or host"));
  EXPECT_EQ(operation<dockerfile::Run>("RUN -- --odd").command.words[0], "--odd");
}

TEST(Parse, HealthchecksHaveTimes) {
  const auto check = operation<Healthcheck>("HEALTHCHECK --interval=1m30s --timeout=500ms --retries=3 CMD curl x");
  EXPECT_EQ(check.interval, std::chrono::seconds(90));
  EXPECT_EQ(check.timeout, std::chrono::milliseconds(500));
  EXPECT_EQ(check.retries, 3);
  EXPECT_TRUE(check.command.is_shell);
  EXPECT_THAT(operation<Healthcheck>(R"(HEALTHCHECK CMD ["a"])").command.words, ElementsAre("a"));
  EXPECT_TRUE(operation<Healthcheck>("HEALTHCHECK NONE").is_none);
  EXPECT_THAT(refused_line("HEALTHCHECK --interval=1us CMD a"), HasSubstr("at least 1ms"));
  EXPECT_THAT(refused_line("HEALTHCHECK RUN a"), HasSubstr("takes CMD or NONE, not 'RUN'"));
  EXPECT_THAT(refused_line("HEALTHCHECK NONE a"), HasSubstr("drop the rest"));
}

TEST(Parse, OnbuildKeepsItsInstructionAsText) {
  EXPECT_EQ(operation<OnBuild>("ONBUILD RUN a && \\\n  b").instruction, "RUN a &&   b");
  EXPECT_EQ(operation<OnBuild>("ONBUILD COPY <<x /y\n1\nx").instruction, "COPY <<x /y\n1\nx");
  EXPECT_THAT(refused_line("ONBUILD FROM x"), HasSubstr("ONBUILD cannot have FROM in it"));
  EXPECT_THAT(refused_line("ONBUILD ONBUILD RUN x"), HasSubstr("ONBUILD cannot have ONBUILD in it"));
  EXPECT_THAT(refused_line("ONBUILD RUNN x"),
              HasSubstr("Dockerfile:2:9: 'RUNN' is no instruction (did you mean RUN?)"));
}

TEST(Parse, TriggersAreOneInstruction) {
  auto trigger = parse_trigger("COPY <<x /y\n1\nx", "base");
  ASSERT_TRUE(trigger) << trigger.error().message();
  EXPECT_EQ(std::get<Copy>(trigger->operation).transfer.files[0].content, "1\n");
  EXPECT_FALSE(parse_trigger("", "base"));
  EXPECT_FALSE(parse_trigger("FROM x", "base"));
  EXPECT_FALSE(parse_trigger("RUN a\nRUN b", "base"));
}

TEST(Parse, OtherInstructions) {
  EXPECT_THAT(operation<Expose>("EXPOSE 80 53/udp $P").ports, ElementsAre("80", "53/udp", "$P"));
  EXPECT_THAT(operation<Volume>(R"(VOLUME ["/a b", "/c"])").paths, ElementsAre("/a b", "/c"));
  EXPECT_THAT(operation<Volume>("VOLUME /a /b").paths, ElementsAre("/a", "/b"));
  EXPECT_EQ(operation<User>("USER a:b").user, "a:b");
  EXPECT_EQ(operation<Workdir>("WORKDIR /a b").path, "/a b");
  EXPECT_EQ(operation<StopSignal>("STOPSIGNAL 9").signal, "9");
  EXPECT_EQ(operation<Maintainer>("MAINTAINER a <b>").name, "a <b>");
  EXPECT_THAT(refused_line("VOLUME [\"\"]"), HasSubstr("an argument is empty"));
  EXPECT_THAT(refused_line("USER --x=1 a"), HasSubstr("USER has no flag '--x' (it has none)"));
}

TEST(Parse, MistakesShowTheLineACaretAndTheCure) {
  EXPECT_EQ(refused("FROM scratch\n\n  RUNN echo\n"),
            "Dockerfile:3:3: 'RUNN' is no instruction (did you mean RUN?)\n  3 |   RUNN echo\n    |   ^~~~");
  EXPECT_EQ(refused("FROM scratch\nCOPY a \\\n  --from=b c\nUSER\n"),
            "Dockerfile:4:1: USER has no argument (write it as USER name[:group])\n  4 | USER\n    | ^~~~");
  EXPECT_EQ(refused("FROM scratch\nRUN --mount=type=cache,target=/x \\\n    --network=x true\n"),
            "Dockerfile:3:5: --network is none of the networks of RUN: 'x' (it is default, none or host)\n"
            "  3 |     --network=x true\n    |     ^~~~~~~~~~~");
  EXPECT_THAT(refused("RUN x"), HasSubstr("RUN stands before the first FROM (only ARG may; begin with FROM image)"));
  EXPECT_THAT(refused(""), HasSubstr("there is no FROM in it"));
  EXPECT_THAT(refused("FROM a b c d"), HasSubstr("write FROM image AS name"));
  EXPECT_THAT(refused("FROM a AS 1x"), HasSubstr("'1x' is no name for a stage"));
  EXPECT_THAT(refused(std::string_view("FROM a\0b", 8)), HasSubstr("NUL"));
}

TEST(Parse, TerminalsGetNothingToObeyFromAFile) {
  EXPECT_THAT(refused("FROM scratch\n\x1B[2JX y\n"), HasSubstr("'?[2JX' is no instruction"));
  EXPECT_THAT(refused("FROM scratch\n\x1B[2JX y\n"), testing::Not(HasSubstr("\x1B")));
}

}  // namespace gantry::dockerfile
