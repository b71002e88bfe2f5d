#pragma once

#include "dns/directory.hpp"
#include "dns/poller.hpp"

#include <functional>
#include <map>
#include <string>

namespace gantry::dns {

/// Keeps a Directory like the files of zone.hpp, by inotify(7).
class Files {
 public:
  static Result<Files> open(const std::string& folder);

  const Fd& fd() const { return inotify_; }
  /// Takes in what has changed. Called before every query, so that no answer is older than the question.
  void refresh(Directory& directory);
  /// Networks whose zone has come or changed since the last call.
  std::vector<std::string> take_changed() { return std::exchange(changed_, {}); }

 private:
  Files(Fd inotify, std::string folder) : inotify_(std::move(inotify)), folder_(std::move(folder)) {}
  void load_all(Directory& directory);
  void load_network(Directory& directory, const std::string& network);
  void load_file(Directory& directory, const std::string& network, const std::string& name);

  Fd inotify_;
  std::string folder_;
  bool fresh_ = true;
  std::map<int, std::string> networks_;  ///< by watch
  std::vector<std::string> changed_;
};

}  // namespace gantry::dns
