#include "transfer/input.hpp"

#include "archive/inflate.hpp"
#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "content/scratch.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace gantry::transfer {

namespace {

/// A compression that another program undoes.
struct Foreign {
  std::string_view magic;
  const char* program;
  const char* package;
};
constexpr Foreign kForeign[] = {
    {std::string_view("\xfd"
                      "7zXZ\0",
                      6),
     "xz", "xz-utils"},
    {std::string_view("BZh", 3), "bzip2", "bzip2"},
    {std::string_view("\x04\x22\x4d\x18", 4), "lz4", "lz4"},
};
constexpr std::size_t kHead = 6;

const Foreign* foreign_of(std::string_view head) {
  for (const auto& foreign : kForeign)
    if (head.starts_with(foreign.magic)) return &foreign;
  return nullptr;
}

/// Some bytes that were read already, then the rest.
class PrefixedSource final : public Source {
 public:
  PrefixedSource(std::string head, std::unique_ptr<Source> rest) : head_(std::move(head)), rest_(std::move(rest)) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    std::size_t size = std::min(buffer.size(), head_.size() - used_);
    if (size == 0) return rest_->read(buffer);
    std::memcpy(buffer.data(), head_.data() + used_, size);
    used_ += size;
    return size;
  }

 private:
  std::string head_;
  std::size_t used_ = 0;
  std::unique_ptr<Source> rest_;
};

Result<std::string> read_head(const Input& input) {
  std::string head(kHead, '\0');
  std::size_t have = 0;
  FileSource source(TRY(input.fd.duplicate()), input.name);
  while (have < kHead) {
    std::size_t got = TRY(source.read(std::as_writable_bytes(std::span(head)).subspan(have)));
    if (got == 0) break;
    have += got;
  }
  head.resize(have);
  return head;
}

bool is_regular(const Fd& fd) {
  struct stat info;
  return fstat(fd.get(), &info) == 0 && S_ISREG(info.st_mode);
}

/// The file at its start, for when its name is gone.
Result<Fd> rewound(const content::Scratch& scratch) {
  if (lseek(scratch.fd().get(), 0, SEEK_SET) < 0) return Error::system("rewind {}", scratch.path());
  return scratch.fd().duplicate();
}

/// A program's output in a file that has no name.
Result<Fd> decompress(const Foreign& foreign, const Fd& packed, const std::string& name, const std::string& tmp) {
  auto out = TRY(content::Scratch::make_file(tmp));
  auto messages = TRY(content::Scratch::make_file(tmp));
  auto child = Child::start(
      {.argv = {foreign.program, "-dc"}, .in = packed.get(), .out = out.fd().get(), .err = messages.fd().get()});
  if (!child && child.error().code() == Code::no_command)
    return fail(Code::unsupported, "{} is compressed with {}, which is not installed", name, foreign.program)
        .with_cure(fmt::format("apt-get install {}", foreign.package));
  Child running = TRY(std::move(child));
  if (!TRY(running.wait()).ok()) {
    std::string said = TRY(read_file(messages.path()));
    return fail(Code::corrupt, "{}: {}", name, cut(trim(said), '\n').before);
  }
  return rewound(out);
}

/// An input whose first bytes are known; a file then stands at its start again.
struct Peeked {
  Input input;
  std::string head;
  bool at_start = false;
};

Result<Peeked> peek(Input input) {
  Peeked peeked{std::move(input), {}, false};
  peeked.head = TRY(read_head(peeked.input));
  peeked.at_start = is_regular(peeked.input.fd) && lseek(peeked.input.fd.get(), 0, SEEK_SET) == 0;
  return peeked;
}

Result<std::unique_ptr<Source>> stream_with_head(Peeked peeked, const std::string& tmp) {
  std::string name = peeked.input.name;
  const Foreign* foreign = foreign_of(peeked.head);
  if (foreign != nullptr && peeked.at_start)
    return std::make_unique<FileSource>(TRY(decompress(*foreign, peeked.input.fd, name, tmp)), name);
  std::unique_ptr<Source> source = std::make_unique<FileSource>(std::move(peeked.input.fd), name);
  if (!peeked.at_start) source = std::make_unique<PrefixedSource>(std::move(peeked.head), std::move(source));
  if (foreign == nullptr) return source;
  Fd packed = TRY(put_down(*source, tmp));
  return std::make_unique<FileSource>(TRY(decompress(*foreign, packed, name, tmp)), name);
}

}  // namespace

Result<Input> open_input(const std::string& path) {
  if (!path.empty() && path != "-") return Input{TRY(open_file(path, O_RDONLY)), path};
  if (isatty(STDIN_FILENO))
    return fail(Code::invalid, "there is nothing to read").with_cure("name a file, or redirect standard input");
  int copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return Error::system("standard input");
  return Input{Fd(copy), "standard input"};
}

Result<Fd> put_down(Source& source, const std::string& tmp) {
  auto scratch = TRY(content::Scratch::make_file(tmp));
  std::array<std::byte, 1u << 16> buffer;
  while (std::size_t got = TRY(source.read(buffer)))
    TRY(write_all(scratch.fd(), as_text(Bytes(buffer).first(got)), scratch.path()));
  return rewound(scratch);
}

Result<std::unique_ptr<Source>> stream(Input input, const std::string& tmp) {
  return stream_with_head(TRY(peek(std::move(input))), tmp);
}

Result<Fd> seekable(Input input, const std::string& tmp) {
  std::string name = input.name;
  Peeked peeked = TRY(peek(std::move(input)));
  bool is_plain = foreign_of(peeked.head) == nullptr &&
                  archive::detect_compression(as_bytes(peeked.head)) == archive::Compression::none;
  if (peeked.at_start && is_plain) return std::move(peeked.input.fd);
  auto bytes = TRY(stream_with_head(std::move(peeked), tmp));
  archive::Inflater inflater(*bytes);
  return with_context(put_down(inflater, tmp), "{}", name);
}

}  // namespace gantry::transfer
