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

Result<std::string> one_destination(const std::string& word, const std::string& tag) {
  if (!word.empty() && !tag.empty() && word != tag)
    return fail(Code::invalid, "there are two destinations, {} and {}", word, tag).with_cure("leave out one of them");
  return word.empty() ? tag : word;
}

}  // namespace gantry::image_cli
