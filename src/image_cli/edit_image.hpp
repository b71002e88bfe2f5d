#pragma once

#include "archive/compression.hpp"
#include "edit/draft.hpp"
#include "options/command.hpp"
#include "options/globals.hpp"
#include "remote/registry_access.hpp"
#include "remote/registry_options.hpp"
#include "store/store.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gantry::image_cli {

/// What the commands that change an image have in common.
struct EditOptions {
  std::optional<oci::Platform> platform;  ///< which image of an index
  std::string author;                     ///< of the note in the history
  std::string created_by;
  std::string comment;
  bool no_history = false;
  bool quiet = false;
};

inline constexpr options::Option kEditOptions[] = {
    options::option<&EditOptions::comment>(0, "history-comment", "TEXT", "Say in the history why it was changed"),
    options::option<&EditOptions::created_by>(0, "history-created-by", "TEXT", "Say in the history what changed it"),
    options::option<&EditOptions::author>(0, "history-author", "TEXT", "Say in the history who changed it"),
    options::flag<&EditOptions::no_history>(0, "no-history", "Leave the history and the time of the image alone"),
    options::option<&EditOptions::platform, oci::parse_platform>(0, "platform", "OS/ARCH[/VARIANT]",
                                                                 "Take the image for this platform out of an index"),
    options::flag<&EditOptions::quiet>('q', "quiet", "Print nothing"),
};

inline constexpr options::Choice<archive::Compression> kCompressions[] = {
    {"gzip", archive::Compression::gzip}, {"zstd", archive::Compression::zstd}, {"none", archive::Compression::none}};

/// How a new layer is compressed.
struct LayerOptions {
  archive::Compression compression = archive::Compression::gzip;
};
inline constexpr options::Option kLayerOptions[] = {
    options::option<&LayerOptions::compression, options::read_choice<kCompressions>>(
        0, "compression", "gzip|zstd|none", "Compress new layers this way; gzip by default"),
};

/// For the man pages: what the words SOURCE and DESTINATION may be.
inline constexpr options::ManSection kPlaces[] = {
    {"PLACES",
     "SOURCE is docker://NAME, oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME], dir:PATH, or an "
     "image of the store by its name alone. DESTINATION is written the same way, except for docker-archive. Without "
     "one the result takes the name that SOURCE has in the store, in its registry or in its layout; the image that "
     "had the name stays, if only without it. An index is never replaced by one of its images in that way.\n"
     "Layers that are not changed keep their bytes, and are copied only to where they are not yet."},
    {"REPRODUCIBLE IMAGES",
     "With $SOURCE_DATE_EPOCH set, in seconds since 1970, times of the image and of its history are this one, and no "
     "file in a new layer is younger, so that the same change gives the same digest whenever and wherever it is made."},
};

/// An edit at work.
struct Workplace {
  const store::Store& store;
  const remote::Registries& registries;
  std::string tmp;  ///< a folder for files without names
  edit::Note note;  ///< what the history shall say of this edit
};
using Edit = std::function<Result<>(edit::Draft&, Workplace&)>;

/// Opens the image at `source` ("scratch": one without a layer), has it changed and brings the result to `destination`
/// (empty: see kPlaces). `created_by` is what the history says when the options do not.
Result<> edit_image(const options::Globals& globals, const EditOptions& options,
                    const remote::RegistryOptions& registry, const std::string& source, const std::string& destination,
                    const std::string& created_by, const Edit& edit);

/// The destination that was given as a word or as -t; Code::invalid for both at once.
Result<std::string> one_destination(const std::string& word, const std::string& tag);

/// Brings an image to a location, the store among them, and returns the digest of its manifest.
Result<oci::Digest> deliver(const Workplace& place, const transfer::Origin& origin, const std::string& destination);

}  // namespace gantry::image_cli
