#include "erofs/test_support.hpp"

#include "archive/extract.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace gantry::erofs::test {

using namespace archive;
using namespace archive::test;

namespace {

constexpr int kCannotMount = 77;

/// Mounts an image in a mount namespace of a child's own, which looks at it and writes what it found.
int look_at_mounted(const std::string& image, const std::string& options, const std::string& point,
                    const std::string& into, const std::function<std::string(const std::string&)>& look) {
  pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0 ||
        mount(image.c_str(), point.c_str(), "erofs", MS_RDONLY, options.c_str()) < 0)
      _exit(kCannotMount);
    write_bytes(into, as_bytes(look(point)));
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// What has no entry has the time of the unpacking in a folder, and none in an image.
std::string without_times_of_making(const std::string& description) {
  std::string text;
  for (const std::string& line : split(description, '\n')) {
    auto words = split(line, ' ');
    if (words.size() > 3 && (words[3] == "0.000000000" || words[3] >= "1750000000")) words[3] = "-";
    text += join(words, " ") + "\n";
  }
  return text;
}

}  // namespace

std::string data_of(std::size_t size) {
  std::string data(size, '\0');
  std::uint32_t state = static_cast<std::uint32_t>(size);
  for (char& c : data) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return data;
}

std::string words_of(std::size_t size) {
  std::string text;
  std::uint32_t state = static_cast<std::uint32_t>(size);
  while (text.size() < size) text += fmt::format("{} ", (state = state * 1664525 + 1013904223) >> 20);
  text.resize(size);
  return text;
}

Result<Extracted> WriteLayer::write(Bytes archive) {
  MemorySource source(archive);
  image_ = TRY(open_file(image(), O_RDWR | O_CREAT | O_TRUNC, 0600));
  return write_layer(source, image_, options_);
}

void WriteLayer::must(const Members& members) {
  auto written = write(members);
  ASSERT_TRUE(written) << written.error().message();
  check_image();
}

/// fsck.erofs 1.5 does not know zstd.
void WriteLayer::check_image() {
  if (options_.compression == Algorithm::zstd) return;
  bool has_maps = options_.compression || options_.index != nullptr;
  shell(fmt::format("fsck.erofs {} {} {}", has_maps ? "--extract" : "", device_options("--", " "), flat_image()));
}

/// fsck.erofs 1.5 does not look for blocks in other files: an image that has them all.
std::string WriteLayer::flat_image() {
  if (devices_.empty()) return image();
  std::vector<DeviceSlot> slots(devices_.size());
  EXPECT_GT(pread(image_.get(), slots.data(), slots.size() * sizeof slots[0], kDevicesAt), 0);
  std::string command = fmt::format("cd {}; cp image flat", place_.path());
  for (std::size_t i = 0; i < devices_.size(); ++i)
    command += fmt::format("; dd status=none conv=notrunc bs=4096 if={} of=flat seek={}", devices_[i],
                           std::uint32_t(slots[i].place));
  shell(command);
  return place_ / "flat";
}

Code WriteLayer::refused(const Members& members) {
  auto written = write(members);
  EXPECT_FALSE(written);
  return written ? Code::failed : written.error().code();
}

void WriteLayer::same_as_extracted(Bytes archive) {
  auto written = write(archive);
  ASSERT_TRUE(written) << written.error().message();
  check_image();
  if (geteuid() != 0) GTEST_SKIP() << "only root can mount";
  shell("cd " + place_.path() + "; rm -rf root; mkdir root");
  MemorySource source(archive);
  auto root = open_folder(place_ / "root");
  auto extracted = extract(source, *root, {.user_xattr = options_.user_xattr});
  ASSERT_TRUE(extracted) << extracted.error().message();
  EXPECT_EQ(written->entries, extracted->entries);
  EXPECT_EQ(written->bytes, extracted->bytes);
  mounted_is(describe_tree(place_ / "root"), describe_tree);
}

void WriteLayer::agrees_with_extract(const Members& members) {
  auto archive = make_archive(members);
  shell("cd " + place_.path() + "; rm -rf root; mkdir root");
  MemorySource source(archive);
  auto extracted = extract(source, *open_folder(place_ / "root"), {});
  if (extracted) return same_as_extracted(archive);
  auto written = write(archive);
  EXPECT_FALSE(written) << extracted.error().message();
  if (written) return;
  EXPECT_EQ(written.error().code(), extracted.error().code()) << written.error().message() << "\n"
                                                              << extracted.error().message();
}

void WriteLayer::mounted_is(const std::string& expected, const Look& look) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can mount";
  shell("mkdir -p " + (place_ / "point"));
  int status = look_at_mounted(image(), device_options("", ","), place_ / "point", place_ / "found", look);
  if (status == kCannotMount) GTEST_SKIP() << "this kernel does not mount EROFS from a file";
  ASSERT_EQ(status, 0);
  EXPECT_EQ(without_times_of_making(read_file(place_ / "found", 64u << 20).value_or("")),
            without_times_of_making(expected));
}

std::uint64_t WriteLayer::image_size() {
  struct stat info = {};
  EXPECT_EQ(fstat(image_.get(), &info), 0);
  return static_cast<std::uint64_t>(info.st_size);
}

std::string WriteLayer::device_options(const std::string& before, const std::string& between) const {
  std::vector<std::string> options;
  for (const auto& device : devices_) options.push_back(before + "device=" + device);
  return join(options, between);
}

void WriteLayer::reads_back(const Members& members) {
  std::vector<Fd> devices;
  for (const auto& device : devices_) devices.push_back(open_file(device, O_RDONLY).take());
  auto reader = ImageReader::open(image_, devices);
  ASSERT_TRUE(reader) << reader.error().message();
  auto all = files();
  for (const Member& member : members) {
    if (member.entry.kind != Kind::file) continue;
    const FileView& view = all.at("/" + member.entry.path);
    std::string found(view.size, '?');
    auto read = reader->read(view, 0, std::as_writable_bytes(std::span(found)));
    ASSERT_TRUE(read) << member.entry.path << ": " << read.error().message();
    EXPECT_TRUE(found == member.data) << member.entry.path;
  }
}

std::map<std::string, FileView> WriteLayer::files() {
  std::map<std::string, FileView> found;
  auto reader = ImageReader::open(image_);
  EXPECT_TRUE(reader) << reader.error().message();
  if (reader) collect(*reader, "", reader->root(), reader->root(), found);
  return found;
}

void WriteLayer::collect(const ImageReader& reader, const std::string& path, std::uint64_t inode, std::uint64_t parent,
                         std::map<std::string, FileView>& found) {
  auto file = reader.file(inode);
  ASSERT_TRUE(file) << path << ": " << file.error().message();
  found.emplace(path, *file);
  if (!S_ISDIR(file->mode)) return;
  auto names = reader.names(*file, parent);
  ASSERT_TRUE(names) << path << ": " << names.error().message();
  for (const auto& name : *names) collect(reader, path + "/" + name.name, name.inode, inode, found);
}

std::string WriteLayer::text(const std::string& path) {
  auto all = files();
  auto found = all.find("/" + path);
  if (found == all.end()) return "(none)";
  std::string text(found->second.size, '?');
  auto read = ImageReader::open(image_)->read(found->second, 0, std::as_writable_bytes(std::span(text)));
  return read ? text : read.error().message();
}

bool WriteLayer::is_opaque(const std::string& path) {
  return std::ranges::count(view(path).xattrs, Xattr{"trusted.overlay.opaque", "y"}) == 1;
}

}  // namespace gantry::erofs::test
