#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/image_filter.hpp"
#include "cli/image_row.hpp"
#include "report/listing.hpp"

#include <algorithm>

namespace gantry::cli {

namespace {

struct ImagesArguments {
  bool digests = false;
  std::vector<std::string> filters;
  report::ListingOptions listing;
  std::vector<std::string> names;
};

constexpr report::Column kColumns[] = {
    {"Repository", "REPOSITORY", true}, {"Tag", "TAG", true},   {"ID", "IMAGE ID", true},
    {"Created", "CREATED", true},       {"Size", "SIZE", true}, {"CreatedAt", "CREATED AT"},
};
constexpr report::Column kDigestColumns[] = {
    {"Repository", "REPOSITORY", true}, {"Tag", "TAG", true},         {"Digest", "DIGEST", true},
    {"ID", "IMAGE ID", true},           {"Created", "CREATED", true}, {"Size", "SIZE", true},
};

Result<int> images(const Globals& globals, const ImagesArguments& arguments) {
  auto columns = arguments.digests ? std::span<const report::Column>(kDigestColumns) : kColumns;
  auto listing = TRY(report::Listing::make(arguments.listing, columns, "ID"));
  auto filters = TRY(read_filters(arguments.filters));
  for (const auto& name : arguments.names) filters.emplace_back("reference", name);

  auto engine = TRY(open_engine(globals));
  const store::Images& stored = TRY(engine.images())->images();
  auto filter = TRY(ImageFilter::make(filters, creation_in(stored)));
  const auto found = TRY(stored.list());
  std::vector<const store::ImageSummary*> images;
  images.reserve(found.size());
  for (const auto& image : found) images.push_back(&image);
  std::ranges::stable_sort(images, std::greater(), [](const auto* image) { return image->created; });
  const Timestamp moment = now();
  for (const store::ImageSummary* each : images) {
    const store::ImageSummary& image = *each;
    auto names = filter.names_of(image);
    if (names.empty()) continue;
    if (listing.json()) {
      listing.add(image_document(image, moment));
      continue;
    }
    if (arguments.listing.quiet) names.resize(1);  // an identifier once
    for (const auto& name : names)
      listing.add(image_row(image, name, arguments.listing.no_trunc, moment, listing.storage()));
  }
  TRY(listing.print());
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&ImagesArguments::digests>(0, "digests", "Print the digests of the manifests"),
    options::option<&ImagesArguments::filters>(
        'f', "filter", "KEY=VALUE", "List by reference, dangling, label, label!, until, before, since or id"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&ImagesArguments::listing>(report::kListingOptions)};
constexpr options::Example kExamples[] = {
    {"gantry images 'localhost/*'", "List the images of one registry"},
    {"gantry images --filter dangling=true -q", "List images that have no name any more"},
};

consteval Command listing_command(std::string_view name, std::string_view second_name = {}) {
  return options::command<images>({
      .name = name,
      .second_name = second_name,
      .summary = "List images",
      .synopsis = "[OPTIONS] [IMAGE]",
      .description =
          "Lists the images in the store, the newest first, and one line for each of their names. IMAGE is a "
          "name or a pattern. The fields of a template are those of the table, and CreatedAt, Digest and "
          "Labels.",
      .examples = kExamples,
      .groups = kGroups,
      .words =
          options::words<&ImagesArguments::names>({.name = "IMAGE", .most = 1, .first = options::Completes::images}),
  });
}

}  // namespace

constinit const Command kImages = listing_command("images");
constinit const Command kImageLs = listing_command("ls", "list");

}  // namespace gantry::cli
