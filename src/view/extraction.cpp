#include "view/extraction.hpp"

#include "archive/extract.hpp"
#include "archive/tar_writer.hpp"

#include <cerrno>
#include <set>
#include <thread>

namespace gantry::view {

namespace {

class TarOfFiles {
 public:
  TarOfFiles(ImageFiles& files, Sink& out) : files_(files), writer_(out) {}

  Result<> add_path(const std::string& path) {
    auto found = TRY(files_.find(path, false));
    if (found.entry.kind != archive::Kind::directory) return add(found);
    return files_.each(found.entry.path, [&](const FoundFile& file) { return add(file); });
  }
  Result<> finish() { return writer_.finish(); }

 private:
  Result<> add(const FoundFile& file) {
    archive::Entry entry = file.entry;
    if (entry.path.empty()) return {};  // the root itself
    entry.extents.reset();
    if (entry.kind == archive::Kind::hardlink) {
      auto target = TRY(files_.target_of(file));
      auto written = written_.find({target.layer, target.entry.path});
      if (written == written_.end()) return add_file(with_name(target.entry, entry.path), target);
      entry.link = target.entry.path;
    }
    if (entry.kind == archive::Kind::file) return add_file(std::move(entry), file);
    return writer_.add(entry);
  }

  static archive::Entry with_name(archive::Entry entry, const std::string& path) {
    entry.path = path;
    entry.extents.reset();
    return entry;
  }

  Result<> add_file(archive::Entry entry, const FoundFile& file) {
    written_.emplace(file.layer, file.entry.path);
    TRY(writer_.add(entry));
    if (entry.size == 0) return {};
    auto content = TRY(files_.content(file));
    std::uint64_t left = entry.size;
    while (std::size_t got = TRY(content->read(buffer_))) {
      if (got > left) return fail(Code::corrupt, "{}: it is larger than its size", entry.path);
      TRY(writer_.write(Bytes(buffer_).first(got)));
      left -= got;
    }
    if (left > 0) return fail(Code::corrupt, "{}: it ends early", entry.path);
    return {};
  }

  ImageFiles& files_;
  archive::TarWriter writer_;
  std::set<std::pair<std::size_t, std::string>> written_;  ///< layer and path of the files that are in the tar
  std::vector<std::byte> buffer_ = std::vector<std::byte>(256u << 10);
};

}  // namespace

Result<> write_tar(ImageFiles& files, const std::vector<std::string>& paths, Sink& out) {
  TarOfFiles tar(files, out);
  for (const auto& path : paths) TRY(tar.add_path(path));
  return tar.finish();
}

Result<> unpack(ImageFiles& files, const std::vector<std::string>& paths, const Fd& root,
                const UnpackOptions& options) {
  Pipe pipe = TRY(make_pipe());
  Result<> written;
  Result<archive::Extracted> extracted = archive::Extracted();
  {
    std::jthread writer([&, out = std::move(pipe.write)]() mutable {
      FileSink sink(std::move(out), "the pipe");
      written = write_tar(files, paths, sink);
    });
    FileSource source(std::move(pipe.read), "the pipe");
    extracted = archive::extract(source, root,
                                 {.whiteouts = archive::Whiteouts::apply,
                                  .ignore_owner = !options.owners,
                                  .ignore_devices = !options.owners,
                                  .xattrs = options.owners});
    // A writer that is still at it then sees that nobody reads.
  }
  // Its end of the tar comes from the reason why there is no more of it.
  if (!written && (extracted || written.error().os_error() != EPIPE)) return std::move(written.error());
  if (!extracted) return std::move(extracted.error());
  return {};
}

}  // namespace gantry::view
