#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

#include <functional>
#include <string>
#include <vector>

namespace gantry::engine {

/// Images or containers whose files are mounted on the host. Each has a folder by its id. The folder is also the
/// record: as long as it is there the tree stays, also when its mount is in another mount namespace than ours. `what`
/// is what an error calls it: "image 'busybox'".
class HostMounts {
 public:
  explicit HostMounts(std::string folder) : folder_(std::move(folder)) {}

  std::vector<std::string> ids() const;
  std::string path(const std::string& id) const { return folder_ + "/" + id; }
  bool has(const std::string& id) const;

  /// Its path; one that is mounted stays as it is. `tree` gives a detached mount.
  Result<std::string> mount(const std::string& id, const std::string& what,
                            const std::function<Result<Fd>()>& tree) const;
  /// Code::not_found when it is not mounted, Code::busy when somebody is in it; with `force` it goes when they leave.
  Result<> unmount(const std::string& id, const std::string& what, bool force) const;

 private:
  std::string folder_;
};

}  // namespace gantry::engine
