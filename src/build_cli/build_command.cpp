#include "base/file.hpp"
#include "base/text.hpp"
#include "build/job.hpp"
#include "build_cli/build_options.hpp"
#include "build_cli/builder.hpp"
#include "build_cli/commands.hpp"
#include "build_cli/fetch.hpp"
#include "build_cli/findings.hpp"
#include "build_cli/outputs.hpp"
#include "build_cli/progress.hpp"
#include "dockerfile/parse.hpp"
#include "linux/cgroup.hpp"
#include "linux/idmap.hpp"
#include "options/print.hpp"
#include "options/sibling.hpp"
#include "store/images.hpp"

namespace gantry::build_cli {

namespace {

struct BuildArguments {
  BuildSourceOptions source;
  BuildRunOptions run;
  BuildResultOptions result;
  BuildReportOptions report;
  std::vector<std::string> words;
};

/// Status 125 is Gantry's own failure; a RUN that fails gives its command's.
constexpr int kOwnFailure = 125;

Result<dockerfile::RunNetwork> read_network(const std::string& word) {
  if (word == "host") return dockerfile::RunNetwork::host;
  if (word == "none") return dockerfile::RunNetwork::none;
  if (word == "default") return dockerfile::RunNetwork::standard;
  return fail(Code::unsupported, "--network {}: a build has no such network", word).with_cure("default, host or none");
}

build::Squash squash_of(const BuildResultOptions& result) {
  if (result.squash_all) return build::Squash::with_base;
  return result.squash || !result.layers.value_or(true) ? build::Squash::stage : build::Squash::none;
}

/// Several lines, which the log would make one.
void print_shown(const std::string& text) { best_effort(options::print_error("gantry: error: " + text + "\n")); }

void print_failure(const build::Built& built, const dockerfile::Dockerfile& file) {
  const auto& failure = *built.failure;
  std::string text;
  if (!failure.log.empty()) text = "its last lines:\n" + failure.log + "\n";
  const std::string step = fmt::format("{}: {}", std::string(cut(built.failed.label, '\n').before), failure.reason);
  if (built.failed.at.line != 0)
    print_shown(text + dockerfile::error_at(file.file, file.source, built.failed.at, step, "").message());
  else print_shown(text + step);
}

/// One build, in the user namespace that the store takes.
class BuildRun {
 public:
  BuildRun(const Builder& builder, const BuildArguments& arguments)
      : globals_(builder.globals), arguments_(arguments), store_(builder.store), folders_(builder.folders) {}

  Result<int> run() {
    TRY(find_sources());
    TRY(store_.sweep());
    const Lock used = TRY(store_.use());  // what is here now stays here until the image is listed
    const auto file = TRY(dockerfile::parse(text_.text, text_.path.empty() ? "Dockerfile" : text_.path));
    build::Job job{.sources = sources_, .request = {.file = file}};
    TRY(fill(job));
    if (arguments_.report.wanted()) return report_findings(store_, job, arguments_.report);
    TRY(require_no_findings(store_, job));
    const auto options = TRY(read_run_options(arguments_.run, arguments_.source, arguments_.result));
    const build::Settings settings = TRY(make_settings(options));
    auto outputs = TRY(read_outputs(arguments_.result.outputs));
    auto observer = TRY(make_observer(arguments_.result.progress, arguments_.result.quiet));
    const auto built = TRY(build::build(settings, job, *observer));
    observer.reset();
    if (built.failure) {
      print_failure(built, file);
      return built.failure->status == 0 ? kOwnFailure : built.failure->status;
    }
    return deliver(built, outputs);
  }

 private:
  Result<> find_sources() {
    sources_.context = TRY(absolute_path(arguments_.words.empty() ? "." : arguments_.words.front()));
    sources_.dockerfile = arguments_.source.file;
    sources_.ignore_file = arguments_.source.ignore_file;
    text_ = TRY(build::read_dockerfile(sources_));
    return {};
  }

  Result<> fill(build::Job& job) {
    job.request.context = sources_.context;
    TRY(read_source_options(arguments_.source, job.request));
    if (arguments_.run.network) job.request.network = TRY(read_network(*arguments_.run.network));
    job.request.squash = squash_of(arguments_.result);
    job.request.labels = TRY(read_pairs(arguments_.result.labels, "label"));
    job.platforms = TRY(read_platforms(arguments_.source.platforms));
    job.request.platform = job.platforms.front();
    job.annotations = TRY(read_pairs(arguments_.result.annotations, "annotation"));
    job.format = arguments_.result.format;
    job.jobs = static_cast<std::size_t>(arguments_.result.jobs);
    job.fetch = fetcher(globals_, folders_);
    return {};
  }

  Result<build::Settings> make_settings(const BuildSettings& options) const {
    auto init = TRY(options::find_sibling("gantry-init"));
    return build::Settings{
        .store = store_,
        .runtime = {.root = folders_.run_root + "/build", .init_program = std::move(init)},
        .container = options.container,
        .add_hosts = options.add_hosts,
        .secrets = options.secrets,
        .time = options.time,
        .caches = store_.root() + "/caches",
        .limits = linux::in_initial_user_namespace() && linux::cgroup_mode() != linux::CgroupMode::none,
        .allows_insecure = options.allows_insecure};
  }

  Result<int> deliver(const build::Built& built, const std::vector<Output>& outputs) {
    std::vector<std::string> names;
    for (const auto& tag : arguments_.result.tags) names.push_back(TRY(store::local_name(tag)));
    const Delivery delivery{.store = store_, .built = built, .names = names, .globals = globals_, .folders = folders_};
    TRY(deliver_outputs(delivery, outputs));
    const auto& id = built.images.front().config;
    if (!arguments_.result.iid_file.empty()) TRY(replace_file(arguments_.result.iid_file, id.text(), 0644, Sync::no));
    if (!arguments_.result.metadata_file.empty()) TRY(write_metadata(arguments_.result.metadata_file, built, names));
    if (lists_image(outputs)) TRY(options::print(id.hex() + "\n"));
    return 0;
  }

  const options::Globals& globals_;
  const BuildArguments& arguments_;
  const store::Store& store_;
  const options::Folders& folders_;
  build::Sources sources_;
  build::DockerfileText text_;
};

Result<int> run_build(const options::Globals& globals, const BuildArguments& arguments) {
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    auto status = BuildRun(builder, arguments).run();
    if (status || status.error().text().find('\n') == std::string::npos) return status;
    print_shown(status.error().message());
    return kOwnFailure;
  });
}

constexpr options::Choice<ReportFormat> kReportFormats[] = {{"text", ReportFormat::text},
                                                            {"sarif", ReportFormat::sarif}};
constexpr options::Option kBuildReport[] = {
    options::option<&BuildReportOptions::check, options::read_choice<kReportFormats>>(
        0, "check", "text|sarif", "Print what BuildKit's checks find in the Dockerfile, and build nothing")
        .alone("text"),
    options::option<&BuildReportOptions::lint, options::read_choice<kReportFormats>>(
        0, "lint", "text|sarif", "Print what makes the image large, slow to build or unsafe, and build nothing")
        .alone("text"),
};
constexpr options::Group kGroups[] = {
    options::group<&BuildArguments::source>(kBuildSource, "What is built"),
    options::group<&BuildArguments::run>(kBuildRun, "How RUN runs"),
    options::group<&BuildArguments::result>(kBuildResult, "What comes of it"),
    options::group<&BuildArguments::report>(kBuildReport, "Instead of building"),
};
constexpr options::Example kExamples[] = {
    {"gantry build -t app .", "Build what the Dockerfile in this folder says"},
    {"gantry build --target test --output type=local,dest=out .", "Build one stage and take its files"},
    {"gantry build --secret id=token,src=token.txt .", "Let a RUN --mount=type=secret,id=token see a secret"},
};
constexpr options::ManSection kSections[] = {
    {"REPRODUCIBLE IMAGES",
     "An image depends on its Dockerfile, its base, the files that are copied and what its commands write: the same of "
     "them give the same digest whenever and wherever it is built. All times in it are that of --timestamp, or of "
     "$SOURCE_DATE_EPOCH, or the beginning of 1970; --timestamp now is the present, and a new image each time."},
    {"CHECKS",
     "--check makes the checks of BuildKit, under their names, and --lint looks for what its rules do not: secrets in "
     "layers, base images that change, lists of packages left behind, the user root, huge contexts, an order that the "
     "cache cannot use. Both print text, or SARIF for hosts of code, and end with status 1 when something was found. "
     "'# check=skip=NAME' at the top of the Dockerfile leaves a rule out; with '# check=error=true' a build begins "
     "only "
     "when the checks find nothing."},
    {"EXIT STATUS",
     "0; that of a RUN's command which has failed; 1 when --check or --lint has found something; 125 for all else that "
     "goes wrong."},
};

}  // namespace

constinit const Command kBuild = options::command<run_build>({
    .name = "build",
    .second_name = "bud",
    .summary = "Build an image from a Dockerfile",
    .synopsis = "[OPTIONS] [CONTEXT]",
    .description =
        "CONTEXT is the folder whose files the Dockerfile may copy, the present one by default. Steps that do not need "
        "one another run at the same time, and only those that the target needs. What an earlier build has made of the "
        "same files and commands is taken from there.\n"
        "The image's id is printed at the end.",
    .sections = kSections,
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&BuildArguments::words>(
        {.name = "CONTEXT", .least = 0, .most = 1, .first = options::Completes::folders}),
});

}  // namespace gantry::build_cli
