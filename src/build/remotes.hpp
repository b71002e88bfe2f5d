#pragma once

#include "build/downloads.hpp"
#include "build/material.hpp"
#include "content/scratch.hpp"
#include "store/store.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::build {

/// What ADD or a context names that is elsewhere.
struct RemoteSource {
  std::string name;  ///< a URL, or what parse_git_source() knows
  std::string checksum = {};
  bool keeps_git_dir = false;
};

/// Where it is now.
struct RemoteFiles {
  std::string folder;  ///< the root that nothing leads out of
  std::string path;    ///< in it: a file, or the folder that is meant; "/" for all
  bool is_git = false;
};

/// Whether a name is that of something that has to be fetched.
bool is_remote(std::string_view name);

/// Fetches what a build takes from elsewhere into folders that live as long as this does. The same is fetched once.
class Remotes {
 public:
  Remotes(const store::Store& store, FetchFile fetch)
      : tmp_(store.root() + "/tmp"), downloads_(store.root() + "/downloads", std::move(fetch)) {}

  /// A file has the name that the URL ends with.
  Result<RemoteFiles> get(const RemoteSource& source);
  /// A context: a repository, an archive's content, or a Dockerfile alone, which is then the file "Dockerfile".
  Result<RemoteFiles> get_context(const std::string& name);
  /// The same of what standard input has.
  Result<RemoteFiles> take_input(const Fd& input);

  /// All that was fetched.
  const std::vector<Material>& materials() const { return materials_; }

 private:
  Result<std::string> make_folder();
  Result<> download(const std::string& url, const std::string& checksum, const std::string& path);
  Result<RemoteFiles> get_git(const RemoteSource& source);
  Result<RemoteFiles> opened(const std::string& folder, const std::string& file);

  std::string tmp_;
  Downloads downloads_;
  std::vector<content::Scratch> folders_;
  std::map<std::string, RemoteFiles> known_;
  std::vector<Material> materials_;
};

}  // namespace gantry::build
