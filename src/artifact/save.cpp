#include "archive/extract.hpp"
#include "archive/layer_path.hpp"
#include "artifact/artifact.hpp"
#include "base/file.hpp"
#include "base/id.hpp"
#include "linux/path.hpp"
#include "transfer/checked_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gantry::artifact {

namespace {

/// A new file beside where it is to be, gone unless it gets its name.
class NewFile {
 public:
  static Result<NewFile> make(linux::Place place) {
    std::string name = ".gantry-" + random_hex(8);
    Fd fd = TRY(open_at(place.folder.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644));
    return NewFile(std::move(place), std::move(name), std::move(fd));
  }
  NewFile(NewFile&& other) noexcept = default;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile() {
    if (fd_ && !is_named_) unlinkat(place_.folder.get(), name_.c_str(), 0);
  }

  Result<> write(Source& source) {
    std::vector<std::byte> buffer(256u << 10);
    while (std::size_t got = TRY(source.read(buffer)))
      TRY(write_all(fd_, as_text(Bytes(buffer).first(got)), place_.name));
    return {};
  }

  Result<> publish(bool keep_old) {
    const unsigned flags = keep_old ? RENAME_NOREPLACE : 0;
    if (renameat2(place_.folder.get(), name_.c_str(), place_.folder.get(), place_.name.c_str(), flags) < 0)
      return Error::system("cannot write {}", place_.name);
    is_named_ = true;
    return {};
  }

 private:
  NewFile(linux::Place place, std::string name, Fd fd)
      : place_(std::move(place)), name_(std::move(name)), fd_(std::move(fd)) {}

  linux::Place place_;
  std::string name_;
  Fd fd_;
  bool is_named_ = false;
};

/// Reads what the one who unpacks a tar has left, so that its digest is known.
Result<> read_rest(Source& source) {
  std::vector<std::byte> buffer(64u << 10);
  while (TRY(source.read(buffer)) > 0) {
  }
  return {};
}

/// A folder beside where it is to be, gone unless it gets its name.
class NewFolder {
 public:
  static Result<NewFolder> make(linux::Place place) {
    NewFolder made(std::move(place), ".gantry-" + random_hex(8));
    if (mkdirat(made.place_.folder.get(), made.name_.c_str(), 0755) < 0)
      return Error::system("cannot make a folder beside {}", made.place_.name);
    made.fd_ = TRY(open_at(made.place_.folder.get(), made.name_, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    return made;
  }
  NewFolder(NewFolder&& other) noexcept = default;
  NewFolder& operator=(NewFolder&&) = delete;
  ~NewFolder() {
    if (fd_) best_effort(remove_tree_at(place_.folder.get(), name_));
  }

  const Fd& fd() const { return fd_; }

  /// Gives its name to what is at `inner` in it, or to itself where that is no folder.
  Result<> publish(const std::string& inner) {
    auto found = linux::open_beneath(fd_, inner, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    const std::string from = found ? name_ + "/" + inner : name_;
    if (renameat2(place_.folder.get(), from.c_str(), place_.folder.get(), place_.name.c_str(), RENAME_NOREPLACE) < 0)
      return Error::system("cannot make the folder {}", place_.name);
    return {};
  }

 private:
  NewFolder(linux::Place place, std::string name) : place_(std::move(place)), name_(std::move(name)) {}

  linux::Place place_;
  std::string name_;
  Fd fd_;
};

/// oras packs a folder with its own name before each path.
Result<> save_folder(Source& packed, const std::string& title, linux::Place place) {
  auto folder = TRY(NewFolder::make(std::move(place)));
  archive::Inflater inflated(packed);
  TRY(archive::extract(
      inflated, folder.fd(),
      {.whiteouts = archive::Whiteouts::apply, .ignore_owner = true, .ignore_devices = true, .xattrs = false}));
  TRY(read_rest(packed));
  return folder.publish(title);
}

Result<std::string> save_layer(const transfer::Origin& origin, const oci::Descriptor& layer, const Fd& output,
                               const SaveOptions& options) {
  const std::string& given = layer.annotations.at(kTitle);
  std::string title = TRY(archive::clean_entry_path(given));
  if (title.empty() || given.contains('\0')) return fail(Code::invalid, "'{}' is no name for a file", given);
  auto unpack = layer.annotations.find(kUnpack);
  const bool is_folder = unpack != layer.annotations.end() && unpack->second == "true";
  const bool is_there = linux::open_in_root(output, title, O_PATH | O_NOFOLLOW).has_value();
  if (is_there && is_folder)
    return fail(Code::exists, "the folder {} is there already", title)
        .with_cure("remove it, or choose another --output");
  if (is_there && options.keep_old_files)
    return fail(Code::exists, "{} is there already", title).with_cure("leave out --keep-old-files");
  auto place = TRY(linux::place_in_root(output, title));
  transfer::CheckedSource source(TRY(origin.open(layer)), layer.digest, "blob " + layer.digest.text());
  if (is_folder) {
    TRY(save_folder(source, title, std::move(place)));
    return title;
  }
  auto file = TRY(NewFile::make(std::move(place)));
  TRY(file.write(source));
  TRY(file.publish(options.keep_old_files));
  return title;
}

}  // namespace

Result<std::vector<std::string>> save(const transfer::Origin& origin, const oci::Manifest& manifest, const Fd& output,
                                      const SaveOptions& options) {
  std::vector<std::string> names;
  for (const auto& layer : manifest.layers)
    if (layer.annotations.contains(kTitle))
      names.push_back(TRY(with_context(save_layer(origin, layer, output, options), "{}", origin.name())));
  return names;
}

}  // namespace gantry::artifact
