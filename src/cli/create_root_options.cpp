#include "cli/create_root_options.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/environment.hpp"
#include "cli/option_lists.hpp"
#include "oci/platform.hpp"

namespace gantry::cli {

namespace {

using engine::ContainerConfig;

/// "NAME" alone is a label without a value.
Result<> add_label(ContainerConfig& config, std::string_view word) {
  auto [name, value, has_value] = cut(word, '=');
  if (name.empty()) return fail(Code::invalid, "'{}' names no label", word).with_cure("write NAME=VALUE");
  config.labels[std::string(name)] = value;
  return {};
}

Result<> set_labels(ContainerConfig& config, const CreateRootOptions& options) {
  for (const auto& file : options.label_files)
    for (const auto& line : TRY(with_context(read_lines(file), "option --label-file")))
      TRY(with_context(add_label(config, line), "option --label-file: {}", file));
  for (const auto& word : options.labels) TRY(with_context(add_label(config, word), "option --label"));
  return {};
}

Result<> set_annotations(ContainerConfig& config, const CreateRootOptions& options) {
  for (const auto& word : options.annotations) {
    auto [name, value, found] = cut(word, '=');
    if (!found || name.empty()) return fail(Code::invalid, "option --annotation: '{}' is not NAME=VALUE", word);
    config.annotations[std::string(name)] = value;
  }
  for (const auto& folder : options.hooks_dirs) config.hooks_dirs.push_back(TRY(absolute_path(folder)));
  return {};
}

Result<> set_platform(ContainerConfig& config, const CreateRootOptions& options) {
  const bool in_parts = !options.arch.empty() || !options.os.empty() || !options.variant.empty();
  if (!options.platform.empty() && in_parts)
    return fail(Code::invalid, "option --platform says it all, and --arch, --os or --variant is given too")
        .with_cure("leave one way out");
  config.platform = options.platform;
  if (in_parts) {
    const oci::Platform host = oci::host_platform();
    config.platform =
        (options.os.empty() ? host.os : options.os) + "/" + (options.arch.empty() ? host.architecture : options.arch);
    if (!options.variant.empty()) config.platform += "/" + options.variant;
  }
  if (!config.platform.empty()) TRY(with_context(oci::parse_platform(config.platform), "option --platform"));
  return {};
}

}  // namespace

Result<> set_root(ContainerConfig& config, const CreateRootOptions& options, std::span<const std::string> words) {
  config.name = options.name;
  if (options.replace && options.name.empty())
    return fail(Code::invalid, "option --replace removes the container that has the name, and none is given")
        .with_cure("give --name");
  config.needs = split_at_commas(options.needs);
  TRY(set_labels(config, options));
  TRY(set_annotations(config, options));
  TRY(set_platform(config, options));
  if (options.rootfs && options.host_root)
    return fail(Code::invalid, "options --rootfs and --host-root exclude each other").with_cure("give one of them");
  if (options.host_root) {
    config.host_root = true;
  } else if (words.empty()) {
    return fail(Code::invalid, "no {} is named", options.rootfs ? "folder" : "image")
        .with_cure("see 'gantry run --help'");
  } else if (options.rootfs) {
    auto [folder, mode, has_mode] = cut_last(words[0], ':');
    config.rootfs_overlay = has_mode && mode == "O";
    config.rootfs = TRY(absolute_path(config.rootfs_overlay ? folder : std::string_view(words[0])));
  } else {
    config.image = words[0];
  }
  auto command = options.host_root ? words : words.subspan(1);
  config.command.assign(command.begin(), command.end());
  return {};
}

}  // namespace gantry::cli
