#include "transfer/ssh.hpp"

#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "content/scratch.hpp"
#include "transfer/input.hpp"
#include "transfer/origins.hpp"
#include "transfer/targets.hpp"

#include <signal.h>

namespace gantry::transfer {

namespace {

std::string name_of(const SshPlace& place) { return fmt::format("ssh://{}/{}", place.host, place.image); }

/// A command on the other machine.
class Remote {
 public:
  /// `in` and `out` are its standard input and output; -1: ours. What it says on standard error is kept for finish().
  static Result<Remote> start(const SshPlace& place, const std::string& command, int in, int out,
                              const std::string& tmp) {
    std::vector<std::string> argv{"ssh"};
    if (!place.port.empty()) argv.insert(argv.end(), {"-p", place.port});
    argv.insert(argv.end(), {"--", place.host, command});
    auto messages = TRY(content::Scratch::make_file(tmp));
    auto child = Child::start({.argv = std::move(argv), .in = in, .out = out, .err = messages.fd().get()});
    if (!child && child.error().code() == Code::no_command)
      return fail(Code::unsupported, "{}: there is no ssh here", name_of(place))
          .with_cure("apt-get install openssh-client");
    return Remote(TRY(std::move(child)), std::move(messages), name_of(place));
  }

  Result<> finish() {
    auto status = TRY(child_.wait());
    if (status.ok()) return {};
    std::string said = TRY(read_file(messages_.path(), kMaxMessages));
    std::string_view last = trim(said);
    last = cut_last(last, '\n').found ? trim(cut_last(last, '\n').after) : last;
    return fail(Code::failed, "{}: {}", name_,
                last.empty() ? fmt::format("ssh ends with exit code {}", status.code) : std::string(last));
  }

 private:
  static constexpr std::size_t kMaxMessages = 1u << 20;

  Remote(Child child, content::Scratch messages, std::string name)
      : child_(std::move(child)), messages_(std::move(messages)), name_(std::move(name)) {}
  Child child_;
  content::Scratch messages_;
  std::string name_;
};

class SshTarget final : public Target {
 public:
  SshTarget(Remote remote, std::unique_ptr<Target> archive, std::string name)
      : remote_(std::move(remote)), archive_(std::move(archive)), name_(std::move(name)) {}

  const std::string& name() const override { return name_; }
  Result<bool> has(const oci::Descriptor& blob) override { return archive_->has(blob); }
  Result<> put_blob(const oci::Descriptor& blob, const Opener& open) override {
    return explained(archive_->put_blob(blob, open));
  }
  Result<> put_manifest(const oci::Document& document) override { return explained(archive_->put_manifest(document)); }
  Result<> finish(const oci::Document& root) override {
    TRY(explained(archive_->finish(root)));
    archive_.reset();  // which closes the pipe
    return remote_.finish();
  }

 private:
  /// When the other side has hung up, it is that one that knows why.
  Result<> explained(Result<> sent) {
    if (sent || sent.error().os_error() != EPIPE) return sent;
    TRY(remote_.finish());
    return sent;
  }

  Remote remote_;
  std::unique_ptr<Target> archive_;
  std::string name_;
};

}  // namespace

Result<SshPlace> parse_ssh_place(std::string_view text) {
  auto [authority, image, has_image] = cut(text, '/');
  SshPlace place{.host = std::string(authority), .port = {}, .image = std::string(image)};
  auto [host, port, has_port] = cut_last(authority, ':');
  bool in_brackets = authority.ends_with(']');  // an IPv6 address, whose colons are its own
  if (has_port && !in_brackets) {
    place.host = host;
    place.port = port;
    if (auto number = parse_unsigned(port); !number || *number == 0 || *number > 65535)
      return fail(Code::invalid, "ssh://{}: '{}' is no port", text, port);
  }
  // ssh would take it for an option.
  if (place.host.empty() || place.host.starts_with('-') || place.image.empty())
    return fail(Code::invalid, "'ssh://{}' names no image on another machine", text)
        .with_cure("ssh://[USER@]HOST[:PORT]/IMAGE");
  std::erase_if(place.host, [](char c) { return c == '[' || c == ']'; });
  return place;
}

Result<std::unique_ptr<Origin>> open_ssh_origin(const SshPlace& place, const std::string& tmp) {
  Pipe pipe = TRY(make_pipe());
  // The shell there sees the words.
  std::string command = "gantry save --quiet --format oci-archive -- " + shell_quote(place.image);
  auto remote = TRY(Remote::start(place, command, -1, pipe.write.get(), tmp));
  pipe.write = Fd();
  FileSource bytes(std::move(pipe.read), name_of(place));
  Fd archive = TRY(put_down(bytes, tmp));
  TRY(remote.finish());
  return open_layout(TRY(open_tar_tree(std::move(archive), name_of(place))));
}

Result<std::unique_ptr<Target>> make_ssh_target(const SshPlace& place, const std::string& tmp) {
  signal(SIGPIPE, SIG_IGN);  // the other side may hang up, and says why
  Pipe pipe = TRY(make_pipe());
  auto remote = TRY(Remote::start(place, "gantry load --quiet", pipe.read.get(), -1, tmp));
  pipe.read = Fd();
  Location location{.transport = Transport::oci_archive, .path = name_of(place), .reference = place.image};
  auto archive = make_archive_target(make_archive(std::move(pipe.write), name_of(place)), location);
  return std::make_unique<SshTarget>(std::move(remote), std::move(archive), name_of(place));
}

}  // namespace gantry::transfer
