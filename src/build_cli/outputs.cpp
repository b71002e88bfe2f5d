#include "build_cli/outputs.hpp"

#include "archive/pack.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "build/copier.hpp"
#include "build/workspace.hpp"
#include "options/sibling.hpp"
#include "options/value.hpp"
#include "transfer/output_file.hpp"
#include "transfer/save.hpp"

#include <algorithm>
#include <limits>

namespace gantry::build_cli {

namespace {

using Type = Output::Type;

constexpr options::Choice<Type> kTypes[] = {{"image", Type::image},   {"local", Type::local},
                                            {"tar", Type::tar},       {"oci", Type::oci},
                                            {"docker", Type::docker}, {"registry", Type::registry}};

/// As docker: a path alone is a folder, "-" a tar on standard output.
Output plain_output(const std::string& word) {
  return {.type = word == "-" ? Type::tar : Type::local, .path = word, .names = {}};
}

Result<> set_field(Output& output, std::string_view key, std::string_view value) {
  if (key == "type") output.type = TRY(options::read_choice<kTypes>(value));
  else if (key == "dest") output.path = value;
  else if (key == "name") output.names.push_back(TRY(store::local_name(value)));
  else if (key == "push") output.pushes = TRY(options::read_flag(value));
  else return fail(Code::invalid, "there is no '{}'", key).with_cure("type, dest, name and push are known");
  return {};
}

Result<Output> read_output(const std::string& word) {
  if (word.find('=') == std::string::npos) return plain_output(word);
  Output output;
  for (const auto& part : split(word, ',')) {
    const auto [key, value, found] = cut(part, '=');
    TRY(set_field(output, key, value));
  }
  const bool needs_path = output.type != Type::image && output.type != Type::registry;
  if (needs_path && output.path.empty()) {
    if (output.type == Type::local) return fail(Code::invalid, "it names no folder").with_cure("type=local,dest=PATH");
    output.path = "-";
  }
  return output;
}

Result<> write_folder(const Delivery& delivery, const std::string& path) {
  for (std::size_t i = 0; i < delivery.built.images.size(); ++i) {
    const Fd to = TRY(make_and_open_folder(folder_of(delivery, path, i)));
    if (delivery.built.layers[i].empty()) continue;
    const Fd from = TRY(build::open_tree(delivery.store, delivery.built.layers[i]));
    const build::CopyRules rules{.time = std::numeric_limits<Timestamp>::max(), .has_times_of_own = true};
    build::Copier copier(from, to, rules);
    for (const auto& match : TRY(build::find_sources(from, "/", {}))) TRY(copier.put(match, "/", true));
    TRY(copier.finish());
  }
  return {};
}

Result<> write_tar(const Delivery& delivery, const std::string& path) {
  if (delivery.built.images.size() != 1)
    return fail(Code::unsupported, "a tar holds the files of one platform").with_cure("type=local, or one --platform");
  auto file = TRY(transfer::OutputFile::open(path == "-" ? "" : path));
  const Fd from = TRY(build::open_tree(delivery.store, delivery.built.layers.front()));
  TRY(archive::pack(from, file.out(), {}));
  return file.finish();
}

Result<> push(const Delivery& delivery, const std::vector<std::string>& names) {
  if (names.empty()) return fail(Code::invalid, "there is no name to push to").with_cure("-t REGISTRY/NAME");
  for (const auto& name : names) {
    gantry::Command command{
        .argv = {"gantry", "--root", delivery.folders.root, "--runroot", delivery.folders.run_root}};
    if (delivery.built.images.size() > 1) command.argv.emplace_back("manifest");
    command.argv.insert(command.argv.end(), {"push", "--quiet", name});
    command.program = TRY(options::find_sibling("gantry-transfer"));
    TRY(command_output(command));
  }
  return {};
}

Result<> deliver_one(const Delivery& delivery, const Output& output) {
  switch (output.type) {
    case Type::local:
      return write_folder(delivery, output.path);
    case Type::tar:
      return write_tar(delivery, output.path);
    default:
      break;
  }
  const auto names = all_names(delivery, output);
  TRY(delivery.store.images().add(oci::bare(delivery.built.root.descriptor), names));
  if (output.type == Type::registry || output.pushes) return push(delivery, names);
  if (output.type == Type::image) return {};
  const auto format =
      output.type == Type::oci ? transfer::SaveFormat::oci_archive : transfer::SaveFormat::docker_archive;
  const std::string image = names.empty() ? delivery.built.images.front().config.hex() : names.front();
  return transfer::save(delivery.store, {image}, format, output.path == "-" ? "" : output.path);
}

struct BuildMetadata {
  std::string digest;
  std::string config;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(BuildMetadata, (), (digest, config, name))
constexpr json::Options json_options(const BuildMetadata*) {
  return {.names = {
              {"digest", "containerimage.digest"}, {"config", "containerimage.config.digest"}, {"name", "image.name"}}};
}

}  // namespace

std::string folder_of(const Delivery& delivery, const std::string& path, std::size_t number) {
  if (delivery.built.images.size() == 1) return path;
  std::string name = oci::text_of(delivery.built.images[number].platform);
  std::ranges::replace(name, '/', '_');
  return path + "/" + name;
}

std::vector<std::string> all_names(const Delivery& delivery, const Output& output) {
  std::vector<std::string> names = delivery.names;
  names.insert(names.end(), output.names.begin(), output.names.end());
  return names;
}

Result<std::vector<Output>> read_outputs(const std::vector<std::string>& words) {
  std::vector<Output> outputs;
  for (const auto& word : words) outputs.push_back(TRY(with_context(read_output(word), "--output {}", word)));
  if (outputs.empty()) outputs.emplace_back();
  return outputs;
}

bool lists_image(const std::vector<Output>& outputs) {
  return std::ranges::any_of(outputs, [](const Output& output) {
    return output.type != Type::local && output.type != Type::tar && output.path != "-";
  });
}

Result<> deliver_outputs(const Delivery& delivery, const std::vector<Output>& outputs) {
  for (const auto& output : outputs) TRY(deliver_one(delivery, output));
  return {};
}

Result<> write_metadata(const std::string& path, const build::Built& built, const std::vector<std::string>& names) {
  const BuildMetadata metadata{.digest = built.root.descriptor.digest.text(),
                               .config = built.images.front().config.text(),
                               .name = join(names, ",")};
  return replace_file(path, json::encode_pretty(metadata), 0644, Sync::no);
}

}  // namespace gantry::build_cli
