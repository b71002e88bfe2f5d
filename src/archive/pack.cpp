#include "archive/pack.hpp"

#include "archive/node_packer.hpp"

namespace gantry::archive {

Result<> pack(const Fd& root, Sink& out, const PackOptions& options) {
  NodePacker packer(out, options);
  TRY(packer.add_content(root, ""));
  return packer.finish();
}

}  // namespace gantry::archive
