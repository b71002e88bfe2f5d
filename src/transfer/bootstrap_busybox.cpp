#include "archive/deflate.hpp"
#include "archive/tar_writer.hpp"
#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "content/scratch.hpp"
#include "transfer/bootstrap.hpp"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace gantry::transfer {

namespace {

constexpr const char* kCure = "apt-get install busybox-static";

template <class Header, class Segment>
bool asks_for_interpreter(std::string_view file) {
  Header header;
  if (file.copy(reinterpret_cast<char*>(&header), sizeof header) < sizeof header) return false;
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    Segment segment;
    std::uint64_t at = header.e_phoff + i * sizeof segment;
    if (at > file.size() || file.size() - at < sizeof segment) return false;
    std::memcpy(&segment, file.data() + at, sizeof segment);
    if (segment.p_type == PT_INTERP) return true;
  }
  return false;
}

Result<> check_static(std::string_view file, const std::string& path) {
  if (!file.starts_with(ELFMAG)) return fail(Code::invalid, "{} is not a program", path).with_cure(kCure);
  bool is_wide = file.size() > EI_CLASS && file[EI_CLASS] == ELFCLASS64;
  if (is_wide ? asks_for_interpreter<Elf64_Ehdr, Elf64_Phdr>(file) : asks_for_interpreter<Elf32_Ehdr, Elf32_Phdr>(file))
    return fail(Code::unsupported, "{} needs shared libraries, which the image would not have", path).with_cure(kCure);
  return {};
}

struct BaseFolder {
  const char* path;
  unsigned mode;
};
constexpr BaseFolder kFolders[] = {
    {"bin", 0755},      {"dev", 0755},  {"etc", 0755},     {"home", 0755},      {"proc", 0755},     {"root", 0700},
    {"run", 0755},      {"sbin", 0755}, {"sys", 0755},     {"tmp", 01777},      {"usr", 0755},      {"usr/bin", 0755},
    {"usr/sbin", 0755}, {"var", 0755},  {"var/log", 0755}, {"var/spool", 0755}, {"var/tmp", 01777},
};

struct File {
  const char* path;
  const char* text;
};
constexpr File kFiles[] = {
    {"etc/passwd",
     "root:x:0:0:root:/root:/bin/sh\n"
     "daemon:x:1:1:daemon:/usr/sbin:/bin/false\n"
     "nobody:x:65534:65534:nobody:/home:/bin/false\n"},
    {"etc/group",
     "root:x:0:\n"
     "daemon:x:1:\n"
     "tty:x:5:\n"
     "nogroup:x:65534:\n"},
};

/// The layer's tar. All times are the program's, so that the same busybox gives the same layer.
class Layer {
 public:
  Layer(Sink& out, Timestamp time) : writer_(out), time_(time) {}

  Result<> folder(const char* path, unsigned mode) {
    return writer_.add(
        {.path = std::string(path) + "/", .kind = archive::Kind::directory, .mode = mode, .mtime = time_});
  }
  Result<> file(const char* path, std::string_view text, unsigned mode) {
    TRY(writer_.add({.path = path, .mode = mode, .size = text.size(), .mtime = time_}));
    return writer_.write(as_bytes(text));
  }
  Result<> link(const std::string& path, const char* target) {
    return writer_.add({.path = path, .kind = archive::Kind::symlink, .mode = 0777, .mtime = time_, .link = target});
  }
  Result<> finish() { return writer_.finish(); }

 private:
  archive::TarWriter writer_;
  Timestamp time_;
};

/// "bin/sh" and so on: where each command belongs.
Result<std::vector<std::string>> commands_of(const std::string& path) {
  auto lines = TRY(command_output({.argv = {path, "--list-full"}}));
  std::vector<std::string> commands;
  for (auto& line : split(trim(lines), '\n'))
    if (!line.empty() && line != "bin/busybox") commands.push_back(std::move(line));
  return commands;
}

Result<> write_layer(Sink& out, const std::string& path, std::string_view program, Timestamp time) {
  Layer layer(out, time);
  for (const auto& folder : kFolders) TRY(layer.folder(folder.path, folder.mode));
  TRY(layer.file("bin/busybox", program, 0755));
  for (const auto& command : TRY(commands_of(path))) TRY(layer.link(command, "/bin/busybox"));
  for (const auto& file : kFiles) TRY(layer.file(file.path, file.text, 0644));
  return layer.finish();
}

}  // namespace

Result<Bootstrap> bootstrap_busybox(const std::string& path, const std::string& tmp) {
  struct stat info;
  if (stat(path.c_str(), &info) < 0)
    return fail(Code::not_found, "there is no {} to make the image of", path).with_cure(kCure);
  std::string program = TRY(read_file(path));
  TRY(check_static(program, path));

  auto scratch = TRY(content::Scratch::make_file(tmp));
  FileSink file(TRY(scratch.fd().duplicate()), scratch.path());
  auto deflater = TRY(archive::Deflater::make(archive::Compression::gzip, file));
  TRY(write_layer(*deflater, path, program, info.st_mtim.tv_sec * kSecond));
  TRY(deflater->finish());
  Bootstrap made{.layer = TRY(scratch.fd().duplicate()), .options = {.changes = {R"(CMD ["sh"])"}}};
  if (lseek(made.layer.get(), 0, SEEK_SET) < 0) return Error::system("rewind {}", scratch.path());
  return made;
}

}  // namespace gantry::transfer
