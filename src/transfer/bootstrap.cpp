#include "transfer/bootstrap.hpp"

#include "store/images.hpp"

namespace gantry::transfer {

Result<Bootstrap> bootstrap(std::string_view what, const std::string& tmp) {
  Bootstrap made;
  if (what == "busybox") made = TRY(bootstrap_busybox("/bin/busybox", tmp));
  else if (what.starts_with("debian:")) made = TRY(bootstrap_debian(what.substr(7), tmp));
  else
    return fail(Code::not_found, "there is no way to make an image '{}' here", what)
        .with_cure("busybox and debian:SUITE can be made, such as debian:bookworm");
  made.options.name = TRY(store::local_name(what));
  made.options.created_by = fmt::format("gantry image bootstrap {}", what);
  made.options.changes.emplace_back(kPath);
  return made;
}

}  // namespace gantry::transfer
