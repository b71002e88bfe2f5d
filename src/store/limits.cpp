#include "store/limits.hpp"

#include "base/text.hpp"

namespace gantry::store {

Result<Limits> read_limits(std::span<const std::string> words) {
  Limits limits;
  for (const auto& word : words) {
    auto [key, value, has_value] = cut(word, '=');
    std::string doing = fmt::format("option --storage-opt: {}", key);
    if (has_value && key == "size") limits.size = TRY(with_context(parse_size(value), "{}", doing));
    else if (has_value && key == "layer.size") limits.layer_size = TRY(with_context(parse_size(value), "{}", doing));
    else if (has_value && key == "layer.files")
      limits.layer_files = TRY(with_context(parse_unsigned(value), "{}", doing));
    else
      return fail(Code::invalid, "option --storage-opt: '{}' is not understood", word)
          .with_cure("write size=BYTES, layer.size=BYTES or layer.files=NUMBER");
  }
  return limits;
}

Error over_limit(std::string text) {
  return Error(Code::no_space, std::move(text))
      .with_cure("gantry image prune --all makes room, and --storage-opt more");
}

}  // namespace gantry::store
