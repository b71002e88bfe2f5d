#pragma once

#include "archive/extract.hpp"
#include "archive/pipeline.hpp"
#include "base/fd.hpp"

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace gantry::archive {

struct UnpackedLayer {
  StreamDigests digests;
  Extracted content;
};

/// A layer that is being unpacked by a child process of its own. The child inflates and hashes what it reads, see
/// Pipeline, and has given up what it does not need: it can write below the root only (Landlock), has no more
/// capabilities than unpacking takes, and no descriptors but its own. It dies with the thread that started it.
/// Several jobs may run side by side. Start them from a process with one thread: the child goes on after fork(2)
/// without exec(2).
class UnpackJob {
 public:
  /// `stream`: a file, pipe or socket with the layer, compressed or not; `name` is for errors.
  static Result<UnpackJob> start(Fd stream, const std::string& name, const Fd& root, const ExtractOptions& extract,
                                 const Pipeline::Options& pipeline = {});
  /// The same for what writes a single file, `out`: no name can be opened for writing, and no capability is left.
  using Write = std::function<Result<Extracted>(Source& tar, const Fd& out)>;
  /// It may use the descriptors `keep` as well.
  static Result<UnpackJob> start_writing(Fd stream, const std::string& name, const Fd& out, const Write& write,
                                         std::vector<int> keep = {}, const Pipeline::Options& pipeline = {});
  UnpackJob(UnpackJob&& other) noexcept : pid_(std::exchange(other.pid_, 0)), report_(std::move(other.report_)) {}
  UnpackJob& operator=(UnpackJob&&) = delete;
  /// Kills the child when it still runs.
  ~UnpackJob();

  /// Readable when the job is done.
  const Fd& done() const { return report_; }
  /// As extract() fails. The digests are for the caller to compare. Once.
  Result<UnpackedLayer> wait();

 private:
  UnpackJob(pid_t pid, Fd report) : pid_(pid), report_(std::move(report)) {}
  static Result<UnpackJob> run(Fd stream, const std::string& name, std::vector<int> keep,
                               const std::function<Result<>()>& confine,
                               const std::function<Result<Extracted>(Source&)>& consume,
                               const Pipeline::Options& pipeline);
  pid_t pid_;
  Fd report_;
};

}  // namespace gantry::archive
