#pragma once

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/json_options.hpp"

#include <boost/describe/class.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::secrets {

/// A secret without what it holds, as <root>/secrets/<id>.json has it.
struct Secret {
  std::string id;  ///< 25 figures
  std::string name;
  std::string driver = "file";                 ///< "file" or "pass"
  std::map<std::string, std::string> options;  ///< of pass: "prefix", folder in its store
  std::map<std::string, std::string> labels;
  Timestamp created = 0;
  Timestamp updated = 0;
  std::string sealed;  ///< of file: base64

  bool operator==(const Secret&) const = default;
};
BOOST_DESCRIBE_STRUCT(Secret, (), (id, name, driver, options, labels, created, updated, sealed))

/// As podman has it.
inline constexpr std::size_t kMostBytes = 512'000;

/// The secrets of a root. The driver file keeps them sealed: a copy of the folder without its key tells nothing. The
/// driver pass gives them to pass(1).
class Secrets {
 public:
  /// The key is <root>/secrets/key, or the file that $GANTRY_SECRETS_KEY names.
  explicit Secrets(const std::string& root);

  /// The id. Code::exists when the name is taken, unless it is to be replaced: then the secret keeps its id.
  Result<std::string> create(Secret secret, std::string_view data, bool replace) const;
  /// By name, id or unique prefix of the id. Code::not_found, Code::invalid when ambiguous.
  Result<Secret> find(const std::string& given) const;
  /// By name.
  Result<std::vector<Secret>> list() const;
  Result<std::string> data(const Secret& secret) const;
  Result<> remove(const Secret& secret) const;

 private:
  Result<std::vector<Secret>> all() const;
  std::string path(const std::string& id) const { return folder_ + "/" + id + ".json"; }

  std::string folder_;
  std::string key_;
};

}  // namespace gantry::secrets
