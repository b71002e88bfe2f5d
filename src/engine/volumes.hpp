#pragma once

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/json_options.hpp"

#include <boost/describe/class.hpp>

#include <map>
#include <string>
#include <vector>

namespace gantry::engine {

/// A volume's description, as <root>/volumes/<name>/volume.json has it.
struct Volume {
  std::string name;
  std::string driver = "local";
  std::map<std::string, std::string> options;  ///< "type", "device", "o", as docker's local driver has them
  std::map<std::string, std::string> labels;
  Timestamp created = 0;
  bool anonymous = false;  ///< made for one container, with which it goes

  bool operator==(const Volume&) const = default;
};
BOOST_DESCRIBE_STRUCT(Volume, (), (name, driver, options, labels, created, anonymous))

/// The local driver's volumes: a folder each, with the description beside the data. Made and removed in one step; what
/// a killed process left half done is in the store's tmp and swept from there. A volume with the options `type` or
/// `device` is a mount, made on the data's folder when it is used first.
class Volumes {
 public:
  /// `root` is the store's.
  explicit Volumes(const std::string& root) : folder_(root + "/volumes"), tmp_(root + "/tmp") {}

  /// Code::exists when there is one of that name. Code::invalid for a bad name or option.
  Result<> create(const Volume& volume) const;
  /// Code::not_found.
  Result<Volume> get(const std::string& name) const;
  bool has(const std::string& name) const;
  /// The volume whose name is `given` or begins with it; Code::not_found, Code::invalid when ambiguous.
  Result<Volume> find(const std::string& given) const;
  /// By name.
  Result<std::vector<Volume>> list() const;
  /// With its data; not what is mounted there. A missing one is fine.
  Result<> remove(const std::string& name) const;

  std::string data(const std::string& name) const { return folder_ + "/" + name + "/_data"; }
  /// Where its files are: `data`, mounted if need be, or the folder that it stands for.
  Result<std::string> use(const Volume& volume) const;
  bool is_mounted(const std::string& name) const;
  Result<> unmount(const std::string& name) const;

  /// Held while a container is made that uses volumes, so that none of them goes meanwhile; and its other side.
  Result<Lock> keep() const;
  Result<Lock> keep_alone() const;

 private:
  Result<Lock> lock(Lock::Mode mode) const;
  std::string folder_;
  std::string tmp_;
};

}  // namespace gantry::engine
