#include "base/text.hpp"
#include "image_cli/commands.hpp"
#include "image_cli/files_options.hpp"
#include "image_cli/layers_screen.hpp"
#include "options/print.hpp"
#include "report/listing.hpp"
#include "report/table.hpp"
#include "view/layer_report.hpp"

#include <boost/json/array.hpp>

namespace gantry::image_cli {

namespace {

namespace json = boost::json;
using view::Change;

struct LayersArguments {
  std::string format;
  bool changes = false;
  bool interactive = false;
  std::optional<double> lowest_efficiency;
  std::optional<std::uint64_t> highest_waste;
  FilesArguments files;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< IMAGE
};

constexpr std::size_t kWorst = 10;  ///< wasted files that the table shows

std::string_view letter_of(Change::Kind kind) {
  if (kind == Change::Kind::added) return "A";
  return kind == Change::Kind::changed ? "C" : "D";  // as `podman diff` has them
}

std::string path_of(const Change& change) {
  return "/" + change.path + (change.file == archive::Kind::directory ? "/" : "");
}

json::object document(const std::string& image, const view::ImageReport& report) {
  json::array layers, waste;
  for (const auto& layer : report.layers) {
    json::array changes;
    for (const auto& change : layer.changes)
      changes.push_back({{"Kind", letter_of(change.kind)}, {"Path", path_of(change)}, {"Size", change.size}});
    layers.push_back({{"Digest", layer.descriptor.digest.text()},
                      {"DiffID", layer.diff_id.text()},
                      {"MediaType", layer.descriptor.media_type},
                      {"PackedSize", layer.descriptor.size},
                      {"Size", layer.size},
                      {"Created", layer.created},
                      {"CreatedBy", layer.created_by},
                      {"Comment", layer.comment},
                      {"Added", layer.added},
                      {"Changed", layer.changed},
                      {"Removed", layer.removed},
                      {"Changes", std::move(changes)}});
  }
  for (const auto& one : report.waste)
    waste.push_back({{"Path", "/" + one.path}, {"Size", one.size}, {"Times", one.times}});
  return {{"Image", image},
          {"Size", report.size},
          {"WastedSize", report.wasted},
          {"Efficiency", report.efficiency()},
          {"Layers", std::move(layers)},
          {"Wasted", std::move(waste)}};
}

std::string changes_of(const view::LayerReport& layer, std::size_t number) {
  std::string text = fmt::format("\nlayer {}: {}\n", number, layer.descriptor.digest.text());
  report::Table table;
  for (const auto& change : layer.changes)
    table.add({std::string(letter_of(change.kind)), human_size(change.size), path_of(change)});
  return text + table.text();
}

std::string table_of(const view::ImageReport& report, bool with_changes) {
  report::Table layers;
  layers.add({"LAYER", "SIZE", "PACKED", "ADDED", "CHANGED", "REMOVED", "CREATED BY"});
  for (std::size_t i = 0; i < report.layers.size(); ++i) {
    const auto& layer = report.layers[i];
    layers.add({std::to_string(i + 1), human_size(layer.size),
                human_size(static_cast<std::uint64_t>(layer.descriptor.size)), std::to_string(layer.added),
                std::to_string(layer.changed), std::to_string(layer.removed), report::shortened(layer.created_by, 60)});
  }
  std::string text = layers.text();
  text += fmt::format("\n{} in all, {} wasted: efficiency {:.1f} %\n", human_size(report.size),
                      human_size(report.wasted), report.efficiency() * 100);
  report::Table waste;
  for (std::size_t i = 0; i < std::min(report.waste.size(), kWorst); ++i)
    waste.add({human_size(report.waste[i].size),
               report.waste[i].times == 1 ? "once" : fmt::format("{} times", report.waste[i].times),
               "/" + report.waste[i].path});
  text += waste.text();
  if (with_changes)
    for (std::size_t i = 0; i < report.layers.size(); ++i) text += changes_of(report.layers[i], i + 1);
  return text;
}

bool is_good_enough(const LayersArguments& arguments, const view::ImageReport& report) {
  return report.efficiency() >= arguments.lowest_efficiency.value_or(0) &&
         (!arguments.highest_waste || report.wasted <= *arguments.highest_waste);
}

Result<int> run_layers(const Globals& globals, const LayersArguments& arguments) {
  const std::string& image = arguments.words[0];
  auto registries = TRY(remote::Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  auto opened = TRY(remote::open_image(store, registries, image));
  auto report = TRY(view::report_layers(*opened.origin, opened.image,
                                        {.platform = arguments.files.platform, .use_toc = !arguments.files.no_index}));
  if (arguments.interactive) TRY(show_layers(image, report));
  else if (arguments.format.empty() || arguments.format == "table")
    TRY(options::print(table_of(report, arguments.changes)));
  else if (arguments.format == "html") TRY(options::print(view::html_page(image, report)));
  else TRY(report::print_object(document(image, report), arguments.format));
  return is_good_enough(arguments, report) ? 0 : 1;
}

constexpr options::Option kOptions[] = {
    options::flag<&LayersArguments::changes>('c', "changes", "Print the files of each layer as well"),
    options::option<&LayersArguments::format>(
        'f', "format", "FORMAT", "Print as \"table\", \"json\" or \"html\" (a page by itself), or by a Go template"),
    options::option<&LayersArguments::highest_waste, options::read_size>(
        0, "highest-wasted-bytes", "SIZE", "Exit with status 1 when more than this is wasted"),
    options::flag<&LayersArguments::interactive>('i', "interactive", "Look through layers and files on the terminal"),
    options::option<&LayersArguments::lowest_efficiency, options::read_decimal>(
        0, "lowest-efficiency", "RATIO", "Exit with status 1 when the efficiency is lower than this, as 0.95"),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&LayersArguments::files>(kFilesOptions),
    options::group<&LayersArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image layers app", "See what makes an image large"},
    {"gantry image layers -i app", "Look through it on the terminal"},
    {"gantry image layers --format html docker://quay.io/podman/hello >hello.html", "Make a page of it"},
    {"gantry image layers --lowest-efficiency 0.95 app", "Fail in a pipeline when too much is wasted"},
};

}  // namespace

constinit const Command kLayers = options::command<run_layers>({
    .name = "layers",
    .summary = "Show what the layers of an image add, change, remove and waste",
    .synopsis = "[OPTIONS] IMAGE",
    .description =
        "For each layer, the base first: bytes of its files, bytes of the layer as it is stored, how many files it "
        "adds, changes and removes, and what made it. Wasted are the bytes of files that a later layer overwrites or "
        "removes; the efficiency is the part of all bytes that is not. Layers are read where they are; those with a "
        "table of contents (eStargz, zstd:chunked) by that alone.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&LayersArguments::words>(
        {.name = "IMAGE", .least = 1, .most = 1, .first = options::Completes::images}),
});

}  // namespace gantry::image_cli
