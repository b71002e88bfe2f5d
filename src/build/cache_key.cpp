#include "build/cache_key.hpp"

#include "archive/hash.hpp"
#include "base/json.hpp"

namespace gantry::build {

namespace {

/// Changes when steps come to mean something else.
constexpr std::string_view kVersion = "gantry build 1";

class Key {
 public:
  Key(const Situation& situation, std::vector<Context>& contexts) : situation_(situation), contexts_(contexts) {
    add(kVersion);
  }

  /// With its length, so that no two lists of words look alike.
  void add(std::string_view word) {
    hasher_.update(as_bytes(fmt::format("{}:", word.size())));
    hasher_.update(as_bytes(word));
  }
  void add(const std::vector<std::string>& words) {
    add(fmt::format("{}", words.size()));
    for (const auto& word : words) add(word);
  }
  void add_layers(NodeId node) {
    for (const auto& layer : situation_.layers[node]) add(layer.hex());
    add("end");
  }

  Result<> add_step(const RunStep& step) {
    add("run");
    add(step.argv);
    add(step.env);
    add(step.workdir);
    add(step.user);
    add(step.script);
    add(fmt::format("{} {}", static_cast<int>(step.network), step.insecure));
    for (const auto& mount : step.mounts) TRY(add_mount(mount));
    engine::ContainerConfig container = situation_.settings.container;
    static_cast<engine::NetworkConfig&>(container) = {};  // by which way it reaches the world is no input
    add(json::encode(container));
    add(situation_.settings.add_hosts);
    return {};
  }

  Result<> add_step(const CopyStep& step) {
    add("copy");
    add(step.sources);
    for (const auto& file : step.files) {
      add(file.name);
      add(file.content);
    }
    for (const auto& word : {step.target, step.chown, step.chmod}) add(word);
    add(step.excludes);
    add(fmt::format("{} {}", step.parents, step.unpacks));
    const auto excluded = TRY(dockerfile::IgnoreRules::of(step.excludes, "--exclude"));
    return add_origin(step.origin, step.sources, &excluded);
  }

  Result<> add_step(const FolderStep& step) {
    add("folder");
    add(step.path);
    return {};
  }

  StepKey finish() { return {.digest = hasher_.finish(), .is_portable = is_portable_}; }

 private:
  Result<> add_mount(const StepMount& mount) {
    add(mount.mount.text);
    add(mount.mount.target);
    // A cache is no input: what it holds must not change the result.
    if (mount.mount.type != dockerfile::MountType::bind) return {};
    return add_origin(mount.origin, {mount.mount.source.empty() ? "/" : mount.mount.source}, nullptr);
  }

  Result<> add_origin(const FileOrigin& origin, const std::vector<std::string>& sources,
                      const dockerfile::IgnoreRules* excluded) {
    if (origin.node) add_layers(*origin.node);
    if (!origin.context) return {};
    Context& context = contexts_[*origin.context];
    const std::size_t local = context.local();
    for (const auto& source : sources) {
      const auto matches =
          TRY(find_sources(context.root(), source, {.ignored = &context.ignored(), .excluded = excluded}));
      add(TRY(context.digest(matches)));
    }
    is_portable_ = is_portable_ && context.local() == local;
    return {};
  }

  const Situation& situation_;
  std::vector<Context>& contexts_;
  archive::Hasher hasher_;
  bool is_portable_ = true;
};

}  // namespace

Result<StepKey> cache_key(const Node& node, const Situation& situation, std::vector<Context>& contexts) {
  Key key(situation, contexts);
  key.add(fmt::format("{}", situation.settings.time));
  if (node.base) key.add_layers(*node.base);
  for (const auto& step : node.steps) TRY(std::visit([&](const auto& known) { return key.add_step(known); }, step));
  return key.finish();
}

}  // namespace gantry::build
