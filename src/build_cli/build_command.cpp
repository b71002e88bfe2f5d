#include "base/file.hpp"
#include "base/text.hpp"
#include "build/job.hpp"
#include "build/remotes.hpp"
#include "build_cli/build_options.hpp"
#include "build_cli/builder.hpp"
#include "build_cli/cache_options.hpp"
#include "build_cli/commands.hpp"
#include "build_cli/fetch.hpp"
#include "build_cli/findings.hpp"
#include "build_cli/outputs.hpp"
#include "build_cli/progress.hpp"
#include "dockerfile/parse.hpp"
#include "options/print.hpp"
#include "store/images.hpp"

#include <fcntl.h>

#include <algorithm>

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

/// One that is a part of what the steps depend on; of others only that they are there.
std::optional<dockerfile::RunNetwork> network_of(const std::string& word) {
  if (word == "host") return dockerfile::RunNetwork::host;
  if (word == "none") return dockerfile::RunNetwork::none;
  return {};
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
      : builder_(builder),
        globals_(builder.globals),
        arguments_(arguments),
        store_(builder.store),
        folders_(builder.folders),
        remotes_(builder.store, fetch_file) {}

  Result<int> run() {
    TRY(store_.sweep());
    TRY(find_sources());
    const Lock used = TRY(store_.use());  // what is here now stays here until the image is listed
    const auto file = TRY(dockerfile::parse(text_.text, text_.path.empty() ? "Dockerfile" : text_.path));
    build::Job job{.sources = sources_, .request = {.file = file}};
    TRY(fill(job));
    if (arguments_.report.wanted()) return report_findings(store_, job, arguments_.report);
    TRY(require_no_findings(store_, job));
    const auto options = TRY(read_run_options(arguments_.run, arguments_.source, arguments_.result));
    const build::Settings settings = TRY(make_settings(builder_, options));
    auto outputs = TRY(read_outputs(arguments_.result.outputs));
    auto observer = TRY(make_observer(arguments_.result.progress, arguments_.result.quiet));
    const auto caches = TRY(read_cache_to(arguments_.result.cache_to));
    const auto imported = import_caches(TRY(read_cache_from(arguments_.source.cache_from)), folders_);
    job.imported = &imported;
    job.notes_cache = std::ranges::find(caches, CachePlace::Type::in_image, &CachePlace::type) != caches.end();
    const auto built = TRY(build::build(settings, job, *observer));
    observer.reset();
    if (built.failure) {
      print_failure(built, file);
      return built.failure->status == 0 ? kOwnFailure : built.failure->status;
    }
    TRY(deliver(built, outputs));
    TRY(export_caches(caches, store_, built, folders_));
    return print_id(built, outputs);
  }

 private:
  Result<> find_sources() {
    sources_.dockerfile = arguments_.source.file;
    sources_.ignore_file = arguments_.source.ignore_file;
    TRY(find_context(arguments_.words.empty() ? "." : arguments_.words.front()));
    text_ = TRY(build::read_dockerfile(sources_));
    return {};
  }

  Result<> find_context(const std::string& word) {
    sources_.is_fetched = word == "-" || build::is_remote(word);
    if (!sources_.is_fetched) {
      sources_.context = TRY(absolute_path(word));
      return {};
    }
    if (word == "-" && sources_.dockerfile == "-")
      return fail(Code::invalid, "standard input cannot be both the context and the Dockerfile")
          .with_cure("name one of them");
    const auto files = word == "-" ? TRY(remotes_.take_input(TRY(open_file("/dev/stdin", O_RDONLY))))
                                   : TRY(remotes_.get_context(word));
    sources_.context = files.path == "/" ? files.folder : files.folder + files.path;
    return {};
  }

  Result<> fill(build::Job& job) {
    job.request.context = sources_.context;
    TRY(read_source_options(arguments_.source, job.request));
    job.request.network = network_of(arguments_.run.network.value_or(""));
    job.request.squash = squash_of(arguments_.result);
    job.request.labels = TRY(read_pairs(arguments_.result.labels, "label"));
    job.platforms = TRY(read_platforms(arguments_.source.platforms));
    job.request.platform = job.platforms.front();
    job.annotations = TRY(read_pairs(arguments_.result.annotations, "annotation"));
    job.format = arguments_.result.format;
    job.jobs = static_cast<std::size_t>(arguments_.result.jobs);
    job.fetch = fetcher(globals_, folders_);
    job.fetch_file = fetch_file;
    return {};
  }

  Result<> deliver(const build::Built& built, const std::vector<Output>& outputs) {
    std::vector<std::string> names;
    for (const auto& tag : arguments_.result.tags) names.push_back(TRY(store::local_name(tag)));
    const Delivery delivery{.store = store_, .built = built, .names = names, .globals = globals_, .folders = folders_};
    TRY(deliver_outputs(delivery, outputs));
    const auto& id = built.images.front().config;
    if (!arguments_.result.iid_file.empty()) TRY(replace_file(arguments_.result.iid_file, id.text(), 0644, Sync::no));
    if (!arguments_.result.metadata_file.empty()) TRY(write_metadata(arguments_.result.metadata_file, built, names));
    return {};
  }

  static Result<int> print_id(const build::Built& built, const std::vector<Output>& outputs) {
    if (lists_image(outputs)) TRY(options::print(built.images.front().config.hex() + "\n"));
    return 0;
  }

  const Builder& builder_;
  const options::Globals& globals_;
  const BuildArguments& arguments_;
  const store::Store& store_;
  const options::Folders& folders_;
  build::Remotes remotes_;
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
    {"gantry build https://github.com/me/app.git#main:server", "Build a folder of a repository"},
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
        "CONTEXT is the folder whose files the Dockerfile may copy, the present one by default; or a git repository "
        "(https://HOST/NAME.git#REF:FOLDER, git@HOST:NAME.git, git://, ssh://), the URL of an archive or of a "
        "Dockerfile "
        "alone, or '-': an archive or a Dockerfile on standard input. Steps that do not need "
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
