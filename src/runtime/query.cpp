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

}  // namespace

Result<oci::State> state(const Settings& settings, const std::string& id) {
  StateFolder folder = TRY(StateFolder::open(settings, id));
  Record record = TRY(folder.read());
  oci::Spec spec = TRY(folder.read_config());
  return make_state(record, status_of(folder, record), spec);
}

Result<std::vector<Listed>> list(const Settings& settings) {
  std::vector<Listed> all;
  for (const auto& id : TRY(StateFolder::ids(settings))) {
    auto folder = StateFolder::open(settings, id);
    if (!folder && folder.error().code() == Code::not_found) continue;  // deleted meanwhile
    if (!folder) return std::move(folder.error());
    Record record = TRY(folder->read());
    oci::Spec spec = TRY(folder->read_config());
    all.push_back({make_state(record, status_of(*folder, record), spec), record.created, owner_of(*folder)});
  }
  return all;
}

}  // namespace gantry::runtime
