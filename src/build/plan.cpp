#include "build/plan.hpp"

#include "build/stage_planner.hpp"
#include "oci/default_path.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace gantry::build {

namespace {

constexpr std::string_view kScratch = "scratch";
constexpr std::string_view kImageContext = "docker-image://";

class Planner {
 public:
  Planner(const Request& request, const PlanInputs& inputs, Timestamp time, Graph& graph)
      : request_(request),
        file_(request.file),
        bases_(inputs.bases),
        remotes_(inputs.remotes),
        time_(time),
        graph_(graph) {}

  Result<ImagePlan> run() {
    const int target = TRY(find_target());
    if (graph_.contexts.empty())
      graph_.contexts.push_back({.name = "", .path = request_.context, .is_fetched = request_.context_is_fetched});
    globals_ = TRY(dockerfile::expand_globals(file_, inputs_of(request_)));
    ImagePlan plan = TRY(stage(target));
    for (const auto& [name, value] : request_.labels) plan.config.config.labels[name] = value;
    if (request_.squash == Squash::with_base) flatten(plan);
    for (const auto& [number, planned] : planned_)
      if (!planned.chain.empty()) plan.stages.emplace(name_of(number), planned.top);
    return plan;
  }

 private:
  Result<int> find_target() const {
    const int last = static_cast<int>(file_.stages.size()) - 1;
    if (request_.target.empty()) return last;
    const int found = file_.find_stage(request_.target);
    if (found >= 0) return found;
    return fail(Code::not_found, "{} has no stage '{}'", file_.file, request_.target)
        .with_cure("name one that a FROM … AS gives, or its number");
  }

  std::string name_of(int stage) const {
    const std::string& name = file_.stages[static_cast<std::size_t>(stage)].from.name;
    return name.empty() ? std::to_string(stage) : name;
  }

  Result<ImagePlan> stage(int number) {
    if (const auto known = planned_.find(number); known != planned_.end()) return known->second;
    const auto& stage = file_.stages[static_cast<std::size_t>(number)];
    const auto from = TRY(dockerfile::expand_from(file_, stage, globals_));
    auto base = begin(from, number);
    if (!base) return at_from(stage, std::move(base.error()));
    const StagePlanner::Setting setting{
        .request = request_,
        .stage = stage,
        .globals = globals_,
        .name = name_of(number),
        .time = time_,
        .find_origin = [this, number](const std::string& name) { return origin(name, number); },
        .fetch = [this](const RemoteSource& source) { return fetch(source); }};
    ImagePlan plan = TRY(StagePlanner(setting, std::move(*base), graph_).run());
    planned_.emplace(number, plan);
    return plan;
  }

  Error at_from(const dockerfile::Stage& stage, Error error) const {
    if (error.text().find('\n') != std::string::npos) return error;
    Error shown = dockerfile::error_at(file_.file, file_.source, stage.image_at, error.text(), error.cure());
    return std::move(shown).with_code(error.code());
  }

  Result<ImagePlan> begin(const dockerfile::From& from, int number) {
    const oci::Platform platform = from.platform.empty() ? request_.platform : TRY(oci::parse_platform(from.platform));
    if (const int earlier = file_.find_stage(from.image, number); earlier >= 0) return stage(earlier);
    if (const auto context = request_.contexts.find(from.image); context != request_.contexts.end()) {
      if (context->second.starts_with(kImageContext))
        return image(context->second.substr(kImageContext.size()), platform);
      return from_folder(context->first, platform);
    }
    if (from.image == kScratch) return empty(platform);
    return image(from.image, platform);
  }

  ImagePlan empty(const oci::Platform& platform) const {
    ImagePlan plan;
    plan.config.os = platform.os;
    plan.config.architecture = platform.architecture;
    plan.config.variant = platform.variant;
    plan.config.created = to_rfc3339(time_);
    plan.config.config.env = {oci::kDefaultPath};  // as buildah and BuildKit have it
    return plan;
  }

  /// A folder that the user gives in place of an image.
  Result<ImagePlan> from_folder(const std::string& name, const oci::Platform& platform) {
    ImagePlan plan = empty(platform);
    CopyStep copy;
    const auto from = TRY(context_files(name));
    copy.origin = from.origin;
    copy.sources = {from.path};
    copy.target = "/";
    plan.top = graph_.add({.steps = {std::move(copy)}, .label = "FROM " + name, .stage = name});
    plan.chain = {plan.top};
    plan.history.push_back({.history = {.created = to_rfc3339(time_), .created_by = "FROM " + name}, .node = plan.top});
    return plan;
  }

  Result<ImagePlan> image(const std::string& name, const oci::Platform& platform) {
    const store::Image& image = *TRY(bases_.find(name, platform));
    ImagePlan plan;
    plan.config = image.config;
    plan.config.created = to_rfc3339(time_);
    for (auto& history : plan.config.history) plan.history.push_back({.history = std::move(history), .node = {}});
    plan.config.history.clear();
    const auto& layers = image.manifest.layers;
    for (std::size_t i = 0; i < layers.size() && i < image.config.rootfs.diff_ids.size(); ++i)
      plan.blobs.emplace(image.config.rootfs.diff_ids[i], layers[i]);
    plan.top = TRY(image_node(name, platform));
    if (!image.config.rootfs.diff_ids.empty()) plan.chain = {plan.top};
    return plan;
  }

  Result<NodeId> image_node(const std::string& name, const oci::Platform& platform) {
    const store::Image& image = *TRY(bases_.find(name, platform));
    if (const auto known = images_.find(image.id); known != images_.end()) return known->second;
    const NodeId node = graph_.add({.layers = image.config.rootfs.diff_ids, .label = "FROM " + name, .stage = name});
    images_.emplace(image.id, node);
    return node;
  }

  FileOrigin context_at(const ContextFolder& folder) {
    const auto known = std::ranges::find(graph_.contexts, folder.path, &ContextFolder::path);
    const auto number = static_cast<std::size_t>(known - graph_.contexts.begin());
    if (known == graph_.contexts.end()) graph_.contexts.push_back(folder);
    return {.node = {}, .context = number};
  }

  /// Of --build-context.
  Result<FetchedFiles> context_files(const std::string& name) {
    const auto& path = request_.contexts.find(name)->second;
    if (!is_remote(path)) return FetchedFiles{.origin = context_at({.name = name, .path = path}), .path = "/"};
    return taken(TRY(remotes_.get_context(path)));
  }

  Result<FileOrigin> context(const std::string& name) {
    auto files = TRY(context_files(name));
    if (files.path == "/") return files.origin;
    // A folder of a repository: all that is above it is out of reach.
    const auto folder = graph_.contexts[*files.origin.context].path + files.path;
    return context_at({.name = name, .path = folder, .is_fetched = true});
  }

  FetchedFiles taken(const RemoteFiles& files) {
    return {.origin = context_at({.name = files.path, .path = files.folder, .is_fetched = true}),
            .path = files.path,
            .is_git = files.is_git};
  }

  /// Of ADD.
  Result<FetchedFiles> fetch(const RemoteSource& source) { return taken(TRY(remotes_.get(source))); }

  /// Of COPY --from and RUN --mount=from=.
  Result<FileOrigin> origin(const std::string& name, int number) {
    if (name.empty()) return FileOrigin{.node = {}, .context = 0};
    if (const int earlier = file_.find_stage(name, number); earlier >= 0) {
      const ImagePlan plan = TRY(stage(earlier));
      if (plan.chain.empty())
        return FileOrigin{.node = graph_.add({.label = "FROM scratch", .stage = name}), .context = {}};
      return FileOrigin{.node = plan.top, .context = {}};
    }
    if (file_.find_stage(name) >= 0)
      return fail(Code::invalid, "stage '{}' comes only later", name).with_cure("move it in front of this one");
    if (name == kScratch)
      return FileOrigin{.node = graph_.add({.label = "FROM scratch", .stage = name}), .context = {}};
    std::string image = name;
    if (const auto known = request_.contexts.find(name); known != request_.contexts.end()) {
      if (!known->second.starts_with(kImageContext)) return context(name);
      image = known->second.substr(kImageContext.size());
    }
    return FileOrigin{.node = TRY(image_node(image, request_.platform)), .context = {}};
  }

  /// One layer of all that the image holds.
  void flatten(ImagePlan& plan) {
    if (plan.chain.empty()) return;
    CopyStep copy;
    copy.origin.node = plan.top;
    copy.sources = {"/"};
    copy.target = "/";
    plan.top = graph_.add({.steps = {std::move(copy)}, .label = "squash all layers", .stage = "squash"});
    plan.chain = {plan.top};
    for (auto& note : plan.history) {
      note.node.reset();
      note.history.empty_layer = true;
    }
    plan.history.push_back(
        {.history = {.created = to_rfc3339(time_), .created_by = "squash all layers"}, .node = plan.top});
  }

  const Request& request_;
  const dockerfile::Dockerfile& file_;
  Bases& bases_;
  Remotes& remotes_;
  Timestamp time_;
  Graph& graph_;
  dockerfile::Globals globals_;
  std::map<int, ImagePlan> planned_;
  std::map<std::string, NodeId> images_;
};

}  // namespace

dockerfile::BuildInputs inputs_of(const Request& request) {
  return {.build_args = request.build_args,
          .build_platform = oci::host_platform(),
          .target_platform = request.platform,
          .target_stage = request.target.empty() ? "default" : request.target};
}

Result<ImagePlan> plan_image(const Request& request, const PlanInputs& inputs, Timestamp time, Graph& graph) {
  return Planner(request, inputs, time, graph).run();
}

}  // namespace gantry::build
