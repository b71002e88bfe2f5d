#include "view/merge.hpp"

namespace gantry::view {

/// By something that a folder on the way is in a layer above.
bool Merge::is_hidden(std::string_view path) const {
  auto stops = [&](std::string_view folder) {
    auto known = above_.find(std::string(folder));
    return known != above_.end() && (known->second.closed || known->second.other);
  };
  return (!path.empty() && stops("")) || any_above(path, stops);
}

Result<bool> Merge::add(const archive::Entry& entry) {
  using Type = archive::Whiteout::Type;
  auto whiteout = TRY(archive::whiteout_of(entry.path));
  if (whiteout.type == Type::metadata) return false;
  if (whiteout.type != Type::none) {
    State& state = here_[whiteout.path];
    state.closed = true;
    if (whiteout.type == Type::opaque) state.folder = true;
    return false;
  }
  any_above(entry.path, [&](auto folder) { return here_[std::string(folder)].folder = true, false; });
  const bool is_folder = entry.kind == archive::Kind::directory;
  State& state = here_[entry.path];
  (is_folder ? state.folder : state.other) = true;
  if (is_hidden(entry.path)) return false;
  auto known = above_.find(entry.path);
  if (known != above_.end()) {
    const State& other = known->second;
    // Of a folder in which a layer above has something, this layer may be the first to have its owner and mode.
    if (!is_folder || !other.folder || other.closed || other.seen) return false;
  }
  return state.seen = true;
}

void Merge::end_layer() {
  for (auto& [path, state] : here_) {
    auto [known, is_new] = above_.try_emplace(path, state);
    State& all = known->second;
    if (is_new || all.other || all.closed) continue;
    // Above it is a folder: anything but a folder that may be merged with it ends what is to be seen there.
    all.closed = state.closed || state.other;
    all.seen = all.seen || state.seen;
  }
  here_.clear();
}

}  // namespace gantry::view
