#include "base/file.hpp"
#include "base/text.hpp"
#include "build/job.hpp"
#include "build/remotes.hpp"
#include "build_cli/attestations.hpp"
#include "build_cli/build_options.hpp"
#include "build_cli/builder.hpp"
#include "build_cli/cache_options.hpp"
#include "build_cli/commands.hpp"
#include "build_cli/failure.hpp"
#include "build_cli/fetch.hpp"
#include "build_cli/findings.hpp"
#include "build_cli/outputs.hpp"
#include "build_cli/progress.hpp"
#include "dockerfile/parse.hpp"
#include "options/print.hpp"
#include "store/images.hpp"
#include "task/stacker.hpp"

#include <fcntl.h>

#include <algorithm>

namespace gantry::build_cli {

namespace {

struct BuildArguments {
  BuildSourceOptions source;
  BuildRunOptions run;
  BuildResultOptions result;
  BuildReportOptions report;
  AttestationOptions attestations;
  std::vector<std::string> words;
};

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
    const auto file = TRY(read_file_of_stages());
    build::Job job{.sources = sources_, .request = {.file = file}};
    TRY(fill(job));
    if (job.request.target.empty()) job.request.target = target_;
    if (arguments_.report.wanted()) return report_findings(store_, job, arguments_.report);
    TRY(require_no_findings(store_, job));
    const auto options = TRY(read_run_options(arguments_.run, arguments_.source, arguments_.result));
    const build::Settings settings = TRY(make_settings(builder_, options));
    auto outputs = TRY(read_outputs(arguments_.result.outputs));
    TRY(check_attestations(arguments_.attestations, outputs));
    const Timestamp started = now();
    auto observer = TRY(make_observer(arguments_.result.progress, arguments_.result.quiet));
    const auto caches = TRY(read_cache_to(arguments_.result.cache_to));
    const auto imported = import_caches(TRY(read_cache_from(arguments_.source.cache_from)), folders_);
    job.imported = &imported;
    job.notes_cache = std::ranges::find(caches, CachePlace::Type::in_image, &CachePlace::type) != caches.end();
    const auto built = TRY(build::build(settings, job, *observer));
    observer.reset();
    if (built.failure) return show_failure(built, file);
    TRY(deliver(built, outputs, provenance_input(job, built, started)));
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

  /// A Dockerfile, or a stacker.yaml by its name.
  Result<dockerfile::Dockerfile> read_file_of_stages() {
    const std::string name = text_.path.empty() ? "Dockerfile" : text_.path;
    if (!name.ends_with("stacker.yaml") && !name.ends_with("stacker.yml")) return dockerfile::parse(text_.text, name);
    auto stacker =
        TRY(task::parse_stacker(text_.text, name, TRY(read_pairs(arguments_.source.build_args, "build-arg"))));
    target_ = std::move(stacker.target);
    return std::move(stacker.file);
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

  build::ProvenanceInput provenance_input(const build::Job& job, const build::Built& built, Timestamp started) const {
    build::ProvenanceInput input{.dockerfile = text_.path.substr(text_.path.rfind('/') + 1),
                                 .target = job.request.target,
                                 .materials = built.materials,
                                 .started = started,
                                 .finished = now()};
    const auto& context = remotes_.materials();
    input.materials.insert(input.materials.end(), context.begin(), context.end());
    if (arguments_.attestations.provenance != ProvenanceMode::max) return input;
    input.build_args = job.request.build_args;
    input.source = text_.text;
    return input;
  }

  Result<> deliver(const build::Built& built, const std::vector<Output>& outputs,
                   const build::ProvenanceInput& provenance) {
    std::vector<std::string> names;
    for (const auto& tag : arguments_.result.tags) names.push_back(TRY(store::local_name(tag)));
    const Delivery delivery{.store = store_, .built = built, .names = names, .globals = globals_, .folders = folders_};
    TRY(deliver_outputs(delivery, outputs));
    TRY(deliver_attestations(delivery, outputs, arguments_.attestations, provenance));
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
  std::string target_;  ///< that the file itself names; empty: it does not
};

Result<int> run_build(const options::Globals& globals, const BuildArguments& arguments) {
  return with_builder(
      globals, [&](const Builder& builder) -> Result<int> { return show_excerpt(BuildRun(builder, arguments).run()); });
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
constexpr options::Choice<ProvenanceMode> kProvenanceModes[] = {
    {"true", ProvenanceMode::min}, {"min", ProvenanceMode::min},      {"mode=min", ProvenanceMode::min},
    {"max", ProvenanceMode::max},  {"mode=max", ProvenanceMode::max}, {"false", ProvenanceMode::none}};
constexpr options::Option kAttestations[] = {
    options::option<&AttestationOptions::provenance, options::read_choice<kProvenanceModes>>(
        0, "provenance", "min|max|false", "Say beside the image how it was made: SLSA provenance")
        .alone("true"),
    options::flag<&AttestationOptions::sbom>(0, "sbom", "Say beside the image what packages it holds: SPDX"),
};
constexpr options::Group kGroups[] = {
    options::group<&BuildArguments::source>(kBuildSource, "What is built"),
    options::group<&BuildArguments::run>(kBuildRun, "How RUN runs"),
    options::group<&BuildArguments::result>(kBuildResult, "What comes of it"),
    options::group<&BuildArguments::attestations>(kAttestations, "What is said of it"),
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
    {"ATTESTATIONS",
     "--provenance and --sbom make in-toto statements: which Dockerfile and target, and which base images, files and "
     "repositories with which digests (SLSA provenance 1.0; of mode max build arguments and the Dockerfile's text, "
     "too), "
     "and the packages that dpkg and apk have installed (SPDX 2.3). With --output type=registry they are attached to "
     "the "
     "image in the registry, where 'gantry artifact discover' finds them; with type=local they are files beside the "
     "others, provenance.json and sbom.spdx.json."},
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
