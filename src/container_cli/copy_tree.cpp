#include "container_cli/copy_tree.hpp"

#include "archive/extract.hpp"
#include "base/file.hpp"
#include "base/stream.hpp"
#include "base/text.hpp"
#include "linux/copy_data.hpp"
#include "linux/path.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gantry::container_cli {

namespace {

std::string last_name(const std::string& path) {
  const std::string clean = linux::clean_path(path);
  return std::string(cut_last(clean, '/').after);
}

bool is_folder(const Fd& file) {
  struct stat info;
  return fstat(file.get(), &info) == 0 && S_ISDIR(info.st_mode);
}

/// Nothing when there is nothing.
Result<Fd> open_if_there(const Fd& root, const std::string& path) {
  auto found = linux::open_in_root(root, path, O_PATH);
  if (!found && found.error().code() == Code::not_found) return Fd();
  return found;
}

/// A file without a name that is as big as it has to be.
Result<Fd> open_scratch() {
  Fd file(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file) return Error::system("make a file in /tmp");
  return file;
}

Result<> copy_folder(const Fd& from, const Fd& to, const CopyOptions& options) {
  const Fd scratch = TRY(open_scratch());
  FileSink sink(TRY(scratch.duplicate()), "the copy");
  archive::PackOptions pack{.overlay = false, .max_mtime = {}, .id_maps = {}};
  pack.owner = options.owner;
  TRY(archive::pack(from, sink, pack));
  if (lseek(scratch.get(), 0, SEEK_SET) < 0) return Error::system("read the copy");
  FileSource source(TRY(scratch.duplicate()), "the copy");
  TRY(archive::extract(source, to, {.whiteouts = archive::Whiteouts::apply, .ignore_owner = geteuid() != 0}));
  return {};
}

Result<> copy_file(const Fd& from, const Fd& folder, const std::string& name, const CopyOptions& options) {
  struct stat info;
  if (fstat(from.get(), &info) < 0) return Error::system("read the file");
  if (!S_ISREG(info.st_mode)) return fail(Code::unsupported, "it is neither a file nor a folder");
  // A new file, so that neither a link there is followed nor a program that runs is written into.
  const std::string temporary = "." + name + ".gantry-copy";
  TRY(remove_tree_at(folder.get(), temporary));
  const Fd copy = TRY(open_at(folder.get(), temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  TRY(linux::copy_data(from, copy));
  const uid_t uid = options.owner ? options.owner->uid : info.st_uid;
  const gid_t gid = options.owner ? options.owner->gid : info.st_gid;
  if (geteuid() == 0 && fchown(copy.get(), uid, gid) < 0) return Error::system("give the file to {}:{}", uid, gid);
  if (fchmod(copy.get(), info.st_mode & 07777) < 0) return Error::system("set the mode of the file");
  const timespec times[2] = {info.st_atim, info.st_mtim};
  futimens(copy.get(), times);
  if (renameat(folder.get(), temporary.c_str(), folder.get(), name.c_str()) == 0) return {};
  Error error = Error::system("put the file in its place");
  unlinkat(folder.get(), temporary.c_str(), 0);
  return error;
}

/// The folder `path`, made for the copy if it is missing; what is in the way goes with `overwrite`.
Result<Fd> target_folder(const Fd& root, const std::string& path, const Fd& original, const CopyOptions& options) {
  Fd there = TRY(open_if_there(root, path));
  if (there.valid() && !is_folder(there)) {
    if (!options.overwrite)
      return fail(Code::exists, "{} is no folder", path).with_cure("give --overwrite, or another place");
    const auto place = TRY(linux::place_in_root(root, path));
    TRY(remove_tree_at(place.folder.get(), place.name));
    there.close();
  }
  if (!there.valid()) {
    const auto place = TRY(linux::place_in_root(root, path));
    struct stat info;
    if (fstat(original.get(), &info) < 0) return Error::system("read the folder");
    if (mkdirat(place.folder.get(), place.name.c_str(), 0700) < 0) return Error::system("make {}", path);
    Fd made = TRY(open_at(place.folder.get(), place.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    if (options.owner && fchown(made.get(), options.owner->uid, options.owner->gid) < 0)
      return Error::system("give {} to {}:{}", path, options.owner->uid, options.owner->gid);
    if (fchmod(made.get(), info.st_mode & 07777) < 0) return Error::system("set the mode of {}", path);
    return made;
  }
  return linux::open_in_root(root, path, O_RDONLY | O_DIRECTORY);
}

}  // namespace

Result<> copy_tree(const Fd& from_root, const CopyPlace& from, const Fd& to_root, const CopyPlace& to,
                   const CopyOptions& options) {
  const Fd original = TRY(linux::open_in_root(from_root, from.path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  const Fd there = TRY(open_if_there(to_root, to.path));
  const bool into = there.valid() && is_folder(there);
  if (to.must_be_folder && !into) return fail(Code::not_found, "{} is no folder", to.path).with_cure("make it first");
  const std::string path = into && !from.contents ? to.path + "/" + last_name(from.path) : to.path;
  if (is_folder(original)) return copy_folder(original, TRY(target_folder(to_root, path, original, options)), options);
  if (from.must_be_folder || from.contents) return fail(Code::invalid, "{} is no folder", from.path);
  const Fd found = TRY(open_if_there(to_root, path));
  const auto place = TRY(linux::place_in_root(to_root, path));
  if (found.valid() && is_folder(found)) {
    if (!options.overwrite)
      return fail(Code::exists, "{} is a folder", path).with_cure("give --overwrite, or another place");
    TRY(remove_tree_at(place.folder.get(), place.name));
  }
  return copy_file(original, place.folder, place.name, options);
}

Result<> unpack_archive(const Fd& root, const CopyPlace& to) {
  const Fd folder = TRY(linux::open_in_root(root, to.path, O_RDONLY | O_DIRECTORY));
  FileSource source(Fd(dup(0)), "standard input");
  TRY(archive::extract(source, folder, {.whiteouts = archive::Whiteouts::apply, .ignore_owner = geteuid() != 0}));
  return {};
}

}  // namespace gantry::container_cli
