#include "archive/unpack_job.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "edit/bundle.hpp"
#include "edit/bundle_config.hpp"
#include "edit/bundle_files.hpp"
#include "linux/idmap.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <cerrno>

namespace gantry::edit {

namespace {

/// Writing to a process that has given up is an error then, and not our end.
class NoPipeSignal {
 public:
  NoPipeSignal() : before_(signal(SIGPIPE, SIG_IGN)) {}
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;
  ~NoPipeSignal() { signal(SIGPIPE, before_); }

 private:
  sighandler_t before_;
};

/// A folder that is gone again unless it is kept.
class NewFolder {
 public:
  explicit NewFolder(std::string path) : path_(std::move(path)) {}
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder() {
    if (!path_.empty()) best_effort(remove_tree(path_));
  }
  void keep() { path_.clear(); }

 private:
  std::string path_;
};

Result<> make_bundle(const std::string& path) {
  // Programs with setuid bits from images are nobody's business on the host.
  if (mkdir(path.c_str(), 0700) == 0) return {};
  if (errno != EEXIST) return Error::system("create bundle {}", path);
  auto names = list_folder(path);
  if (names && names->empty()) return {};
  return fail(Code::exists, "{} is there already", path).with_cure("name a new folder");
}

archive::ExtractOptions extract_options(const UnpackOptions& options) {
  archive::ExtractOptions extract;
  extract.whiteouts = archive::Whiteouts::apply;
  extract.ignore_owner = options.ignore_owners;
  extract.ignore_devices = !linux::in_initial_user_namespace();
  // With a digest to compare to, a cut is noticed all the same.
  extract.end = archive::EndMarker::optional;
  return extract;
}

Result<> feed(Source& source, Fd pipe) {
  std::vector<std::byte> buffer(256u << 10);
  while (std::size_t got = TRY(source.read(buffer))) {
    auto fed = write_all(pipe, as_text(Bytes(buffer).first(got)), "the layer");
    // It has hung up, and says why itself.
    if (!fed && fed.error().os_error() == EPIPE) return {};
    TRY(std::move(fed));
  }
  return {};
}

Result<> unpack_layer(const DraftLayer& layer, const Fd& rootfs, const UnpackOptions& options) {
  auto source = TRY(layer.origin->open(layer.descriptor));
  Pipe pipe = TRY(make_pipe());
  fcntl(pipe.write.get(), F_SETPIPE_SZ, 1 << 20);  // fewer changes between the processes, if it is allowed
  archive::Pipeline::Options digests{.packed = layer.descriptor.digest.algorithm(),
                                     .unpacked = layer.diff_id.algorithm()};
  auto job = TRY(archive::UnpackJob::start(std::move(pipe.read), "it", rootfs, extract_options(options), digests));
  auto fed = feed(*source, std::move(pipe.write));
  auto unpacked = job.wait();
  TRY(std::move(fed));
  auto done = TRY(std::move(unpacked));
  if (done.digests.packed != layer.descriptor.digest)
    return fail(Code::corrupt, "it has the digest {}", done.digests.packed.text());
  if (done.digests.unpacked != layer.diff_id)
    return fail(Code::corrupt, "it unpacks to {}, not to {} as the config says", done.digests.unpacked.text(),
                layer.diff_id.text());
  return {};
}

Result<Fd> make_rootfs(const std::string& path) {
  TRY(make_folders(path));
  Fd rootfs = TRY(open_folder(path));
  // Not as our umask has it.
  if (fchmod(rootfs.get(), 0755) < 0) return Error::system("set the mode of {}", path);
  return rootfs;
}

}  // namespace

Result<> unpack(const Draft& draft, const BundleOrigin& origin, const std::string& path, const UnpackOptions& options) {
  TRY(make_bundle(path));
  NewFolder bundle(path);
  Fd rootfs = TRY(make_rootfs(path + kRootfs));
  NoPipeSignal no_signal;
  for (const auto& layer : draft.layers) {
    log::info("unpack {}", layer.descriptor.digest.text());
    TRY(with_context(unpack_layer(layer, rootfs, options), "{}: layer {}", draft.label,
                     layer.descriptor.digest.text()));
  }
  auto record = TRY(with_context(record_tree(rootfs), "{}{}", path, kRootfs));
  TRY(replace_file(path + record_name(origin.manifest), write_record(record), 0644, Sync::no));
  auto config = TRY(with_context(bundle_config(draft.config, rootfs, options), "{}", draft.label));
  TRY(replace_file(path + kRuntimeConfig, oci::write_spec(config), 0644, Sync::no));
  // Last: a bundle that has it is whole.
  TRY(replace_file(path + kBundleOrigin, json::encode_pretty(origin), 0644, Sync::no));
  bundle.keep();
  return {};
}

Result<BundleOrigin> read_bundle(const std::string& path) {
  auto text = read_file(path + kBundleOrigin);
  if (!text && text.error().code() == Code::not_found)
    return fail(Code::not_found, "{} is no bundle that an image was unpacked to", path)
        .with_cure("gantry image unpack makes one");
  auto origin = TRY(json::decode<BundleOrigin>(TRY(std::move(text)), path + kBundleOrigin));
  if (origin.version != 1)
    return fail(Code::unsupported, "{}{}: version {} is not 1", path, kBundleOrigin, origin.version);
  return origin;
}

}  // namespace gantry::edit
