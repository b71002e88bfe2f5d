#pragma once

#include "base/fd.hpp"
#include "oci/digest.hpp"

#include <string>
#include <string_view>

namespace gantry::distribution {

/// Where the upload of a blob goes on, for a later process too: a file that holds the URL which the registry gave, and
/// is locked as long as this is there. URLs of uploads can hold secrets, so nobody else may read it. That it cannot be
/// written is no reason not to push: then nothing is remembered.
class UploadNote {
 public:
  /// Remembers nothing.
  UploadNote() = default;
  /// In `folder`, made when it is missing, for the blob `digest` on its way to the repository `label`. While another
  /// process uploads the same, nothing is found and nothing remembered. What is older than registries keep uploads for,
  /// a week, goes.
  static UploadNote open(const std::string& folder, std::string_view label, const oci::Digest& digest);

  UploadNote(UploadNote&&) = default;
  UploadNote& operator=(UploadNote&& other) noexcept;
  /// What says nothing goes.
  ~UploadNote();

  /// Empty: none is known.
  const std::string& location() const { return location_; }
  void keep(const std::string& location);
  void forget();

 private:
  UploadNote(Fd file, std::string path, std::string location)
      : file_(std::move(file)), path_(std::move(path)), location_(std::move(location)) {}

  Fd file_;  ///< invalid: nothing is remembered
  std::string path_;
  std::string location_;
};

}  // namespace gantry::distribution
