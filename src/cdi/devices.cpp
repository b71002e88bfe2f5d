#include "cdi/devices.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cdi/edits.hpp"
#include "cdi/spec.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace gantry::cdi {

namespace {

/// Where a device is described.
struct Found {
  std::shared_ptr<const CdiSpec> spec;
  const CdiDevice* device = nullptr;  ///< null: two files of a folder contradict each other
  std::string file;
};

class Registry {
 public:
  void add_folder(const std::string& folder) {
    auto names = list_folder(folder);
    if (!names) return;
    std::ranges::sort(*names);
    std::map<std::string, Found> here;
    for (const auto& name : *names)
      if (name.ends_with(".json") || name.ends_with(".yaml") || name.ends_with(".yml"))
        add_file(fmt::format("{}/{}", folder, name), here);
    for (auto& [name, found] : here) devices_[name] = std::move(found);
  }

  Result<Found> find(const std::string& name) const {
    auto found = devices_.find(name);
    if (found == devices_.end()) {
      Error error = fail(Code::not_found, "no CDI spec describes the device '{}'", name);
      if (!problems_.empty()) return std::move(error).with_cure("but there is one that cannot be read: " + problems_);
      return std::move(error).with_cure("specs are in /etc/cdi, /var/run/cdi or where --cdi-spec-dir says");
    }
    if (found->second.device == nullptr)
      return fail(Code::invalid, "the device '{}' is described by two files of one folder", name)
          .with_cure("remove " + found->second.file);
    return found->second;
  }

 private:
  void add_file(const std::string& path, std::map<std::string, Found>& here) {
    auto text = read_file(path, 4u << 20);
    auto parsed = text ? parse_spec(*text, path) : Result<CdiSpec>(text.error());
    if (!parsed) {
      // Other devices do not suffer for it.
      problems_ = parsed.error().message();
      log::debug("{}", problems_);
      return;
    }
    auto spec = std::make_shared<const CdiSpec>(std::move(*parsed));
    for (const auto& device : spec->devices) {
      auto [place, is_new] = here.try_emplace(spec->kind + "=" + device.name, Found{spec, &device, path});
      if (!is_new) place->second = {spec, nullptr, path};
    }
  }

  std::map<std::string, Found> devices_;
  std::string problems_;
};

}  // namespace

Result<> add_devices(oci::Spec& spec, const std::vector<std::string>& names, const std::vector<std::string>& folders) {
  Registry registry;
  for (const auto& folder : folders) registry.add_folder(folder);
  std::set<const CdiSpec*> edited;
  std::vector<std::shared_ptr<const CdiSpec>> kept;
  for (const auto& name : names) {
    const Found found = TRY(registry.find(name));
    kept.push_back(found.spec);
    if (edited.insert(found.spec.get()).second)
      TRY(with_context(apply_edits(spec, found.spec->container_edits), "{}", found.file));
    TRY(with_context(apply_edits(spec, found.device->container_edits), "{}: device '{}'", found.file, name));
  }
  return {};
}

std::vector<std::string> default_folders() { return {"/etc/cdi", "/var/run/cdi"}; }

}  // namespace gantry::cdi
