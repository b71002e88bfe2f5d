#include "image_cli/append_layers.hpp"

#include "transfer/input.hpp"

namespace gantry::image_cli {

Result<> append_layers(edit::Draft& draft, const Workplace& place, const std::vector<std::string>& paths,
                       const LayerOptions& options) {
  for (const auto& path : paths) {
    auto input = TRY(transfer::open_input(path));
    std::string name = input.name;
    auto archive = TRY(transfer::stream(std::move(input), place.tmp));
    edit::add_layer(draft, TRY(edit::take_layer(std::move(archive), name, place.tmp, options.compression)), place.note);
  }
  return {};
}

}  // namespace gantry::image_cli
