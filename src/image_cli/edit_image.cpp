#include "image_cli/edit_image.hpp"

#include "base/build_time.hpp"
#include "oci/media_types.hpp"
#include "options/print.hpp"
#include "remote/locations.hpp"
#include "transfer/commands.hpp"
#include "transfer/copy.hpp"
#include "transfer/load.hpp"
#include "transfer/names.hpp"

namespace gantry::image_cli {

namespace {

using transfer::Transport;

/// An image without a layer, as in a Dockerfile.
constexpr std::string_view kScratch = "scratch";
constexpr const char* kNameIt = "name a DESTINATION";

bool is_store(const transfer::Location& location) {
  return location.transport == Transport::detect || location.transport == Transport::store;
}

/// The place of SOURCE itself, where a changed image can take over the name.
Result<std::string> own_place(const std::string& source, const transfer::Listed& image) {
  if (oci::is_index(image.root.media_type))
    return fail(Code::invalid, "{} is an index, which one changed image cannot replace", source).with_cure(kNameIt);
  transfer::Location location = transfer::parse_location(source);
  if (is_store(location)) {
    std::string name = transfer::chosen_name(image.names, location.path);
    if (name.empty()) return fail(Code::invalid, "image '{}' was not given by its name", source).with_cure(kNameIt);
    return name;
  }
  if (location.transport == Transport::docker && source.find('@') == std::string::npos) return source;
  if (location.transport == Transport::oci) {
    auto name = image.root.annotations.find(oci::kRefName);
    if (location.reference.empty() && name != image.root.annotations.end())
      return fmt::format("{}:{}", source, name->second);
    return source;
  }
  return fail(Code::invalid, "{} cannot be changed in its place", source).with_cure(kNameIt);
}

/// Canonical references; what is no destination in the store needs none.
Result<std::vector<std::string>> names_at(const std::string& destination) {
  transfer::Location location = transfer::parse_location(destination);
  if (!is_store(location)) return std::vector<std::string>();
  return std::vector{TRY(store::local_name(location.path))};
}

Result<edit::Note> note_of(const EditOptions& options, const std::string& created_by) {
  return edit::Note{.wanted = !options.no_history,
                    .time = TRY(build_time()),
                    .author = options.author,
                    .created_by = options.created_by.empty() ? created_by : options.created_by,
                    .comment = options.comment};
}

}  // namespace

Result<std::string> one_destination(const std::string& word, const std::string& tag) {
  if (!word.empty() && !tag.empty() && word != tag)
    return fail(Code::invalid, "there are two destinations, {} and {}", word, tag).with_cure("leave out one of them");
  return word.empty() ? tag : word;
}

Result<oci::Digest> deliver(const Workplace& place, const transfer::Origin& origin, const std::string& destination) {
  auto image = TRY(origin.list("")).front();
  if (is_store(transfer::parse_location(destination))) {
    // Whatever it is made for: the user has it in hand already.
    auto manifest = TRY(oci::parse_manifest(TRY(origin.document(image.root)).bytes, image.label));
    auto config = TRY(oci::parse_image_config(TRY(origin.document(manifest.config)).bytes, image.label));
    return TRY(transfer::load(place.store, origin, "", oci::normalized(oci::platform_of(config)))).front().manifest;
  }
  auto target = TRY(remote::make_target(place.store, place.registries, destination));
  return transfer::copy(origin, image, *target, {.all = true, .tmp = place.tmp});
}

Result<> edit_image(const options::Globals& globals, const EditOptions& options,
                    const remote::RegistryOptions& registry, const std::string& source, const std::string& destination,
                    const std::string& created_by, const Edit& edit) {
  // Before the user namespace of an ordinary user, in which all paths would be root's.
  auto registries = TRY(remote::Registries::load(registry));
  auto note = TRY(note_of(options, created_by));
  return transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    Workplace place{.store = store, .registries = registries, .tmp = store.root() + "/tmp", .note = note};
    remote::OpenedImage from;
    edit::Draft draft;
    if (source == kScratch) {
      if (destination.empty()) return fail(Code::invalid, "'scratch' has no place").with_cure(kNameIt);
      draft = edit::empty_draft(options.platform);
    } else {
      from = TRY(remote::open_image(store, registries, source));
      draft = TRY(edit::open_draft(*from.origin, from.image, options.platform));
    }
    std::string to = destination.empty() ? TRY(own_place(source, from.image)) : destination;
    auto names = TRY(names_at(to));
    TRY(edit(draft, place));
    auto changed = TRY(edit::finish(std::move(draft), std::move(names)));
    auto digest = TRY(deliver(place, *changed, to));
    return options.quiet ? Result<>() : options::print(digest.text() + "\n");
  });
}

}  // namespace gantry::image_cli
