#include "transfer/destination.hpp"

#include "archive/tar_writer.hpp"
#include "base/file.hpp"
#include "transfer/output_file.hpp"

#include <fcntl.h>

#include <array>
#include <utility>

namespace gantry::transfer {

namespace {

/// Hands `size` bytes of `data` to `write`, and sees to it that there are neither more nor fewer.
template <class Write>
Result<> copy(Source& data, std::uint64_t size, Write write) {
  std::array<std::byte, 1u << 16> buffer;
  std::uint64_t copied = 0;
  while (std::size_t got = TRY(data.read(buffer))) {
    copied += got;
    if (copied > size) return fail(Code::corrupt, "it has more than {} bytes", size);
    TRY(write(Bytes(buffer).first(got)));
  }
  if (copied < size) return fail(Code::corrupt, "it has {} bytes, not {}", copied, size);
  return {};
}

class Archive final : public Destination {
 public:
  explicit Archive(OutputFile file) : file_(std::move(file)), writer_(file_.out()) {}

  Result<> put(const std::string& path, std::uint64_t size, Source& data) override {
    TRY(writer_.add({.path = path, .mode = 0644, .size = size}));
    return copy(data, size, [&](Bytes bytes) { return writer_.write(bytes); });
  }

  Result<> finish() override {
    TRY(writer_.finish());
    return file_.finish();
  }

 private:
  OutputFile file_;
  archive::TarWriter writer_;
};

class Folder final : public Destination {
 public:
  explicit Folder(std::string path) : folder_(std::move(path)) {}

  Result<> put(const std::string& path, std::uint64_t size, Source& data) override {
    std::string whole = folder_.temporary() + "/" + path;
    TRY(make_folders(whole.substr(0, whole.rfind('/'))));
    Fd fd = TRY(open_file(whole, O_WRONLY | O_CREAT | O_EXCL, 0644));
    return copy(data, size, [&](Bytes bytes) { return write_all(fd, as_text(bytes), whole); });
  }

  Result<> finish() override { return folder_.finish(); }

 private:
  Unfinished folder_;
};

}  // namespace

Result<> Destination::put(const std::string& path, std::string_view bytes) {
  MemorySource source(as_bytes(bytes));
  return put(path, bytes.size(), source);
}

Result<std::unique_ptr<Destination>> make_archive(const std::string& path) {
  auto file = TRY(OutputFile::open(path));
  return std::make_unique<Archive>(std::move(file));
}

std::unique_ptr<Destination> make_archive(Fd stream, std::string name) {
  return std::make_unique<Archive>(OutputFile::stream(std::move(stream), std::move(name)));
}

Result<std::unique_ptr<Destination>> make_folder(const std::string& path) {
  if (path_exists(path))
    return fail(Code::exists, "{} exists already", path).with_cure("remove it, or give another name");
  auto folder = std::make_unique<Folder>(path);
  return folder;
}

}  // namespace gantry::transfer
