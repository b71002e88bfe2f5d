#include "task/stacker.hpp"

#include "base/text.hpp"
#include "dockerfile/patterns.hpp"
#include "dockerfile/show.hpp"
#include "dockerfile/substitute.hpp"
#include "task/document.hpp"
#include "task/stacker_substitute.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gantry::task {

namespace {

using dockerfile::quoted;
using yaml::Node;

constexpr std::string_view kLayerKeys[] = {"from",         "import",       "imports",     "run",
                                           "overlay_dirs", "environment",  "build_env",   "build_env_passthrough",
                                           "labels",       "volumes",      "cmd",         "entrypoint",
                                           "user",         "full_command", "working_dir", "build_only",
                                           "binds",        "apply"};
constexpr std::string_view kFromKeys[] = {"type", "url", "tag", "insecure"};
constexpr std::string_view kImportKeys[] = {"path", "dest", "mode", "uid", "gid"};

std::string base_name(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));  // npos + 1 is 0
}

/// Where an import comes from: `from` names a stage, empty is the context.
struct Import {
  std::string from;
  std::string path;
  std::string dest;
  std::string chmod;
  std::string chown;
  int line = 0;
};

/// One layer of the file, read key by key in the order in which stacker does them.
class LayerReader {
 public:
  LayerReader(const Document& document, const Node& layer, std::vector<dockerfile::Stage>& stages)
      : document_(document), layer_(layer), stages_(stages) {}

  Result<> read() {
    TRY(document_.only(layer_, "a layer", kLayerKeys));
    TRY(refuse_rest());
    TRY(read_from());
    TRY(read_imports());
    TRY(read_overlays());
    TRY(read_build_env());
    TRY(read_run());
    TRY(read_config());
    stages_.push_back(std::move(stage_));
    return {};
  }

 private:
  Result<> refuse_rest() const {
    TRY(document_.refuse(layer_, "binds", "is not read: what it holds is in no cache", "import the files"));
    TRY(document_.refuse(layer_, "apply", "is not read", "take the image with from, or copy from it with import"));
    return document_.refuse(layer_, "build_env_passthrough", "is not read: a build sees nothing of its host",
                            "name the variables in build_env");
  }

  void add(dockerfile::Instruction one) { stage_.instructions.push_back(std::move(one)); }

  Result<> read_from() {
    stage_.keyword = "FROM";
    stage_.from.name = to_lower(layer_.key);
    stage_.written_name = layer_.key;
    stage_.at = stage_.image_at = stage_.name_at = {layer_.line, 1, 1};
    stage_.last_line = layer_.line;
    const auto* from = layer_.find("from");
    if (!from || from->kind != Node::Kind::map)
      return document_.error(layer_, "a layer has no from", "write from: {type: scratch}");
    TRY(document_.only(*from, "from", kFromKeys));
    TRY(document_.refuse(*from, "insecure", "is not read", "name the registry in registries.conf"));
    const auto type = TRY(document_.text(*from, "type")).value_or("");
    if (type == "scratch") stage_.from.image = "scratch";
    else TRY(read_base(*from, type));
    stage_.text = "FROM " + stage_.from.image + " AS " + layer_.key;
    return {};
  }

  Result<> read_base(const Node& from, const std::string& type) {
    const bool is_built = type == "built";
    const auto name = TRY(document_.text(from, is_built ? "tag" : "url")).value_or("");
    if (name.empty()) {
      return document_.error(from, fmt::format("a base of type {} has no {}", quoted(type), is_built ? "tag" : "url"),
                             is_built ? "name a layer of this file" : "name where it is");
    }
    if (is_built) {
      stage_.from.image = to_lower(name);
    } else if (type == "docker") {
      stage_.from.image = literal(name.starts_with("docker://") ? name.substr(9) : name);
    } else if (type == "tar") {
      stage_.from.image = "scratch";
      dockerfile::Add add_tar;
      add_tar.transfer.sources = {literal(name)};
      add_tar.transfer.target = "/";
      add_tar.unpacks = true;
      add(instruction(from.line, "ADD", name + " /", std::move(add_tar)));
    } else {
      return document_
          .error(from, fmt::format("a base of type {} is not read", quoted(type)),
                 "it is docker, tar, built or scratch; other images come into the store by gantry load")
          .with_code(Code::unsupported);
    }
    return {};
  }

  Result<> read_imports() {
    for (const auto* key : {"import", "imports"}) {
      const auto* node = layer_.find(key);
      if (!node || node->kind == Node::Kind::null) continue;
      if (node->kind != Node::Kind::list) {
        TRY(read_import(*node));
        continue;
      }
      for (const auto& item : node->items) TRY(read_import(item));
    }
    return {};
  }

  Result<> read_import(const Node& node) {
    Import import{.from = {}, .path = {}, .dest = {}, .chmod = {}, .chown = {}, .line = node.line};
    if (node.kind == Node::Kind::map) {
      TRY(document_.only(node, "an import", kImportKeys));
      import.path = TRY(document_.text(node, "path")).value_or("");
      import.dest = TRY(document_.text(node, "dest")).value_or("");
      import.chmod = TRY(document_.text(node, "mode")).value_or("");
      const auto uid = TRY(document_.text(node, "uid"));
      const auto gid = TRY(document_.text(node, "gid"));
      if (uid || gid) import.chown = uid.value_or("0") + ":" + gid.value_or("0");
    } else {
      import.path = node.text;
    }
    TRY(resolve(node, import));
    if (import.dest.empty()) mount(import);
    else copy(import);
    return {};
  }

  /// A path in the context, of another layer, or one that is fetched first.
  Result<> resolve(const Node& node, Import& import) {
    if (import.path.empty()) return document_.error(node, "an import has no path", "write path: FILE");
    if (import.path.starts_with("stacker://")) {
      const auto [layer, path, found] = cut(std::string_view(import.path).substr(10), '/');
      if (!found) return document_.error(node, "an import from a layer has no path", "write stacker://LAYER/PATH");
      import.from = to_lower(layer);
      import.path = "/" + std::string(path);
    } else if (import.path.starts_with("http://") || import.path.starts_with("https://")) {
      fetch(import);
    } else if (import.path.starts_with('/')) {
      return document_.error(node, quoted(import.path) + " is outside of the context",
                             "name it from the context's folder");
    }
    return {};
  }

  /// A stage of its own holds what is fetched.
  void fetch(Import& import) {
    dockerfile::Stage stage;
    stage.from = {"scratch", "", fmt::format("import-{}", import.line)};
    stage.keyword = "FROM";
    stage.text = "FROM scratch AS " + stage.from.name;
    stage.at = stage.image_at = stage.name_at = {import.line, 1, 1};
    dockerfile::Add add_url;
    const auto name = base_name(import.path);
    add_url.transfer.sources = {literal(import.path)};
    add_url.transfer.target = "/" + literal(name);
    stage.instructions.push_back(instruction(import.line, "ADD", import.path + " /" + name, std::move(add_url)));
    import.from = stage.from.name;
    import.path = "/" + name;
    stages_.push_back(std::move(stage));
  }

  /// What a run finds below /stacker, in both places that stacker has had for it.
  void mount(const Import& import) {
    for (const auto* folder : {"/stacker/imports/", "/stacker/"}) {
      dockerfile::RunMount mount;
      mount.source = import.path;
      mount.from = import.from;
      mount.target = folder + base_name(import.path);
      mount.at = {import.line, 1, 1};
      mount.text =
          fmt::format("\"type=bind\",\"source={}\",\"target={}\"", literal(mount.source), literal(mount.target));
      if (!mount.from.empty()) mount.text += ",from=" + mount.from;
      mounts_.push_back(std::move(mount));
    }
  }

  void copy(const Import& import) {
    dockerfile::Copy copied;
    copied.from = import.from;
    copied.transfer.sources = {literal(import.path)};
    copied.transfer.target = literal(import.dest);
    copied.transfer.chmod = import.chmod;
    copied.transfer.chown = import.chown;
    add(instruction(import.line, "COPY", import.path + " " + import.dest, std::move(copied)));
  }

  Result<> read_overlays() {
    const auto* node = layer_.find("overlay_dirs");
    if (!node || node->kind == Node::Kind::null) return {};
    if (node->kind != Node::Kind::list) return document_.error(*node, "'overlay_dirs' is not a list");
    for (const auto& item : node->items) {
      if (item.kind != Node::Kind::map)
        return document_.error(item, "an overlay is not a map", "write source: and dest:");
      Import import{.from = {},
                    .path = TRY(document_.text(item, "source")).value_or(""),
                    .dest = {},
                    .chmod = {},
                    .chown = {},
                    .line = item.line};
      import.dest = TRY(document_.text(item, "dest")).value_or("/");
      TRY(resolve(item, import));
      copy(import);
    }
    return {};
  }

  /// ARGs: a run sees them, the image does not have them.
  Result<> read_build_env() {
    for (const auto& [name, value] : TRY(document_.pairs(layer_, "build_env"))) {
      const auto line = layer_.find("build_env")->line;
      dockerfile::Arg arg{{{name, literal(value.value_or("")), {line, 1, 1}}}};
      add(instruction(line, "ARG", name, std::move(arg)));
    }
    return {};
  }

  Result<> read_run() {
    const auto lines = TRY(document_.texts(layer_, "run"));
    if (lines.empty()) {
      if (mounts_.empty()) return {};
      return document_.error(layer_, "a layer imports files and has no run that takes them",
                             "write dest: beside path:");
    }
    add(run_of(layer_.find("run")->line, {"/bin/sh", "-xec", join(lines, "\n")}, std::move(mounts_)));
    return {};
  }

  Result<std::optional<dockerfile::Command>> read_words(std::string_view key) const {
    const auto* node = layer_.find(key);
    if (!node) return std::optional<dockerfile::Command>{};
    dockerfile::Command command;
    command.words = TRY(document_.texts(layer_, key));
    if (node->kind == Node::Kind::scalar) {
      auto split = dockerfile::substitute(node->text, [](std::string_view) { return nullptr; });
      if (!split) return document_.error(*node, split.error().text(), split.error().cure());
      command.words = std::move(split->words);
    }
    return std::optional(std::move(command));
  }

  Result<> read_config() {
    std::vector<std::pair<std::string, std::string>> env;
    for (const auto& [name, value] : TRY(document_.pairs(layer_, "environment")))
      env.emplace_back(name, value.value_or(""));
    if (!env.empty()) add(env_of(layer_.find("environment")->line, env));
    dockerfile::Label labels;
    for (const auto& [name, value] : TRY(document_.pairs(layer_, "labels"))) {
      labels.pairs.push_back({literal(name), literal(value.value_or("")), false, {layer_.line, 1, 1}});
    }
    if (!labels.pairs.empty()) add(instruction(layer_.find("labels")->line, "LABEL", "labels", std::move(labels)));
    dockerfile::Volume volumes;
    for (const auto& path : TRY(document_.texts(layer_, "volumes"))) volumes.paths.push_back(literal(path));
    if (!volumes.paths.empty())
      add(instruction(layer_.find("volumes")->line, "VOLUME", join(volumes.paths, " "), volumes));
    if (const auto path = TRY(document_.text(layer_, "working_dir"))) {
      add(instruction(layer_.find("working_dir")->line, "WORKDIR", *path, dockerfile::Workdir{literal(*path)}));
    }
    if (const auto user = TRY(document_.text(layer_, "user"))) {
      add(instruction(layer_.find("user")->line, "USER", *user, dockerfile::User{literal(*user)}));
    }
    return read_commands();
  }

  Result<> read_commands() {
    if (auto whole = TRY(read_words("full_command"))) {
      const auto line = layer_.find("full_command")->line;
      add(instruction(line, "ENTRYPOINT", "[]", dockerfile::Entrypoint{}));
      add(instruction(line, "CMD", join(whole->words, " "), dockerfile::Cmd{std::move(*whole)}));
    }
    if (auto entrypoint = TRY(read_words("entrypoint"))) {
      add(instruction(layer_.find("entrypoint")->line, "ENTRYPOINT", join(entrypoint->words, " "),
                      dockerfile::Entrypoint{std::move(*entrypoint)}));
    }
    if (auto cmd = TRY(read_words("cmd"))) {
      add(instruction(layer_.find("cmd")->line, "CMD", join(cmd->words, " "), dockerfile::Cmd{std::move(*cmd)}));
    }
    return {};
  }

  const Document& document_;
  const Node& layer_;
  std::vector<dockerfile::Stage>& stages_;
  dockerfile::Stage stage_;
  std::vector<dockerfile::RunMount> mounts_;
};

}  // namespace

Result<StackerFile> parse_stacker(std::string_view text, std::string_view file,
                                  const std::map<std::string, std::string>& substitutions) {
  StackerFile stacker;
  stacker.file.file = file;
  stacker.file.source = TRY(substitute_stacker(text, file, substitutions));
  const auto root = TRY(read_map(stacker.file.source, file));
  const Document document{stacker.file.file, stacker.file.source};
  for (const auto& layer : root.items) {
    if (layer.key == "config" || layer.key == "stacker_config") {
      return document
          .error(layer, "prerequisites are not read", "build those files first, with a --tag that from names")
          .with_code(Code::unsupported);
    }
    if (layer.kind != Node::Kind::map)
      return document.error(layer, quoted(layer.key) + " is no layer", "it has from: and more");
    TRY(LayerReader(document, layer, stacker.file.stages).read());
    if (!TRY(document.flag(layer, "build_only", false))) stacker.target = stacker.file.stages.back().from.name;
  }
  if (stacker.file.stages.empty()) return fail(Code::invalid, "{} has no layers", dockerfile::printable(file));
  if (stacker.target.empty()) stacker.target = stacker.file.stages.back().from.name;
  return stacker;
}

}  // namespace gantry::task
