#pragma once

#include "oci/image_spec.hpp"
#include "store/store.hpp"
#include "transfer/origin.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gantry::edit {

/// An index of images for several platforms that the store has under a name. What it lists is in the store too, but
/// only what is pulled or loaded is unpacked.
struct ImageList {
  std::string name;       ///< canonical
  oci::Descriptor entry;  ///< of the index, as index.json has it
  oci::Index index;
};

/// The list of that name. Code::not_found when there is none; Code::invalid when an image has the name.
Result<ImageList> find_list(const store::Store& store, const std::string& name);

/// Makes an empty list. Code::exists when the name is taken, unless it is by a list and may be `amended`: then that
/// one.
Result<ImageList> create_list(const store::Store& store, const std::string& name, bool amend);

/// What is to become different in a list. The change is one step: nobody sees half of it, and of several at the same
/// time none is lost. Returns the digest of the new index.
using ListChange = std::function<Result<>(oci::Index& index)>;
Result<oci::Digest> change_list(const store::Store& store, const std::string& name, const ListChange& change);

/// Brings an image into the store, if it is not there, and describes it for a list: an image alone by the platform that
/// its config names. Of an index it is the image for `platform`, or with `all` every one.
Result<std::vector<oci::Descriptor>> take_for_list(const store::Store& store, const transfer::Origin& origin,
                                                   const transfer::Listed& image,
                                                   const std::optional<oci::Platform>& platform, bool all);

/// Takes the list out of the store; its images stay as long as something else lists them.
Result<> remove_list(const store::Store& store, const std::string& name);

}  // namespace gantry::edit
