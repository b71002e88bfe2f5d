#include "edit/rebase.hpp"

#include <algorithm>

namespace gantry::edit {

namespace {

using Entries = std::vector<oci::History>;

/// Where the history of an image's lowest `layers` ends, the entries without a layer that follow them included as far
/// as the base has them too.
Entries::const_iterator end_of_base(const Entries& history, const Entries& base, std::size_t layers) {
  auto at = history.begin();
  for (std::size_t seen = 0; seen < layers && at != history.end(); ++at)
    if (!at->empty_layer) ++seen;
  auto same = std::ranges::mismatch(history, base).in1;
  return std::max(at, same);
}

Result<> check_base(const Draft& draft, const Draft& old_base) {
  if (old_base.layers.size() > draft.layers.size())
    return fail(Code::invalid, "{} is not made on {}: it has fewer layers", draft.label, old_base.label);
  for (std::size_t i = 0; i < old_base.layers.size(); ++i)
    if (old_base.layers[i].diff_id != draft.layers[i].diff_id)
      return fail(Code::invalid, "{} is not made on {}: layer {} is another one", draft.label, old_base.label, i + 1);
  return {};
}

}  // namespace

Result<> rebase(Draft& draft, const Draft& old_base, const Draft& new_base, const Note& note) {
  TRY(check_base(draft, old_base));
  auto on = oci::normalized(oci::platform_of(new_base.config));
  auto was = oci::normalized(oci::platform_of(draft.config));
  if (on.os != was.os || on.architecture != was.architecture)
    return fail(Code::invalid, "{} is for {}, and {} for {}", draft.label, oci::text_of(was), new_base.label,
                oci::text_of(on));
  Draft base = new_base;
  complete_history(base);
  complete_history(draft);
  auto own = end_of_base(draft.config.history, old_base.config.history, old_base.layers.size());
  Entries history = base.config.history;
  history.insert(history.end(), own, draft.config.history.cend());
  draft.config.history = std::move(history);

  auto first = draft.layers.begin();
  draft.layers.erase(first, first + static_cast<std::ptrdiff_t>(old_base.layers.size()));
  draft.layers.insert(draft.layers.begin(), base.layers.begin(), base.layers.end());
  add_note(draft, note, false);
  return {};
}

}  // namespace gantry::edit
