#include "store/trees.hpp"

#include "base/file.hpp"
#include "content/claim.hpp"
#include "linux/btrfs.hpp"
#include "store/apply_layer.hpp"
#include "store/chain.hpp"
#include "store/mapped.hpp"

#include <fcntl.h>

namespace gantry::store {

std::string Trees::folder(const oci::Digest& chain) const { return root_ + "/trees/" + chain.hex(); }

Result<> Trees::make_one(const oci::Digest& chain, const std::string& below, const std::string& layer) const {
  const std::string tmp = root_ + "/tmp";
  // Others who want the same wait for it instead of making it too.
  const auto claim = TRY(content::Claim::take(tmp, "tree-" + chain.hex()));
  if (is_whole(chain)) return {};
  auto scratch = TRY(content::Scratch::make_folder(tmp));
  const std::string made = scratch.path() + "/root";
  TRY(below.empty() ? linux::make_subvolume(made) : linux::make_snapshot(below, made));
  TRY(apply_layer(layer, TRY(open_file(made, O_RDONLY | O_DIRECTORY))));
  return scratch.publish(folder(chain));
}

Result<std::string> Trees::make(const Layers& layers, std::span<const oci::Digest> stack) const {
  TRY(make_folders(root_ + "/trees", 0700));
  const auto chain = chain_ids(stack);
  std::string below;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if (!is_whole(chain[i]))
      TRY(with_context(make_one(chain[i], below, layers.path(stack[i])), "put layer {} over those below it",
                       stack[i].text()));
    below = path(chain[i]);
  }
  return below;
}

Result<std::vector<oci::Digest>> Trees::list() const {
  std::vector<oci::Digest> chains;
  const std::string folder = root_ + "/trees";
  if (!path_exists(folder)) return chains;
  for (const auto& name : TRY(list_folder(folder)))
    if (auto chain = oci::Digest::from_hex(oci::Algorithm::sha256, name)) chains.push_back(std::move(*chain));
  return chains;
}

Result<> Trees::remove(const oci::Digest& chain) const {
  const auto scratch = TRY(content::Scratch::take_folder(root_ + "/tmp", folder(chain)));
  return with_context(remove_mapped_tree(scratch.path()), "remove tree {}", chain.hex());
}

}  // namespace gantry::store
