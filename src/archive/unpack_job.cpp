#include "archive/unpack_job.hpp"

#include "base/error_packet.hpp"
#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "linux/capabilities.hpp"
#include "linux/close_others.hpp"
#include "linux/landlock.hpp"

#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace gantry::archive {

namespace {

/// What the child reports when all went well, after a byte kDone; after kFailed comes a packed Error.
struct Report {
  Extracted content;
  Compression compression;
  oci::Algorithm packed_algorithm;
  oci::Algorithm unpacked_algorithm;
  std::uint64_t packed_size;
  std::uint64_t unpacked_size;
  std::array<char, 129> packed;  ///< hex digits, NUL
  std::array<char, 129> unpacked;
};
constexpr char kDone = 'd';
constexpr char kFailed = 'f';

Report to_report(const UnpackedLayer& layer) {
  const StreamDigests& digests = layer.digests;
  Report report{layer.content,
                digests.compression,
                digests.packed.algorithm(),
                digests.unpacked.algorithm(),
                digests.packed_size,
                digests.unpacked_size,
                {},
                {}};
  std::ranges::copy(digests.packed.hex(), report.packed.begin());
  std::ranges::copy(digests.unpacked.hex(), report.unpacked.begin());
  return report;
}

Result<UnpackedLayer> from_report(const Report& report) {
  UnpackedLayer layer;
  layer.content = report.content;
  layer.digests = {report.compression, TRY(oci::Digest::from_hex(report.packed_algorithm, report.packed.data())),
                   report.packed_size, TRY(oci::Digest::from_hex(report.unpacked_algorithm, report.unpacked.data())),
                   report.unpacked_size};
  return layer;
}

Result<> confine(const Fd& root, const ExtractOptions& options) {
  TRY(linux::restrict_writes_to(root));
  linux::CapabilityMask wanted = 0;
  for (unsigned capability : {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_MKNOD, CAP_SETFCAP})
    wanted |= linux::capability_bit(capability);
  // Attributes trusted.* are for CAP_SYS_ADMIN alone, those that mark opaque folders among them.
  if (options.whiteouts == Whiteouts::overlay && !options.user_xattr) wanted |= linux::capability_bit(CAP_SYS_ADMIN);
  linux::CapabilitySets sets = TRY(linux::own_capabilities());
  wanted &= sets.permitted;
  return linux::set_capabilities({.effective = wanted, .permitted = wanted});
}

Result<UnpackedLayer> unpack(Fd stream, const std::string& name,
                             const std::function<Result<Extracted>(Source&)>& consume,
                             const Pipeline::Options& pipeline_options) {
  Pipeline pipeline(std::make_unique<FileSource>(std::move(stream), name), pipeline_options);
  UnpackedLayer layer;
  layer.content = TRY(consume(pipeline));
  layer.digests = TRY(pipeline.finish());
  return layer;
}

}  // namespace

Result<UnpackJob> UnpackJob::start(Fd stream, const std::string& name, const Fd& root, const ExtractOptions& extract,
                                   const Pipeline::Options& pipeline) {
  return run(
      std::move(stream), name, {root.get()}, [&] { return confine(root, extract); },
      [&](Source& tar) { return archive::extract(tar, root, extract); }, pipeline);
}

Result<UnpackJob> UnpackJob::start_writing(Fd stream, const std::string& name, const Fd& out, const Write& write,
                                           std::vector<int> keep, const Pipeline::Options& pipeline) {
  auto confine = []() -> Result<> {
    TRY(linux::forbid_writes());
    return linux::set_capabilities({});
  };
  keep.push_back(out.get());
  return run(
      std::move(stream), name, std::move(keep), confine, [&](Source& tar) { return write(tar, out); }, pipeline);
}

Result<UnpackJob> UnpackJob::run(Fd stream, const std::string& name, std::vector<int> keep,
                                 const std::function<Result<>()>& confine,
                                 const std::function<Result<Extracted>(Source&)>& consume,
                                 const Pipeline::Options& pipeline) {
  Pipe report = TRY(make_pipe());
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid < 0) return Error::system("start a process that unpacks {}", name);
  if (pid > 0) return UnpackJob(pid, std::move(report.read));

  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  keep.insert(keep.end(), {stream.get(), report.write.get()});
  // A pipe's end that we hold too would never end, and what the parent has open is none of a parser's business.
  linux::close_others(3, std::move(keep));
  auto confined = confine();
  Result<UnpackedLayer> layer =
      confined ? unpack(std::move(stream), name, consume, pipeline) : Result<UnpackedLayer>(confined.error());
  std::string bytes;
  if (layer) {
    Report content = to_report(*layer);
    bytes.assign(1, kDone).append(reinterpret_cast<const char*>(&content), sizeof content);
  } else {
    bytes = kFailed + pack_error(layer.error());
  }
  best_effort(write_all(report.write, bytes, "report"));
  _exit(0);
}

UnpackJob::~UnpackJob() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

Result<UnpackedLayer> UnpackJob::wait() {
  std::string bytes = TRY(read_all(report_, "the report of an unpacking process"));
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  if (bytes.size() == 1 + sizeof(Report) && bytes[0] == kDone) {
    Report report;
    std::memcpy(&report, bytes.data() + 1, sizeof report);
    return from_report(report);
  }
  if (bytes.starts_with(kFailed))
    if (auto error = unpack_error(std::string_view(bytes).substr(1))) return std::move(*error);
  return fail(Code::failed, "the process that unpacks a layer died (exit code {})", exit_status_of_wait(status).code);
}

}  // namespace gantry::archive
