#include "base/build_time.hpp"
#include "base/text.hpp"
#include "edit/insert.hpp"
#include "image_cli/commands.hpp"
#include "image_cli/edit_image.hpp"

#include <limits>

namespace gantry::image_cli {

namespace {

struct InsertArguments {
  bool opaque = false;
  bool whiteout = false;
  bool keep_owner = false;
  std::optional<archive::PackedOwner> owner;
  std::string tag;
  LayerOptions layer;
  EditOptions edit;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< SOURCE [HOSTPATH] TARGET
};

Result<std::uint32_t> parse_id(std::string_view text) {
  auto id = parse_unsigned(text);
  if (!id || *id >= std::numeric_limits<std::uint32_t>::max())
    return fail(Code::invalid, "'{}' is no id", text).with_cure("write the owner as UID:GID, in numbers");
  return static_cast<std::uint32_t>(*id);
}

Result<archive::PackedOwner> parse_owner(std::string_view text) {
  auto [user, group, found] = cut(text, ':');
  std::uint32_t uid = TRY(parse_id(user));
  return archive::PackedOwner{.uid = uid, .gid = found ? TRY(parse_id(group)) : uid};
}

Result<edit::Insertion> insertion_of(const InsertArguments& arguments) {
  const auto& words = arguments.words;
  edit::Insertion insertion;
  insertion.target = words.back();
  if (arguments.whiteout) {
    if (words.size() != 2 || arguments.opaque)
      return fail(Code::invalid, "--whiteout takes a SOURCE and a TARGET, and nothing to put there");
    return insertion;
  }
  if (words.size() != 3) return fail(Code::invalid, "there is no TARGET").with_cure("SOURCE HOSTPATH TARGET");
  insertion.host_path = words[1];
  insertion.opaque = arguments.opaque;
  if (arguments.keep_owner && arguments.owner)
    return fail(Code::invalid, "--keep-owner and --chown do not go together");
  if (!arguments.keep_owner) insertion.owner = arguments.owner.value_or(archive::PackedOwner());
  return insertion;
}

Result<int> run_insert(const Globals& globals, const InsertArguments& arguments) {
  auto insertion = TRY(insertion_of(arguments));
  auto max_mtime = TRY(source_date_epoch());
  auto change = [&](edit::Draft& draft, Workplace& place) {
    edit::InsertOptions options{.compression = arguments.layer.compression, .max_mtime = max_mtime};
    return edit::insert(draft, insertion, options, place.note, place.tmp);
  };
  std::string created_by =
      fmt::format("gantry image insert {}{}", arguments.whiteout ? "--whiteout " : "", insertion.target);
  TRY(edit_image(globals, arguments.edit, arguments.registry, arguments.words[0], arguments.tag, created_by, change));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&InsertArguments::opaque>(0, "opaque", "What the image has in the folder TARGET goes"),
    options::flag<&InsertArguments::whiteout>(0, "whiteout", "Remove TARGET instead of putting something there"),
    options::option<&InsertArguments::owner, parse_owner>(0, "chown", "UID:GID",
                                                          "Everything belongs to these; 0:0 by default"),
    options::flag<&InsertArguments::keep_owner>(0, "keep-owner", "Everything belongs to whom it does on the host"),
    options::option<&InsertArguments::tag>('t', "tag", "DESTINATION", "Bring the result here"),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&InsertArguments::layer>(kLayerOptions),
    options::group<&InsertArguments::edit>(kEditOptions),
    options::group<&InsertArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image insert app app.conf /etc/app.conf -t app:2", "Put a file into an image"},
    {"gantry image insert --opaque oci:layout:app build/site /srv/www", "Replace a folder"},
    {"gantry image insert --whiteout app /etc/app.conf", "Remove a file"},
};

}  // namespace

constinit const Command kInsert = options::command<run_insert>({
    .name = "insert",
    .summary = "Put a file or folder into an image, as a layer",
    .synopsis = "[OPTIONS] SOURCE HOSTPATH TARGET",
    .description =
        "What is at HOSTPATH comes to TARGET in the image; what the image has in a folder there stays unless it is "
        "--opaque. A file put at a TARGET that ends in a slash keeps its name. SOURCE and DESTINATION are places as "
        "`gantry image copy` has them, or names in the store; without a DESTINATION the result takes the name of "
        "SOURCE. All layers of the image are read once, to find the folders and links on the way to TARGET. Prints the "
        "digest of the manifest.",
    .sections = kPlaces,
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&InsertArguments::words>({.name = "SOURCE, HOSTPATH and TARGET",
                                                      .least = 2,
                                                      .most = 3,
                                                      .first = options::Completes::images,
                                                      .rest = options::Completes::files}),
});

}  // namespace gantry::image_cli
