#pragma once

#include "archive/deflate.hpp"
#include "archive/hash.hpp"
#include "content/scratch.hpp"
#include "oci/digest.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace gantry::edit {

/// A layer that an edit has made. Its bytes are in a file without a name, which goes with its last holder.
struct NewLayer {
  std::shared_ptr<const Fd> file;
  archive::Compression compression = archive::Compression::none;
  oci::Digest digest;     ///< of the bytes in the file
  std::int64_t size = 0;  ///< their number
  oci::Digest diff_id;    ///< of the tar in them
};

/// Takes a layer's tar; compresses and hashes it on the way to its file.
class LayerSink final : public Sink {
 public:
  /// `tmp` is a folder for the file. `level` as in archive::Deflater.
  static Result<std::unique_ptr<LayerSink>> begin(const std::string& tmp, archive::Compression compression,
                                                  int level = 0);
  Result<> write(Bytes data) override;
  /// The tar is complete. Nothing may be written after it.
  Result<NewLayer> finish();

 private:
  LayerSink(content::Scratch scratch, Fd fd, archive::Compression compression);

  content::Scratch scratch_;
  FileSink file_;
  archive::HashingSink packed_{file_};
  archive::Hasher unpacked_;
  archive::Compression compression_;
  std::unique_ptr<archive::Deflater> deflater_;
};

/// Takes a layer that is there as an archive. Compressed with gzip or zstd it stays byte for byte what it is; a plain
/// tar is compressed with `compression`. What cannot be a layer is Code::corrupt or Code::invalid. `name` is for
/// errors.
Result<NewLayer> take_layer(std::unique_ptr<Source> archive, const std::string& name, const std::string& tmp,
                            archive::Compression compression);

}  // namespace gantry::edit
