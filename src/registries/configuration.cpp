#include "registries/configuration.hpp"

#include "base/file.hpp"
#include "registries/credential_store.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace gantry::registries {

namespace {

constexpr std::size_t kMaxConf = 1u << 20;

void overwrite(Configuration& configuration, RegistriesConf conf, const std::string& file) {
  for (auto& registry : conf.registries) {
    const auto known = std::ranges::find(configuration.registries, registry.prefix, &Registry::prefix);
    if (known != configuration.registries.end()) *known = std::move(registry);
    else configuration.registries.push_back(std::move(registry));
  }
  if (conf.search) {
    configuration.search = std::move(*conf.search);
    configuration.search_file = file;
  }
  if (conf.short_name_mode) configuration.short_name_mode = *conf.short_name_mode;
  if (conf.credential_helpers) configuration.credential_helpers = std::move(*conf.credential_helpers);
  for (auto& [name, value] : conf.aliases) {
    if (value.empty()) configuration.aliases.erase(name);
    else configuration.aliases.insert_or_assign(name, std::move(value));
  }
}

enum class Missing { fine, error };

Result<> load_file(Configuration& configuration, const std::string& file, Missing missing = Missing::fine) {
  auto text = read_file(file, kMaxConf);
  if (!text && text.error().code() == Code::not_found && missing == Missing::fine) return {};
  overwrite(configuration, TRY(parse_registries_conf(TRY(std::move(text)), file)), file);
  return {};
}

Result<> load_drop_in(Configuration& configuration, const std::string& file) {
  auto conf = TRY(parse_registries_conf(TRY(read_file(file, kMaxConf)), file));
  if (conf.is_version_1)
    return fail(Code::invalid, "{}: [registries] is an older form of the file, which goes into registries.conf only",
                file);
  overwrite(configuration, std::move(conf), file);
  return {};
}

bool is_folder(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Result<> load_drop_ins(Configuration& configuration, const std::string& folder) {
  if (!is_folder(folder)) return {};
  const Fd opened = TRY(open_folder(folder));
  auto names = TRY(list_folder_at(opened.get(), "."));
  std::ranges::sort(names);
  for (const auto& name : names) {
    const std::string file = fmt::format("{}/{}", folder, name);
    if (name.ends_with(".conf") && !is_folder(file)) TRY(load_drop_in(configuration, file));
  }
  return {};
}

Result<> load_usual_files(Configuration& configuration, const Paths& paths) {
  const bool has_own = !paths.user_registries_conf.empty() && path_exists(paths.user_registries_conf);
  TRY(load_file(configuration, has_own ? paths.user_registries_conf : paths.system_registries_conf));
  if (!has_own) TRY(load_drop_ins(configuration, paths.system_drop_ins));
  return load_drop_ins(configuration, paths.user_drop_ins);
}

}  // namespace

Result<Configuration> load_configuration(const Paths& paths) {
  Configuration configuration{.credential_helpers = {std::string(kAuthFiles)}};
  if (!paths.only_registries_conf.empty()) TRY(load_file(configuration, paths.only_registries_conf, Missing::error));
  else TRY(load_usual_files(configuration, paths));
  if (!paths.short_name_aliases.empty()) TRY(load_file(configuration, paths.short_name_aliases));
  return configuration;
}

}  // namespace gantry::registries
