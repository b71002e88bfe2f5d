#include "registry/storage.hpp"

#include "base/file.hpp"

namespace gantry::registry {

Result<Storage> Storage::open(const std::string& root) {
  auto blobs = TRY(content::Blobs::create(root));
  const std::string uploads = root + "/uploads";
  TRY(make_folders(uploads, 0700));
  auto metadata = TRY(Metadata::open(root + "/registry.db"));
  return Storage{std::move(blobs), std::move(metadata), std::make_unique<Uploads>(uploads)};
}

}  // namespace gantry::registry
