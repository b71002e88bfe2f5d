#include "edit/merge.hpp"

#include "archive/layer_path.hpp"
#include "archive/pipeline.hpp"
#include "archive/tar_writer.hpp"
#include "transfer/tee_source.hpp"

#include <algorithm>

namespace gantry::edit {

namespace {

using archive::Kind;

Result<std::unique_ptr<Source>> open_layer(const DraftLayer& layer) {
  if (layer.origin != nullptr) return layer.origin->open(layer.descriptor);
  return std::make_unique<PositionedSource>(*layer.file, 0, "a new layer");
}

Result<> compare(const archive::StreamDigests& digests, const DraftLayer& layer) {
  if (digests.packed != layer.descriptor.digest)
    return fail(Code::corrupt, "it has the digest {}", digests.packed.text());
  if (digests.unpacked != layer.diff_id)
    return fail(Code::corrupt, "it unpacks to {}, not to {} as the config says", digests.unpacked.text(),
                layer.diff_id.text());
  return {};
}

/// Hashed, inflated and read at the same time.
Result<> read_layer(MergedLayers& merged, const DraftLayer& layer, const std::string& tmp, Keep keep) {
  archive::Pipeline::Options options{.packed = layer.descriptor.digest.algorithm(),
                                     .unpacked = layer.diff_id.algorithm()};
  auto pipeline = std::make_unique<archive::Pipeline>(TRY(open_layer(layer)), options);
  archive::Pipeline& stream = *pipeline;
  if (keep == Keep::headers) {
    TRY(merged.tree.apply(stream));
    return compare(TRY(stream.finish()), layer);
  }
  auto scratch = TRY(content::Scratch::make_file(tmp));
  transfer::TeeSource tee(std::move(pipeline), scratch.fd(), "a layer's tar");
  TRY(merged.tree.apply(tee));
  merged.tars.push_back(std::make_shared<const Fd>(TRY(scratch.fd().duplicate())));
  return compare(TRY(stream.finish()), layer);
}

class Writer {
 public:
  Writer(const MergedLayers& layers, Sink& out, const MergeOptions& options)
      : layers_(layers), writer_(out), options_(options) {}

  Result<> run() {
    for (const auto& [path, node] : layers_.tree.nodes()) TRY(with_context(add(path, node), "write '{}'", path));
    return writer_.finish();
  }

 private:
  Result<> add(const std::string& path, const MergedNode& node) {
    if (node.file == nullptr) return options_.on_base ? add_mark(archive::whiteout_path(path)) : Result<>();
    archive::Entry entry = node.file->entry;
    entry.path = path;
    entry.user.clear();
    entry.group.clear();
    entry.atime.reset();
    if (options_.max_mtime) entry.mtime = std::min(entry.mtime, *options_.max_mtime);
    if (entry.kind == Kind::directory) {
      if (!node.file->is_implied) TRY(writer_.add(entry));
      if (!node.is_opaque || !options_.on_base) return {};
      return add_mark(archive::join_path(path, archive::kOpaqueName));
    }
    auto [first, is_new] = names_.try_emplace(node.file.get(), path);
    if (!is_new) {
      entry.kind = Kind::hardlink;
      entry.link = first->second;
      entry.size = 0;
      entry.extents.reset();
      entry.xattrs.clear();
      return writer_.add(entry);
    }
    TRY(writer_.add(entry));
    return entry.kind == Kind::file && entry.size > 0 ? add_data(*node.file) : Result<>();
  }

  Result<> add_data(const MergedFile& file) {
    // Headers once more, from where they begin; few bytes are read ahead for a small file.
    std::size_t buffer = file.entry.size < (16u << 10) ? 32u << 10 : 256u << 10;
    PositionedSource tar(*layers_.tars[file.layer], file.entry.position, "a layer's tar");
    archive::TarReader reader(tar, archive::EndMarker::optional, buffer);
    if (!TRY(reader.next())) return fail(Code::corrupt, "its data are gone");
    while (true) {
      auto [offset, data] = TRY(reader.piece());
      if (data.empty()) return {};
      TRY(writer_.write(data));
    }
  }

  /// An empty file whose name is all that counts.
  Result<> add_mark(std::string path) {
    archive::Entry entry;
    entry.path = std::move(path);
    return writer_.add(entry);
  }

  const MergedLayers& layers_;
  archive::TarWriter writer_;
  const MergeOptions& options_;
  std::map<const MergedFile*, std::string> names_;  ///< the first of each file
};

/// What the history says of the squashed layers stays, but they are one layer now: the last of them, or the note.
void squash_history(Draft& draft, std::size_t from, bool has_note) {
  complete_history(draft);
  std::size_t layer = 0;
  for (auto& entry : draft.config.history) {
    if (entry.empty_layer) continue;
    entry.empty_layer = layer >= from && (has_note || layer + 1 < draft.layers.size());
    ++layer;
  }
}

}  // namespace

Result<MergedLayers> merge(std::span<const DraftLayer> layers, const std::string& label, const std::string& tmp,
                           Keep keep) {
  MergedLayers merged;
  for (const auto& layer : layers)
    TRY(with_context(read_layer(merged, layer, tmp, keep), "{}: layer {}", label, layer.descriptor.digest.text()));
  return merged;
}

Result<> write_merged(const MergedLayers& layers, Sink& out, const MergeOptions& options) {
  return Writer(layers, out, options).run();
}

Result<> squash(Draft& draft, const SquashOptions& options, const Note& note, const std::string& tmp) {
  std::size_t have = draft.layers.size();
  if (options.count == 0 || options.count > have)
    return fail(Code::invalid, "{} has {} layers, so that {} cannot become one", draft.label, have, options.count);
  std::size_t from = have - options.count;
  auto top = std::span(draft.layers).subspan(from);
  auto merged = TRY(merge(top, draft.label, tmp, Keep::data));
  auto sink = TRY(LayerSink::begin(tmp, options.compression));
  TRY(write_merged(merged, *sink, {.on_base = from > 0, .max_mtime = options.max_mtime}));
  auto layer = TRY(sink->finish());
  squash_history(draft, from, note.wanted);
  draft.layers.resize(from);
  add_layer(draft, std::move(layer), note);
  return {};
}

}  // namespace gantry::edit
