#pragma once

#include "base/clock.hpp"
#include "edit/new_layer.hpp"
#include "oci/image_spec.hpp"
#include "transfer/origin.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gantry::edit {

/// A layer of a draft: in the image that it came from, or new.
struct DraftLayer {
  oci::Descriptor descriptor;
  oci::Digest diff_id;
  const transfer::Origin* origin = nullptr;  ///< null: it is new
  std::shared_ptr<const Fd> file = {};       ///< of a new one
};

/// An image for one platform that is being changed. Layers that are not touched stay where they are: their bytes are
/// read when the result is copied to somewhere that lacks them.
struct Draft {
  std::string label;               ///< for errors: a name, or a digest
  oci::Descriptor original;        ///< of the manifest that it was
  oci::Manifest manifest;          ///< `config` and `layers` are made at the end
  oci::ImageConfig config;         ///< `rootfs` is made at the end
  std::vector<DraftLayer> layers;  ///< the base first
};

/// The image for `platform` (default: this machine). The origin outlives the draft and what is made of it.
Result<Draft> open_draft(const transfer::Origin& origin, const transfer::Listed& image,
                         const std::optional<oci::Platform>& platform);

/// An image without a layer, for `platform` (default: this machine).
Draft empty_draft(const std::optional<oci::Platform>& platform);

/// What an image's history says of an edit.
struct Note {
  bool wanted = true;  ///< false: the history and the time of the image stay as they are
  Timestamp time = 0;
  std::string author;
  std::string created_by;
  std::string comment;
};
/// Adds to the history that the image was changed, and sets its time. `for_layer`: by the layer that is added next.
void add_note(Draft& draft, const Note& note, bool for_layer);
/// Other tools want a history to have an entry for every layer: where it lacks some, they are added without a text.
void complete_history(Draft& draft);

/// Puts a layer on top.
void add_layer(Draft& draft, NewLayer layer, const Note& note);

/// The changed image, as an origin that has it alone. An image of Docker's kind stays one unless it has got what that
/// kind cannot have: annotations, or layers compressed with zstd. `names` are canonical references.
Result<std::unique_ptr<transfer::Origin>> finish(Draft draft, std::vector<std::string> names);

}  // namespace gantry::edit
