#include "build/unpack.hpp"

#include "archive/extract.hpp"
#include "archive/inflate.hpp"
#include "archive/tar_reader.hpp"
#include "base/subprocess.hpp"
#include "linux/idmap.hpp"

#include <unistd.h>

#include <optional>
#include <string_view>

namespace gantry::build {

namespace {

/// Compressed by what our own decoders do not read: the program that does.
std::string_view decoder_of(const Fd& file) {
  char head[6] = {};
  const ssize_t got = pread(file.get(), head, sizeof head, 0);
  const std::string_view text(head, got > 0 ? static_cast<std::size_t>(got) : 0);
  if (text.starts_with(std::string_view("\xfd"
                                        "7zXZ\0",
                                        6)))
    return "xz";
  return text.starts_with("BZh") ? "bzip2" : std::string_view();
}

/// The tar in a file, whatever it is compressed with.
class Tar {
 public:
  static Result<Tar> open(const Fd& file) {
    Tar tar;
    Fd stream = TRY(file.duplicate());
    if (lseek(stream.get(), 0, SEEK_SET) < 0) return Error::system("read the archive");
    if (const auto decoder = decoder_of(file); !decoder.empty()) {
      Pipe pipe = TRY(make_pipe());
      tar.child_ = TRY(Child::start({.argv = {std::string(decoder), "-dc"},
                                     .environment = {},
                                     .directory = {},
                                     .in = stream.get(),
                                     .out = pipe.write.get()}));
      stream = std::move(pipe.read);
    }
    tar.packed_ = std::make_unique<FileSource>(std::move(stream), "the archive");
    tar.plain_ = std::make_unique<archive::Inflater>(*tar.packed_);
    return tar;
  }
  Source& stream() { return *plain_; }

 private:
  std::optional<Child> child_;
  std::unique_ptr<FileSource> packed_;
  std::unique_ptr<archive::Inflater> plain_;
};

}  // namespace

Result<bool> is_archive(const Fd& file) {
  auto tar = Tar::open(file);
  if (!tar) return tar.error().code() == Code::no_command ? Result<bool>(std::move(tar.error())) : Result<bool>(false);
  archive::TarReader reader(tar->stream(), archive::EndMarker::optional);
  const auto first = reader.next();
  return first && first->has_value();
}

Result<> unpack_archive(const Fd& file, const Fd& folder) {
  Tar tar = TRY(Tar::open(file));
  archive::ExtractOptions options{.whiteouts = archive::Whiteouts::apply, .end = archive::EndMarker::optional};
  options.ignore_devices = !linux::in_initial_user_namespace();
  TRY(archive::extract(tar.stream(), folder, options));
  return {};
}

}  // namespace gantry::build
