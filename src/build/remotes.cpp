#include "build/remotes.hpp"

#include "base/file.hpp"
#include "base/pump.hpp"
#include "base/text.hpp"
#include "build/git_source.hpp"
#include "build/unpack.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace gantry::build {

namespace {

bool is_url(std::string_view name) { return name.starts_with("http://") || name.starts_with("https://"); }

/// What a downloaded file is called; empty: the URL does not say.
std::string name_of(std::string_view url) {
  const std::string_view path = cut(cut(url, '#').before, '?').before;
  const auto scheme = path.find("://");
  const std::string_view behind = path.substr(scheme + 3);
  const auto slash = behind.rfind('/');
  if (slash == behind.npos) return {};
  const std::string name(behind.substr(slash + 1));
  return name == "." || name == ".." ? std::string() : name;
}

Result<> copy_input(const Fd& input, const std::string& path) {
  FileSource source(TRY(input.duplicate()), "standard input");
  FileSink sink(TRY(open_file(path, O_WRONLY | O_CREAT | O_EXCL, 0600)), path);
  return pump(source, sink);
}

}  // namespace

bool is_remote(std::string_view name) { return is_url(name) || parse_git_source(name).has_value(); }

Result<std::string> Remotes::make_folder() {
  folders_.push_back(TRY(content::Scratch::make_folder(tmp_)));
  return folders_.back().path();
}

Result<> Remotes::download(const std::string& url, const std::string& checksum, const std::string& path) {
  const std::string digest = TRY(downloads_.get(url, checksum, path));
  materials_.push_back({.uri = url, .digest = {{"sha256", std::string(cut(digest, ':').after)}}});
  return {};
}

Result<RemoteFiles> Remotes::get(const RemoteSource& source) {
  const std::string key = fmt::format("{} {} {}", source.keeps_git_dir, source.checksum, source.name);
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  RemoteFiles files;
  if (parse_git_source(source.name)) {
    files = TRY(get_git(source));
  } else {
    const std::string name = name_of(source.name);
    if (name.empty())
      return fail(Code::invalid, "{} does not say what its file is called", source.name)
          .with_cure("name the file as the target, and end the URL with a name");
    files = {.folder = TRY(make_folder()), .path = name};
    TRY(download(source.name, source.checksum, files.folder + "/" + name));
  }
  known_.emplace(key, files);
  return files;
}

Result<RemoteFiles> Remotes::get_git(const RemoteSource& source) {
  const auto git = *parse_git_source(source.name);
  RemoteFiles files{.folder = TRY(make_folder()), .path = "/" + git.folder, .is_git = true};
  if (chmod(files.folder.c_str(), 0755) < 0) return Error::system("change the mode of {}", files.folder);
  const mode_t old = umask(022);  // a part of what is checked out
  auto done = check_out(git, {.commit = source.checksum, .keeps_history = source.keeps_git_dir}, files.folder);
  umask(old);
  materials_.push_back({.uri = "git+" + source.name, .digest = {{"gitCommit", TRY(std::move(done))}}});
  return files;
}

Result<RemoteFiles> Remotes::get_context(const std::string& name) {
  if (parse_git_source(name)) return get({.name = name});
  const std::string folder = TRY(make_folder());
  TRY(download(name, "", folder + "/download"));
  return with_context(opened(folder, folder + "/download"), "{}", name);
}

Result<RemoteFiles> Remotes::take_input(const Fd& input) {
  const std::string folder = TRY(make_folder());
  TRY(copy_input(input, folder + "/input"));
  return with_context(opened(folder, folder + "/input"), "standard input");
}

Result<RemoteFiles> Remotes::opened(const std::string& folder, const std::string& file) {
  const std::string content = folder + "/context";
  TRY(make_folders(content));
  const Fd packed = TRY(open_file(file, O_RDONLY));
  if (TRY(is_archive(packed))) TRY(unpack_archive(packed, TRY(open_folder(content))));
  else if (rename(file.c_str(), (content + "/Dockerfile").c_str()) < 0) return Error::system("take the Dockerfile");
  return RemoteFiles{.folder = content, .path = "/"};
}

}  // namespace gantry::build
