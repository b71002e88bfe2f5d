#include "base/file.hpp"
#include "runtime/bundle.hpp"
#include "runtime/copy_up.hpp"
#include "runtime/mount_job.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::runtime {

namespace {

Result<> copy_owner_and_mode(const Fd& from, const Fd& to) {
  struct stat info;
  if (fstat(from.get(), &info) < 0) return Error::system("look at the image's folder");
  if (fchown(to.get(), info.st_uid, info.st_gid) < 0) return Error::system("set its owner");
  if (fchmod(to.get(), info.st_mode & 07777) < 0) return Error::system("set its mode");
  return {};
}

}  // namespace

Result<> fill_from_covered(const MountJob& job) {
  auto covered = linux::open_in_root(job.rootfs.root, job.mount.destination, O_RDONLY | O_DIRECTORY);
  if (!covered) return {};  // nothing is there, or a file
  // Not by a mount that is made here: that may be read-only.
  const std::string source = in_bundle(job.request.bundle, job.mount.source);
  const Fd& tree = job.prepared.tree;
  const Fd folder = tree.valid() ? TRY(open_at(tree.get(), ".", O_RDONLY | O_DIRECTORY))
                                 : TRY(open_file(source, O_RDONLY | O_DIRECTORY));
  // Containers that start at the same time fill it once. The lock ends with the descriptor.
  while (flock(folder.get(), LOCK_EX) < 0)
    if (errno != EINTR) return Error::system("lock {}", job.mount.source);
  if (!TRY(list_folder_at(folder.get(), ".")).empty()) return {};
  TRY(copy_tree(*covered, folder));
  return copy_owner_and_mode(*covered, folder);
}

}  // namespace gantry::runtime
