#include "build/job.hpp"

#include "base/file.hpp"
#include "build/context.hpp"
#include "build/plan.hpp"
#include "build/remotes.hpp"
#include "dockerfile/ignore.hpp"
#include "linux/path.hpp"

#include <fcntl.h>

#include <algorithm>
#include <set>
#include <thread>

namespace gantry::build {

namespace {

constexpr const char* kNames[] = {"Containerfile", "Dockerfile"};
constexpr std::size_t kLargest = 16u << 20;

/// A file of the context or beside it. A context that came from elsewhere is hostile.
Result<std::string> read_text(const Sources& sources, const std::string& path) {
  const std::string above = sources.context + "/";
  if (!sources.is_fetched || !path.starts_with(above)) return read_file(path, kLargest);
  const Fd root = TRY(open_folder(sources.context));
  const Fd file = TRY(linux::open_in_root(root, path.substr(above.size() - 1), O_RDONLY | O_NONBLOCK));
  return read_all(file, path, kLargest);
}

Result<DockerfileText> read_as(const Sources& sources, const std::string& path) {
  auto text = TRY(read_text(sources, path));
  return DockerfileText{.path = path, .text = std::move(text)};
}

/// Opens the folders that the graph names; only the main one has an ignore file of its own.
Result<std::vector<Context>> open_contexts(const Settings& settings, const Job& job, const Graph& graph,
                                           const std::string& dockerfile) {
  const std::string memory = settings.store.root() + "/contexts";
  std::vector<Context> contexts;
  for (const auto& folder : graph.contexts) {
    dockerfile::IgnoreRules ignored;
    if (folder.name.empty()) ignored = TRY(read_ignore_rules(job.sources, dockerfile));
    else if (!folder.is_fetched)
      ignored = TRY(read_ignore_rules({.context = folder.path, .dockerfile = {}, .ignore_file = {}}, ""));
    contexts.push_back(TRY(Context::open(folder.path, std::move(ignored), folder.is_fetched ? "" : memory)));
  }
  return contexts;
}

/// Nodes of different platforms that are the same are one, as their keys tell: the graph is common to all.
Result<std::vector<ImagePlan>> plan_all(const Settings& settings, const Job& job, const PlanInputs& inputs,
                                        Graph& graph) {
  std::vector<ImagePlan> plans;
  for (const auto& platform : job.platforms) {
    Request request = job.request;
    request.context_is_fetched = job.sources.is_fetched;
    request.platform = platform;
    plans.push_back(TRY(plan_image(request, inputs, settings.time, graph)));
  }
  return plans;
}

std::vector<CachedStep> steps_of(const Scheduler& scheduler, const ImagePlan& plan) {
  std::vector<CachedStep> steps;
  for (const NodeId node : plan.chain)
    if (auto step = scheduler.cached_step(node)) steps.push_back(std::move(*step));
  return steps;
}

std::size_t choose_jobs(std::size_t wanted) {
  return wanted != 0 ? wanted : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

}  // namespace

Result<DockerfileText> read_dockerfile(const Sources& sources) {
  if (sources.dockerfile == "-") {
    const Fd input = TRY(open_file("/dev/stdin", O_RDONLY));
    auto text = TRY(read_all(input, "standard input", kLargest));
    return DockerfileText{.path = {}, .text = std::move(text)};
  }
  if (!sources.dockerfile.empty() && sources.is_fetched)
    return read_as(sources, sources.context + "/" + sources.dockerfile);
  if (!sources.dockerfile.empty()) {
    auto text = read_as(sources, sources.dockerfile);
    if (text || text.error().code() != Code::not_found || sources.dockerfile.starts_with('/')) return text;
    // As buildah: a path in the context serves too.
    auto inside = read_as(sources, sources.context + "/" + sources.dockerfile);
    return inside ? std::move(inside) : std::move(text);
  }
  for (const char* name : kNames) {
    auto text = read_as(sources, sources.context + "/" + name);
    if (text || text.error().code() != Code::not_found) return text;
  }
  return fail(Code::not_found, "{} has neither a Containerfile nor a Dockerfile", sources.context)
      .with_cure("name one: -f FILE");
}

Result<dockerfile::IgnoreRules> read_ignore_rules(const Sources& sources, const std::string& dockerfile) {
  std::vector<std::string> paths;
  if (!sources.ignore_file.empty()) paths = {sources.ignore_file};
  else {
    const auto known = dockerfile::ignore_files(dockerfile);
    if (!dockerfile.empty()) paths.push_back(known.beside);
    for (const auto& name : known.in_context) paths.push_back(sources.context + "/" + name);
  }
  for (const auto& path : paths) {
    auto text = read_text(sources, path);
    if (text) return dockerfile::IgnoreRules::parse(*text, path);
    if (text.error().code() != Code::not_found || !sources.ignore_file.empty()) return std::move(text.error());
  }
  return dockerfile::IgnoreRules();
}

Result<Built> build(const Settings& settings, const Job& job, Observer& observer) {
  Graph graph;
  Remotes remotes(settings.store, job.fetch_file);
  Bases bases(settings.store, job.request.pull, job.fetch);
  const auto plans = TRY(plan_all(settings, job, {bases, remotes}, graph));
  auto contexts = TRY(open_contexts(settings, job, graph, job.request.file.file));
  std::set<NodeId> wanted;
  for (const auto& plan : plans)
    if (!plan.chain.empty()) wanted.insert(plan.top);
  const ImportedSteps nothing;
  Scheduler scheduler(settings, graph, contexts, job.imported != nullptr ? *job.imported : nothing, observer);
  Built built{.materials = bases.materials()};
  built.materials.insert(built.materials.end(), remotes.materials().begin(), remotes.materials().end());
  built.failure = TRY(scheduler.run(wanted, choose_jobs(job.jobs)));
  if (built.failure) {
    built.failed = graph.nodes[built.failure->node];
    return built;
  }
  for (NodeId node = 0; node < graph.nodes.size(); ++node)
    if (auto step = scheduler.cached_step(node)) built.steps.push_back(std::move(*step));
  for (const auto& [name, node] : plans.front().stages) built.stages.emplace(name, scheduler.layers(node));
  for (const auto& plan : plans) {
    const auto steps = steps_of(scheduler, plan);
    built.result_steps.insert(built.result_steps.end(), steps.begin(), steps.end());
    auto annotations = job.annotations;
    if (job.notes_cache) annotations[kInlineCache] = inline_cache(steps);
    built.images.push_back(TRY(store_image(settings.store, plan, scheduler, annotations, job.format)));
    built.layers.push_back(plan.chain.empty() ? std::vector<oci::Digest>() : scheduler.layers(plan.top));
  }
  built.root = built.images.size() == 1 ? built.images.front().manifest
                                        : TRY(store_index(settings.store, built.images, job.annotations));
  return built;
}

}  // namespace gantry::build
