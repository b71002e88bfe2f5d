#include "edit/new_layer.hpp"

#include "archive/layer_path.hpp"
#include "archive/pipeline.hpp"
#include "archive/tar_reader.hpp"
#include "base/pump.hpp"
#include "transfer/tee_source.hpp"

namespace gantry::edit {

namespace {

/// Sees to it that whoever unpacks the layer later can read all of it.
Result<> check_tar(Source& tar) {
  archive::TarReader reader(tar, archive::EndMarker::required);
  while (auto entry = TRY(reader.next())) {
    std::string path = TRY(with_context(archive::clean_entry_path(entry->path), "'{}'", entry->path));
    TRY(with_context(archive::whiteout_of(path), "'{}'", entry->path));
  }
  return {};
}

Result<NewLayer> new_layer(const content::Scratch& scratch, const archive::StreamDigests& digests) {
  return NewLayer{.file = std::make_shared<const Fd>(TRY(scratch.fd().duplicate())),
                  .compression = digests.compression,
                  .digest = digests.packed,
                  .size = static_cast<std::int64_t>(digests.packed_size),
                  .diff_id = digests.unpacked};
}

/// A plain tar that has been put down becomes a compressed one.
Result<NewLayer> compressed(const NewLayer& plain, const std::string& name, const std::string& tmp,
                            archive::Compression compression) {
  PositionedSource tar(*plain.file, 0, name);
  auto sink = TRY(LayerSink::begin(tmp, compression));
  TRY(pump(tar, *sink));
  return sink->finish();
}

}  // namespace

LayerSink::LayerSink(content::Scratch scratch, Fd fd, archive::Compression compression)
    : scratch_(std::move(scratch)), file_(std::move(fd), "the layer"), compression_(compression) {}

Result<std::unique_ptr<LayerSink>> LayerSink::begin(const std::string& tmp, archive::Compression compression,
                                                    int level) {
  auto scratch = TRY(content::Scratch::make_file(tmp));
  Fd fd = TRY(scratch.fd().duplicate());
  std::unique_ptr<LayerSink> sink(new LayerSink(std::move(scratch), std::move(fd), compression));
  sink->deflater_ = TRY(archive::Deflater::make(compression, sink->packed_, level));
  return sink;
}

Result<> LayerSink::write(Bytes data) {
  unpacked_.update(data);
  return deflater_->write(data);
}

Result<NewLayer> LayerSink::finish() {
  TRY(deflater_->finish());
  archive::StreamDigests digests{.compression = compression_,
                                 .packed = packed_.finish(),
                                 .packed_size = packed_.size(),
                                 .unpacked = unpacked_.finish(),
                                 .unpacked_size = 0};
  return new_layer(scratch_, digests);
}

Result<NewLayer> take_layer(std::unique_ptr<Source> archive, const std::string& name, const std::string& tmp,
                            archive::Compression compression) {
  auto scratch = TRY(content::Scratch::make_file(tmp));
  archive::Pipeline pipeline(std::make_unique<transfer::TeeSource>(std::move(archive), scratch.fd(), "the layer"));
  TRY(with_context(check_tar(pipeline), "{}", name));
  auto digests = TRY(with_context(pipeline.finish(), "{}", name));
  auto layer = TRY(new_layer(scratch, digests));
  if (layer.compression != archive::Compression::none || compression == archive::Compression::none) return layer;
  return compressed(layer, name, tmp, compression);
}

}  // namespace gantry::edit
