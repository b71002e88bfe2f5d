#pragma once

#include "edit/draft.hpp"

namespace gantry::edit {

/// Puts the layers that `draft` has above those of `old_base` onto `new_base`; what the image says of itself stays.
/// History comes with the layers. The new base is for the same platform, as its layers make the image what it runs on.
/// Code::invalid when the lowest layers of the image are not those of `old_base`.
Result<> rebase(Draft& draft, const Draft& old_base, const Draft& new_base, const Note& note);

}  // namespace gantry::edit
