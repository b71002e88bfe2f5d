// The tar-split of a layer in podman's storage. Its files are looked for in a folder that has none, so that only
// segments bring bytes; they cannot be more than what there was to decode.

#include "archive/tar_split.hpp"
#include "base/file.hpp"
#include "base/stream.hpp"

#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

/// Without a name, so that it goes with the process.
gantry::Fd empty_folder() {
  char name[] = "/tmp/gantry-fuzz.XXXXXX";
  if (mkdtemp(name) == nullptr) std::abort();
  auto folder = gantry::open_folder(name);
  rmdir(name);
  if (!folder) std::abort();
  return std::move(*folder);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry;
  static const Fd folder = empty_folder();
  const Bytes lines = std::as_bytes(std::span(data, size));
  archive::TarSplitSource source(std::make_unique<MemorySource>(lines), std::move(*folder.duplicate()), "layer");
  std::array<std::byte, 4096> buffer;
  std::size_t whole = 0;
  while (true) {
    auto got = source.read(buffer);
    if (!got || *got == 0) break;
    whole += *got;
    if (whole > size + (1u << 20)) std::abort();
  }
  return 0;
}
