#include "transfer/recompress.hpp"

#include "archive/deflate.hpp"
#include "archive/hash.hpp"
#include "archive/inflate.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <vector>

namespace gantry::transfer {

Result<std::unique_ptr<Source>> Recompressed::open(std::uint64_t from) const {
  Fd fd = TRY(open_file(file.path(), O_RDONLY));
  if (lseek(fd.get(), static_cast<off_t>(from), SEEK_SET) < 0) return Error::system("seek in {}", file.path());
  return std::make_unique<FileSource>(std::move(fd), file.path());
}

Result<Recompressed> recompress(Source& layer, archive::Compression compression, int level, const std::string& tmp) {
  auto file = TRY(content::Scratch::make_file(tmp));
  FileSink out(TRY(file.fd().duplicate()), file.path());
  archive::HashingSink sink(out);
  auto deflater = TRY(archive::Deflater::make(compression, sink, level));
  archive::Inflater inflater(layer);
  std::vector<std::byte> buffer(256u << 10);
  while (std::size_t got = TRY(inflater.read(buffer))) TRY(deflater->write(Bytes(buffer).first(got)));
  // The digest of the original is compared at its end.
  while (TRY(layer.read(buffer)) > 0) {
  }
  TRY(deflater->finish());
  oci::Descriptor descriptor{.digest = sink.finish(), .size = static_cast<std::int64_t>(sink.size())};
  return Recompressed{std::move(file), std::move(descriptor)};
}

}  // namespace gantry::transfer
