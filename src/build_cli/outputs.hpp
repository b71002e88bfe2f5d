#pragma once

#include "build/job.hpp"
#include "options/globals.hpp"
#include "store/store.hpp"

#include <string>
#include <vector>

namespace gantry::build_cli {

/// One --output.
struct Output {
  enum class Type { image, local, tar, oci, docker, registry };
  Type type = Type::image;
  std::string path;                ///< "-": standard output; of an image: nothing
  std::vector<std::string> names;  ///< of an image, besides -t
  bool pushes = false;             ///< the image goes to its registry, too
};

/// None at all is an image. Code::invalid names the word.
Result<std::vector<Output>> read_outputs(const std::vector<std::string>& words);
/// Whether the store lists the result.
bool lists_image(const std::vector<Output>& outputs);

struct Delivery {
  const store::Store& store;
  const build::Built& built;
  const std::vector<std::string>& names;  ///< canonical, of -t
  const options::Globals& globals;
  const options::Folders& folders;
};
/// Brings the result to where it shall go.
Result<> deliver_outputs(const Delivery& delivery, const std::vector<Output>& outputs);

/// Where the files of image number `number` go in a folder: of several platforms a folder each, as BuildKit names them.
std::string folder_of(const Delivery& delivery, const std::string& path, std::size_t number);
/// The names of an image, those of the output included.
std::vector<std::string> all_names(const Delivery& delivery, const Output& output);

/// --metadata-file: the members that docker buildx writes.
Result<> write_metadata(const std::string& path, const build::Built& built, const std::vector<std::string>& names);

}  // namespace gantry::build_cli
