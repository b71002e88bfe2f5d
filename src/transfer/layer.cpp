#include "transfer/layer.hpp"

#include "archive/pipeline.hpp"
#include "archive/unpack_job.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "linux/capabilities.hpp"
#include "linux/idmap.hpp"
#include "oci/media_types.hpp"
#include "transfer/erofs_layer.hpp"
#include "transfer/tee_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace gantry::transfer {

namespace {

/// What the child tells at its end.
struct Report {
  std::string packed;
  std::uint64_t packed_size = 0;
  std::string unpacked;
  std::uint64_t unpacked_size = 0;
  std::uint64_t entries = 0;
  std::string media_type;
  std::vector<std::string> needs;  ///< as in LayerInfo
};
BOOST_DESCRIBE_STRUCT(Report, (), (packed, packed_size, unpacked, unpacked_size, entries, media_type, needs))

/// A user namespace of an ordinary user without subordinate ids: every file can only be ours.
bool maps_one_id() {
  auto map = read_file("/proc/self/uid_map");
  if (!map) return false;
  auto words = split(trim(*map), '\n');
  return words.size() == 1 && cut_last(words[0], ' ').after == "1";
}

/// Where a layer is unpacked to.
struct Place {
  Fd fd;                          ///< of a folder, or of a file for an image
  std::optional<ErofsPlan> plan;  ///< for an image
};

archive::ExtractOptions extract_options(const LayerOrder& order) {
  archive::ExtractOptions options;
  // In a user namespace devices cannot be made, and overlayfs reads marks that need no privilege.
  bool rootless = !linux::in_initial_user_namespace();
  options.user_xattr = rootless;
  options.ignore_devices = rootless;
  options.ignore_owner = rootless && maps_one_id();
  // Some builders write no end marker. With a digest to compare to, a cut is noticed all the same.
  bool is_known = !order.digest.empty() || !order.diff_id.empty();
  options.max_entries = order.max_files;
  options.end = is_known ? archive::EndMarker::optional : archive::EndMarker::required;
  return options;
}

Report report_of(const archive::StreamDigests& digests, std::uint64_t entries) {
  return {.packed = digests.packed.text(),
          .packed_size = digests.packed_size,
          .unpacked = digests.unpacked.text(),
          .unpacked_size = digests.unpacked_size,
          .entries = entries,
          .media_type = std::string(oci::layer_media_type(digests.compression))};
}

/// Copies the layer to the blob's file and to the process that unpacks it. When that one has failed it has hung up, and
/// says why itself.
Result<> feed(Source& source, const Fd* blob, Fd unpacker) {
  std::vector<std::byte> buffer(256u << 10);
  while (std::size_t got = TRY(source.read(buffer))) {
    std::string_view bytes = as_text(Bytes(buffer).first(got));
    if (blob != nullptr) TRY(write_all(*blob, bytes, "the blob"));
    auto fed = write_all(unpacker, bytes, "the layer");
    if (!fed && fed.error().os_error() == EPIPE) return {};
    TRY(std::move(fed));
  }
  return {};
}

Result<archive::UnpackJob> start_job(const LayerOrder& order, Fd stream, const Place& place,
                                     const archive::Pipeline::Options& options) {
  if (!place.plan)
    return archive::UnpackJob::start(std::move(stream), order.label, place.fd, extract_options(order), options);
  const auto extract = extract_options(order);
  auto image = place.plan->options();
  image.end = extract.end;
  image.max_entries = extract.max_entries;
  auto write = [&](Source& tar, const Fd& out) { return erofs::write_layer(tar, out, image); };
  return archive::UnpackJob::start_writing(std::move(stream), order.label, place.fd, write, place.plan->descriptors(),
                                           options);
}

Result<Report> receive_and_unpack(const LayerOrder& order, const Fd* blob, const Place& place,
                                  const archive::Pipeline::Options& options) {
  Pipe pipe = TRY(make_pipe());
  fcntl(pipe.write.get(), F_SETPIPE_SZ, 1 << 20);  // fewer changes between the processes, if it is allowed
  auto job = TRY(start_job(order, std::move(pipe.read), place, options));
  auto fed = feed(*order.source, blob, std::move(pipe.write));
  auto unpacked = job.wait();
  TRY(std::move(fed));
  auto layer = TRY(std::move(unpacked));
  Report report = report_of(layer.digests, layer.content.entries);
  if (place.plan) report.needs = TRY(place.plan->needs(place.fd));
  return report;
}

/// Nothing to unpack, so nothing is opened any more and no privilege is needed. The blob may have come from another
/// process in the meantime too: then the bytes are only checked.
Result<Report> receive_blob(LayerOrder& order, const Fd* blob, const archive::Pipeline::Options& options) {
  TRY(linux::set_capabilities({}));
  if (blob != nullptr) order.source = std::make_unique<TeeSource>(std::move(order.source), *blob, "the blob");
  archive::Pipeline pipeline(std::move(order.source), options);
  return report_of(TRY(pipeline.finish()), 0);
}

Result<Report> receive(LayerOrder& order, const Fd* blob, const Place* place) {
  archive::Pipeline::Options options{
      .limit = order.max_size, .packed = order.digest.algorithm(), .unpacked = order.diff_id.algorithm()};
  Report report = place != nullptr ? TRY(receive_and_unpack(order, blob, *place, options))
                                   : TRY(receive_blob(order, blob, options));
  // Here and not at the commit, so that layers wait for the disk at the same time.
  if (blob != nullptr && fsync(blob->get()) < 0) return Error::system("fsync the blob");
  return report;
}

}  // namespace

namespace {

/// Its blob has to fit beside it; what it unpacks to is known at its end only.
Result<> limit(const store::Store& store, LayerOrder& order) {
  const std::uint64_t room = TRY(store.room());
  const auto packed = order.keep_blob ? static_cast<std::uint64_t>(order.size.value_or(0)) : 0;
  if (packed > room)
    return store::over_limit(fmt::format("{} takes {}, and the store may grow by {} only", order.label,
                                         human_size(packed), human_size(room)));
  order.max_files = store.limits().layer_files;
  order.max_size = store.limits().layer_size;
  if (order.unpack) order.max_size = std::min(order.max_size, room - packed);
  return {};
}

}  // namespace

Result<LayerJob> LayerJob::start(const store::Store& store, LayerOrder order) {
  TRY(limit(store, order));
  LayerJob job;
  job.order_ = std::move(order);
  job.received_.store_ = &store;
  job.received_.label_ = job.order_.label;
  Place place;
  if (job.order_.keep_blob) job.received_.blob_ = TRY(store.blobs().begin());
  if (job.order_.unpack) {
    job.received_.staging_.emplace(TRY(store.layers().begin()));
    const auto& staging = *job.received_.staging_;
    const bool is_image = staging.driver().is_image();
    place.fd = TRY(is_image ? open_file(staging.path(), O_RDWR) : open_folder(staging.path()));
    const auto& digest = job.order_.diff_id.empty() ? job.order_.digest : job.order_.diff_id;
    if (is_image) job.received_.donors_ = TRY(hold_donors(store));
    if (is_image) place.plan = TRY(ErofsPlan::make(store, staging, digest));
  }
  job.task_ =
      TRY(with_context(Task::start([&]() -> Result<std::string> {
                         const Fd* blob = job.order_.keep_blob ? &job.received_.blob_->fd() : nullptr;
                         return json::encode(TRY(receive(job.order_, blob, job.order_.unpack ? &place : nullptr)));
                       }),
                       "{}", job.order_.label));
  job.order_.source.reset();
  return job;
}

Result<ReceivedLayer> LayerJob::finish() {
  auto ended = with_context(task_->finish(), "{}", order_.label);
  // Without an errno it is no full disk but a limit.
  if (!ended && ended.error().code() == Code::no_space && ended.error().os_error() == 0)
    return store::over_limit(ended.error().text());
  auto text = TRY(std::move(ended));
  auto report = TRY(json::decode<Report>(text, "the report"));
  const auto& expected = order_;
  if (expected.size && *expected.size != static_cast<std::int64_t>(report.packed_size))
    return fail(Code::corrupt, "{} has {} bytes, not {}", expected.label, report.packed_size, *expected.size);
  if (!expected.digest.empty() && expected.digest.text() != report.packed)
    return fail(Code::corrupt, "{} has the digest {}, not {}", expected.label, report.packed, expected.digest.text());
  if (!expected.diff_id.empty() && expected.diff_id.text() != report.unpacked)
    return fail(Code::corrupt, "{} unpacks to {}, not to {} as the config says", expected.label, report.unpacked,
                expected.diff_id.text());
  received_.descriptor_ = {.media_type = report.media_type,
                           .digest = TRY(oci::Digest::parse(report.packed)),
                           .size = static_cast<std::int64_t>(report.packed_size)};
  received_.diff_id_ = TRY(oci::Digest::parse(report.unpacked));
  received_.info_ = {.size = report.unpacked_size, .entries = report.entries, .needs = std::move(report.needs)};
  return std::move(received_);
}

ReceivedLayer ReceivedLayer::present(oci::Descriptor descriptor, oci::Digest diff_id) {
  ReceivedLayer layer;
  layer.descriptor_ = std::move(descriptor);
  layer.diff_id_ = std::move(diff_id);
  return layer;
}

Result<> ReceivedLayer::check_room() const {
  if (store_ == nullptr) return {};
  const std::uint64_t room = TRY(store_->room());
  std::uint64_t taken = blob_ ? static_cast<std::uint64_t>(descriptor_.size) : 0;
  if (staging_) taken += info_.size;
  if (taken <= room) return {};
  return store::over_limit(
      fmt::format("{} takes {}, and the store may grow by {} only", label_, human_size(taken), human_size(room)));
}

Result<> ReceivedLayer::commit() {
  TRY(check_room());  // others have come into the store since it was started
  if (blob_) TRY(blob_->commit(descriptor_.digest));
  if (staging_) TRY(staging_->commit(diff_id_, info_));
  return {};
}

}  // namespace gantry::transfer
