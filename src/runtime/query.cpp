#include "runtime/bundle.hpp"
#include "runtime/runtime.hpp"
#include "runtime/state_folder.hpp"

#include <sys/stat.h>

namespace gantry::runtime {

namespace {

/// Numeric: looking a name up would take NSS, which a static program has not.
std::string owner_of(const StateFolder& folder) {
  struct stat info;
  if (stat(folder.path().c_str(), &info) < 0) return "";
  return info.st_uid == 0 ? "root" : fmt::format("#{}", info.st_uid);
}

Result<Details> details_of(const StateFolder& folder) {
  Record record = TRY(folder.read());
  oci::Spec spec = TRY(folder.read_config());
  std::string rootfs;
  if (spec.root) rootfs = in_bundle(record.bundle, spec.root->path);
  return Details{make_state(record, status_of(folder, record), spec), std::move(rootfs), record.created,
                 owner_of(folder)};
}

}  // namespace

Result<Details> state(const Settings& settings, const std::string& id) {
  return details_of(TRY(StateFolder::open(settings, id)));
}

Result<std::vector<Details>> list(const Settings& settings) {
  std::vector<Details> all;
  for (const auto& id : TRY(StateFolder::ids(settings))) {
    auto folder = StateFolder::open(settings, id);
    if (!folder && folder.error().code() == Code::not_found) continue;  // deleted meanwhile
    all.push_back(TRY(details_of(TRY(std::move(folder)))));
  }
  return all;
}

Result<std::vector<std::string>> container_ids(const Settings& settings) { return StateFolder::ids(settings); }

}  // namespace gantry::runtime
