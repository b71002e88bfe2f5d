#include "engine/host_root.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace gantry::engine {

namespace {

/// Links into /usr on a merged system (hier(7) of today), folders of their own on others.
constexpr const char* kUsrFolders[] = {"bin", "sbin", "lib", "lib32", "lib64", "libx32"};

struct Folder {
  const char* path;
  mode_t mode;
};
constexpr Folder kFolders[] = {{"dev", 0755},     {"etc", 0755},     {"etc/ssl", 0755}, {"home", 0755},
                               {"media", 0755},   {"mnt", 0755},     {"opt", 0755},     {"proc", 0555},
                               {"root", 0700},    {"run", 0755},     {"srv", 0755},     {"sys", 0555},
                               {"tmp", 01777},    {"usr", 0755},     {"var", 0755},     {"var/cache", 0755},
                               {"var/lib", 0755}, {"var/log", 0755}, {"var/tmp", 01777}};

/// No secrets among them: /etc/ssl/private, for one, stays outside.
constexpr const char* kEtcFiles[] = {"/etc/alternatives",  "/etc/ca-certificates", "/etc/ld.so.cache",
                                     "/etc/nsswitch.conf", "/etc/protocols",       "/etc/services",
                                     "/etc/ssl/certs",     "/etc/ssl/openssl.cnf"};

struct RootFile {
  const char* path;
  const char* text;
};
constexpr RootFile kFiles[] = {{"etc/passwd",
                                "root:x:0:0:root:/root:/bin/sh\n"
                                "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"},
                               {"etc/group", "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n"}};

bool is_link(const std::string& path) {
  struct stat info;
  return lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
}

bool is_folder(const std::string& path) {
  struct stat info;
  return lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Result<> make_folder(int root, const char* path, mode_t mode) {
  // Two steps, as mkdir(2) obeys the umask.
  if (mkdirat(root, path, mode) < 0 && errno != EEXIST) return Error::system("create folder {}", path);
  if (fchmodat(root, path, mode, 0) < 0) return Error::system("set the mode of {}", path);
  return {};
}

Result<> copy_link(int root, const char* name) {
  const std::string path = std::string("/") + name;
  if (is_folder(path)) return make_folder(root, name, 0755);  // host_root_mounts() fills it
  if (!is_link(path)) return {};
  const std::string target = TRY(read_link(path));
  if (symlinkat(target.c_str(), root, name) < 0) return Error::system("make link {}", name);
  return {};
}

}  // namespace

Result<> make_host_root(const std::string& folder) {
  Fd root = TRY(open_folder(folder));
  for (const Folder& made : kFolders) TRY(make_folder(root.get(), made.path, made.mode));
  for (const char* name : kUsrFolders) TRY(copy_link(root.get(), name));
  for (const RootFile& file : kFiles) {
    Fd made = TRY(open_at(root.get(), file.path, O_WRONLY | O_CREAT | O_EXCL, 0644));
    TRY(write_all(made, file.text, file.path));
  }
  return {};
}

std::vector<Mount> host_root_mounts() {
  std::vector<Mount> mounts;
  auto add = [&](const std::string& path) {
    mounts.push_back({"bind", path, path, {"rbind", "rprivate", "nodev", "rro"}});
  };
  add("/usr");
  for (const char* name : kUsrFolders)
    if (const std::string path = std::string("/") + name; is_folder(path)) add(path);
  for (const char* path : kEtcFiles)
    if (path_exists(path) && !is_link(path)) add(path);
  return mounts;
}

}  // namespace gantry::engine
