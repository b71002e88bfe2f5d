#include "archive/pack.hpp"
#include "base/build_time.hpp"
#include "base/file.hpp"
#include "container_cli/commands.hpp"
#include "edit/draft.hpp"
#include "edit/new_layer.hpp"
#include "edit/path_changes.hpp"
#include "engine/access.hpp"
#include "engine/changes.hpp"
#include "linux/idmap.hpp"
#include "options/globals.hpp"
#include "options/print.hpp"
#include "transfer/change.hpp"
#include "transfer/commands.hpp"
#include "transfer/load.hpp"
#include "transfer/open_origin.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace gantry::container_cli {

namespace {

struct CommitArguments {
  std::string author, message, id_file;
  std::vector<std::string> changes;
  bool pause = false;
  bool quiet = false;
  std::vector<std::string> words;
};

/// Its processes stand still as long as it is there.
class Paused {
 public:
  static Result<Paused> make(engine::Engine& engine, const std::string& id) {
    TRY(engine.pause(id));
    return Paused(engine, id);
  }
  Paused(Paused&& other) noexcept : engine_(std::exchange(other.engine_, nullptr)), id_(std::move(other.id_)) {}
  Paused& operator=(Paused&&) = delete;
  ~Paused() {
    if (engine_ != nullptr) best_effort(engine_->unpause(id_));
  }

 private:
  Paused(engine::Engine& engine, std::string id) : engine_(&engine), id_(std::move(id)) {}
  engine::Engine* engine_;
  std::string id_;
};

/// What the container was made with is what containers of the new image start with.
void take_config(const engine::ContainerConfig& config, oci::ExecutionConfig& image) {
  image.entrypoint = config.entrypoint.value_or(std::vector<std::string>{});
  image.cmd = config.command;
  image.env = config.env;
  image.working_dir = config.workdir;
  image.user = config.user;
  image.labels = config.labels;
  image.stop_signal = config.stop_signal == "SIGTERM" ? "" : config.stop_signal;
}

edit::PathChanges paths_of(const std::vector<engine::Change>& changes) {
  edit::PathChanges paths;
  for (const auto& change : changes)
    paths[change.path.substr(1)] =
        change.kind == engine::ChangeKind::deleted ? edit::PathChange::remove : edit::PathChange::add;
  return paths;
}

/// One commit at work.
class Commit {
 public:
  Commit(const CommitArguments& arguments, const store::Store& store, engine::Engine& engine)
      : arguments_(arguments), store_(store), engine_(engine) {}

  Result<std::string> run() {
    const auto container = TRY(engine_.find(arguments_.words[0]));
    if (container.image_id.empty())
      return fail(Code::unsupported, "container '{}' is made from no image", container.name)
          .with_cure("write its files with: gantry export");
    const auto origin = TRY(transfer::open_store_origin(store_, container.image_id));
    auto images = TRY(origin->list(""));
    edit::Draft draft = TRY(edit::open_draft(*origin, images.front(), {}));
    take_config(container.config, draft.config.config);
    for (const auto& change : arguments_.changes)
      TRY(with_context(transfer::apply_change(change, draft.config.config), "option --change"));
    if (!arguments_.author.empty()) draft.config.author = arguments_.author;
    const edit::Note note{.time = TRY(build_time()),
                          .author = arguments_.author,
                          .created_by = join_words(container.argv()),
                          .comment = arguments_.message};
    edit::add_layer(draft, TRY(layer_of(container, note.time)), note);
    const auto platform = oci::normalized(oci::platform_of(draft.config));
    const auto changed = TRY(edit::finish(std::move(draft), TRY(names())));
    const auto loaded = TRY(transfer::load(store_, *changed, "", platform));
    engine::report(engine_, container, "commit");
    return loaded.front().id;
  }

 private:
  static std::string join_words(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) (text += text.empty() ? "" : " ") += word;
    return text;
  }

  Result<edit::NewLayer> layer_of(const engine::Container& container, Timestamp time) {
    std::optional<Paused> paused;
    if (arguments_.pause && container.status == engine::Status::running)
      paused.emplace(TRY(Paused::make(engine_, container.id)));
    return with_context(pack_changes(container, time), "commit container '{}'", container.name);
  }

  /// What it has written over its image.
  Result<edit::NewLayer> pack_changes(const engine::Container& container, Timestamp time) {
    const auto written = TRY(engine::written(engine_, container.id));
    const Fd folder = TRY(open_file(written.folder, O_RDONLY | O_DIRECTORY));
    auto sink = TRY(edit::LayerSink::begin(store_.root() + "/tmp", archive::Compression::gzip));
    const archive::PackOptions options{.overlay = !written.whole, .max_mtime = time, .id_maps = {}};
    TRY(written.whole ? edit::write_changes(folder, paths_of(TRY(engine_.diff(container.id))), options, *sink)
                      : archive::pack(folder, *sink, options));
    return sink->finish();
  }

  Result<std::vector<std::string>> names() const {
    std::vector<std::string> names;
    if (arguments_.words.size() > 1) names.push_back(TRY(store::local_name(arguments_.words[1])));
    return names;
  }

  const CommitArguments& arguments_;
  const store::Store& store_;
  engine::Engine& engine_;
};

Result<int> run_commit(const options::Globals& globals, const CommitArguments& arguments) {
  // Before the user namespace of an ordinary user, in which all paths would be root's.
  auto folders = TRY(options::folders(globals));
  std::optional<Fd> id_file;
  if (!arguments.id_file.empty())
    id_file = TRY(with_context(open_file(arguments.id_file, O_WRONLY | O_CREAT | O_TRUNC, 0644), "option --iidfile"));
  TRY(transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    engine::Engine engine({.root = folders.root, .run_root = folders.run_root});
    const std::string id = TRY(Commit(arguments, store, engine).run());
    if (id_file) TRY(write_all(*id_file, "sha256:" + id, arguments.id_file));
    return options::print(id + "\n");
  }));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&CommitArguments::author>('a', "author", "TEXT", "Say in the image who made it"),
    options::option<&CommitArguments::changes>('c', "change", "INSTRUCTION",
                                               "Apply an instruction of a Dockerfile, such as \"CMD /bin/sh\""),
    options::option<&CommitArguments::id_file>(0, "iidfile", "FILE", "Write the image's ID to a file")
        .completing(options::Completes::files),
    options::option<&CommitArguments::message>('m', "message", "TEXT", "Say in the history why it was made"),
    options::flag<&CommitArguments::pause>('p', "pause", "Suspend the container meanwhile"),
    options::flag<&CommitArguments::quiet>('q', "quiet", "Show no progress, of which there is none").unlisted(),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry commit web web-as-it-is", "Make an image of a container"},
    {"gantry commit -c 'CMD nginx -g \"daemon off;\"' web site:2", "Make one that starts something else"},
};

}  // namespace

constinit const Command kCommit = options::command<run_commit>({
    .name = "commit",
    .summary = "Make an image of a container",
    .synopsis = "[OPTIONS] CONTAINER [IMAGE]",
    .description =
        "Makes an image of the container's own with a layer of what the container has written, and prints its ID. What "
        "is mounted into the container is not part of it. Containers of the new image start with what this one was "
        "made with.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&CommitArguments::words>(
        {.name = "CONTAINER or IMAGE", .least = 1, .most = 2, .first = options::Completes::containers}),
});

}  // namespace gantry::container_cli
