#include "remote/docker_daemon.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "content/scratch.hpp"
#include "http/client.hpp"
#include "http/url.hpp"
#include "oci/reference.hpp"
#include "transfer/input.hpp"
#include "transfer/origins.hpp"
#include "transfer/targets.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <boost/describe/class.hpp>

#include <cstdlib>

namespace gantry::remote {

namespace {

struct DaemonMessage {
  std::string message;  ///< of a refusal
  std::string error;    ///< in a stream that began well
};
BOOST_DESCRIBE_STRUCT(DaemonMessage, (), (message, error))

constexpr std::size_t kMaxMessages = 1u << 20;

Result<std::string> socket_path() {
  const char* variable = getenv("DOCKER_HOST");
  std::string_view given = variable == nullptr ? std::string_view() : variable;
  if (given.empty()) return "/var/run/docker.sock";
  if (given.starts_with("unix://")) return std::string(given.substr(7));
  return fail(Code::unsupported, "$DOCKER_HOST is '{}', and Docker is asked over a socket of this machine alone", given)
      .with_cure("unix:///PATH");
}

class Daemon {
 public:
  static Result<Daemon> find() {
    std::string path = TRY(socket_path());
    if (!path_exists(path))
      return fail(Code::not_found, "there is no Docker daemon at {}", path)
          .with_cure("start it, or say in $DOCKER_HOST where it is");
    return Daemon(std::move(path));
  }

  const std::string& path() const { return path_; }

  /// An answer that is not a refusal.
  Result<std::unique_ptr<http::Answer>> send(http::Request request) {
    request.url = "http://localhost" + request.url;
    auto answer = TRY(with_context(client_.send(request), "Docker at {}", path_));
    if (answer->status() == 200) return answer;
    auto refusal = answer->text(kMaxMessages);
    auto said = refusal ? json::decode<DaemonMessage>(*refusal, "the answer") : std::move(refusal.error());
    return fail(answer->status() == 404 ? Code::not_found : Code::failed, "Docker at {}: {}", path_,
                said && !said->message.empty() ? said->message : fmt::format("status {}", answer->status()));
  }

 private:
  explicit Daemon(std::string path)
      : path_(std::move(path)), client_({.user_agent = fmt::format("gantry/{}", version()), .unix_socket = path_}) {}

  std::string path_;
  http::Client client_;
};

/// As the daemon knows it. It takes names without a registry for those of docker.io.
Result<std::string> daemon_name(const std::string& name) {
  if (oci::Digest::parse(name)) return name;
  return oci::with_default_tag(TRY(oci::parse_reference(name))).canonical();
}

/// Each line of the answer is a document; an error may come late.
Result<> check_load(http::Answer& answer, const std::string& path) {
  auto text = TRY(answer.text(kMaxMessages));
  for (const auto& line : split(trim(text), '\n')) {
    auto said = json::decode<DaemonMessage>(line, "the answer");
    if (said && !said->error.empty()) return fail(Code::failed, "Docker at {}: {}", path, said->error);
  }
  return {};
}

/// A docker-archive, which goes to the daemon when it is complete.
class DockerDaemonTarget final : public transfer::Target {
 public:
  DockerDaemonTarget(Daemon daemon, content::Scratch folder, std::unique_ptr<transfer::Target> archive,
                     std::string name)
      : daemon_(std::move(daemon)), folder_(std::move(folder)), archive_(std::move(archive)), name_(std::move(name)) {}

  static std::string archive_path(const content::Scratch& folder) { return folder.path() + "/image.tar"; }

  const std::string& name() const override { return name_; }
  transfer::Rewrite wants() const override { return archive_->wants(); }
  Result<bool> has(const oci::Descriptor& blob) override { return archive_->has(blob); }
  Result<> put_blob(const oci::Descriptor& blob, const transfer::Opener& open) override {
    return archive_->put_blob(blob, open);
  }
  Result<> put_manifest(const oci::Document& document) override { return archive_->put_manifest(document); }

  Result<> finish(const oci::Document& root) override {
    TRY(archive_->finish(root));
    std::string path = archive_path(folder_);
    Fd fd = TRY(open_file(path, O_RDONLY));
    struct stat info;
    if (fstat(fd.get(), &info) < 0) return Error::system("{}", path);
    FileSource body(std::move(fd), path);
    auto answer = TRY(daemon_.send({.method = "POST",
                                    .url = "/images/load?quiet=1",
                                    .headers = {{"Content-Type", "application/x-tar"}},
                                    .body = &body,
                                    .body_size = static_cast<std::uint64_t>(info.st_size)}));
    return check_load(*answer, daemon_.path());
  }

 private:
  Daemon daemon_;
  content::Scratch folder_;
  std::unique_ptr<transfer::Target> archive_;
  std::string name_;
};

}  // namespace

Result<std::unique_ptr<transfer::Origin>> open_docker_daemon(const std::string& name, const std::string& tmp) {
  auto daemon = TRY(Daemon::find());
  auto answer = TRY(daemon.send({.url = fmt::format("/images/{}/get", TRY(daemon_name(name)))}));
  Fd archive = TRY(transfer::put_down(*answer, tmp));
  return transfer::open_docker_archive(TRY(transfer::open_tar_tree(std::move(archive), "docker-daemon:" + name)));
}

Result<std::unique_ptr<transfer::Target>> make_docker_daemon_target(const std::string& name, const std::string& tmp) {
  std::string reference = TRY(daemon_name(name));
  auto daemon = TRY(Daemon::find());
  auto folder = TRY(content::Scratch::make_folder(tmp));
  auto archive = TRY(transfer::make_docker_archive_target({.transport = transfer::Transport::docker_archive,
                                                           .path = DockerDaemonTarget::archive_path(folder),
                                                           .reference = reference}));
  return std::make_unique<DockerDaemonTarget>(std::move(daemon), std::move(folder), std::move(archive),
                                              "docker-daemon:" + name);
}

}  // namespace gantry::remote
