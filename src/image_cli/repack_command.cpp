#include "base/build_time.hpp"
#include "base/log.hpp"
#include "edit/bundle.hpp"
#include "image_cli/commands.hpp"
#include "image_cli/edit_image.hpp"

namespace gantry::image_cli {

namespace {

struct RepackArguments {
  std::string from;
  std::vector<std::string> masked;
  LayerOptions layer;
  EditOptions edit;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< BUNDLE [DESTINATION]
};

Result<int> run_repack(const Globals& globals, const RepackArguments& arguments) {
  const std::string& bundle = arguments.words[0];
  auto origin = TRY(edit::read_bundle(bundle));
  auto max_mtime = TRY(source_date_epoch());
  EditOptions edit = arguments.edit;
  edit.platform = origin.platform;
  auto change = [&](edit::Draft& draft, Workplace& place) -> Result<> {
    if (draft.original.digest != origin.manifest.digest)
      return fail(Code::invalid, "{} has become another image than the one that was unpacked to {}, {}", draft.label,
                  bundle, origin.manifest.digest.text())
          .with_cure("--from says where that one is");
    edit::RepackOptions options{
        .compression = arguments.layer.compression, .max_mtime = max_mtime, .masked = arguments.masked};
    if (!TRY(edit::repack(draft, bundle, origin, options, place.note, place.tmp)))
      log::warning("nothing has changed in {}: the image gets no new layer", bundle);
    return {};
  };
  TRY(edit_image(globals, edit, arguments.registry, arguments.from.empty() ? origin.source : arguments.from,
                 arguments.words.size() > 1 ? arguments.words[1] : "", "gantry image repack", change));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&RepackArguments::from>(0, "from", "PLACE", "Where the image is that the bundle was made from")
        .completing(options::Completes::images),
    options::option<&RepackArguments::masked>(0, "mask-path", "PATH", "What has changed there in the image stays out"),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&RepackArguments::layer>(kLayerOptions),
    options::group<&RepackArguments::edit>(kEditOptions),
    options::group<&RepackArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image repack bundle oci:layout:app-2", "Make an image of an unpacked one and what was changed in it"},
};

}  // namespace

constinit const Command kRepack = options::command<run_repack>({
    .name = "repack",
    .summary = "Make an image of a bundle, with a layer of what has changed in it",
    .synopsis = "[OPTIONS] BUNDLE [DESTINATION]",
    .description =
        "BUNDLE is what `gantry image unpack` has made of an image. Files that are new or different since then, the "
        "bytes of all files being compared, and whiteouts for those that are gone become a layer on top of that image. "
        "DESTINATION is a place as `gantry image copy` has it, or a name in the store; without one the result takes "
        "the name of the image. Prints the digest of the manifest.",
    .sections = kPlaces,
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&RepackArguments::words>(
        {.name = "BUNDLE", .least = 1, .most = 2, .first = options::Completes::folders}),
});

}  // namespace gantry::image_cli
