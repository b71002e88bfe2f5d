#include "engine/crew.hpp"

#include "base/error_packet.hpp"
#include "base/file.hpp"
#include "linux/process.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace gantry::engine {

namespace {

/// Of a message, before the place of the name among all and the error, if any.
struct Head {
  std::uint32_t name = 0;
  std::uint32_t error_size = 0;
};

/// One process of the crew, as the caller has it.
class Worker {
 public:
  static Result<Worker> start(const std::vector<std::string>& names, std::vector<std::uint32_t> share,
                              const Share& work) {
    Pipe pipe = TRY(make_pipe());
    linux::Process process = TRY(linux::clone_process({}));
    if (process.pid == 0) run(names, share, work, pipe.write);
    return Worker(process.pid, std::move(pipe.read), std::move(share));
  }
  Worker(Worker&&) = default;
  Worker& operator=(Worker&&) = default;

  int fd() const { return results_.get(); }
  bool over() const { return !results_.valid(); }

  /// Passes on what it has told since.
  void listen(const std::vector<std::string>& names, const NameSink& done) {
    std::array<char, 4096> block;
    const ssize_t got = read(results_.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) return finish(names, done);
    buffer_.append(block.data(), static_cast<std::size_t>(got));
    Head head;
    while (buffer_.size() >= sizeof head) {
      std::memcpy(&head, buffer_.data(), sizeof head);
      if (buffer_.size() < sizeof head + head.error_size) return;
      const auto error = unpack_error(std::string_view(buffer_).substr(sizeof head, head.error_size));
      std::erase(left_, head.name);
      done(names[head.name], error ? Result<>(*error) : Result<>());
      buffer_.erase(0, sizeof head + head.error_size);
    }
  }

 private:
  Worker(pid_t pid, Fd results, std::vector<std::uint32_t> share)
      : pid_(pid), results_(std::move(results)), left_(std::move(share)) {}

  [[noreturn]] static void run(const std::vector<std::string>& names, const std::vector<std::uint32_t>& share,
                               const Share& work, const Fd& results) {
    std::vector<std::string> own;
    for (std::uint32_t i : share) own.push_back(names[i]);
    work(own, [&](const std::string& name, const Result<>& done) {
      const auto place = std::ranges::find_if(share, [&](std::uint32_t i) { return names[i] == name; });
      const std::string error = done ? std::string() : pack_error(done.error());
      const Head head{place == share.end() ? share.front() : *place, static_cast<std::uint32_t>(error.size())};
      const std::string bytes = std::string(reinterpret_cast<const char*>(&head), sizeof head) + error;
      best_effort(write_all(results, bytes, "the results"));
    });
    _exit(0);
  }

  /// It has ended; what it has not told of it has not done.
  void finish(const std::vector<std::string>& names, const NameSink& done) {
    results_.close();
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
    for (std::uint32_t i : left_)
      done(names[i], fail(Code::failed, "'{}': the process that worked on it was killed", names[i]));
  }

  pid_t pid_;
  Fd results_;
  std::vector<std::uint32_t> left_;  ///< places of the names that it has not told of
  std::string buffer_;
};

}  // namespace

void share_out(const std::vector<std::string>& names, std::size_t processes, const Share& work, const NameSink& done) {
  std::vector<Worker> crew;
  for (std::size_t number = 0; number < processes; ++number) {
    std::vector<std::uint32_t> share;
    for (std::size_t i = number; i < names.size(); i += processes) share.push_back(static_cast<std::uint32_t>(i));
    auto worker = Worker::start(names, share, work);
    if (worker) crew.push_back(std::move(*worker));
    else
      for (std::uint32_t i : share) done(names[i], worker.error());
  }
  while (!crew.empty()) {
    std::vector<pollfd> polled;
    for (const Worker& worker : crew) polled.push_back({worker.fd(), POLLIN, 0});
    if (poll(polled.data(), polled.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < crew.size(); ++i)
      if (polled[i].revents != 0) crew[i].listen(names, done);
    std::erase_if(crew, [](const Worker& worker) { return worker.over(); });
  }
}

}  // namespace gantry::engine
