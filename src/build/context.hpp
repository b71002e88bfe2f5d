#pragma once

#include "build/file_digests.hpp"
#include "build/graph.hpp"
#include "dockerfile/ignore.hpp"

#include <memory>
#include <optional>
#include <string>

namespace gantry::build {

/// A folder that the user gives to the build. Whatever links in it say, nothing outside of it is read.
class Context {
 public:
  /// `ignored`: what it is to be taken for lacking. `memory` is a folder for what is known of its files.
  static Result<Context> open(const std::string& path, dockerfile::IgnoreRules ignored, const std::string& memory);

  const Fd& root() const { return root_; }
  const dockerfile::IgnoreRules& ignored() const { return *ignored_; }

  /// A digest of what matches of sources hold: names, kinds, permissions and contents; not owners and times.
  Result<std::string> digest(const std::vector<SourceMatch>& matches);
  /// How much of what was digested is known by on this machine alone.
  std::size_t local() const { return digests_.local(); }
  Result<> save() { return digests_.save(); }

 private:
  Context(Fd root, dockerfile::IgnoreRules ignored, FileDigests digests)
      : root_(std::move(root)),
        ignored_(std::make_unique<dockerfile::IgnoreRules>(std::move(ignored))),
        digests_(std::move(digests)) {}

  Fd root_;
  std::unique_ptr<dockerfile::IgnoreRules> ignored_;  ///< stays where it is when the context moves
  FileDigests digests_;
};

}  // namespace gantry::build
