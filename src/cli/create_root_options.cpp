#include "cli/create_root_options.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/environment.hpp"

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

}  // namespace

Result<> set_root(ContainerConfig& config, const CreateRootOptions& options, std::span<const std::string> words) {
  config.name = options.name;
  TRY(set_labels(config, options));
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
