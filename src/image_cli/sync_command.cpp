#include "base/file.hpp"
#include "base/log.hpp"
#include "image_cli/commands.hpp"
#include "image_cli/sync.hpp"
#include "options/print.hpp"
#include "remote/locations.hpp"
#include "remote/registry_options.hpp"
#include "transfer/copy.hpp"
#include "transfer/open_origin.hpp"

#include <algorithm>

namespace gantry::image_cli {

namespace {

struct SyncArguments {
  bool all = false;
  bool dry_run = false;
  bool keep_going = false;
  bool scoped = false;
  std::string suffix;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< SOURCE DESTINATION
};

/// dir: makes the last folder only.
Result<> make_folder_for(const std::string& location) {
  if (!location.starts_with("dir:")) return {};
  std::string path = location.substr(4);
  return make_folders(path.substr(0, path.rfind('/')));
}

Result<std::unique_ptr<transfer::Origin>> open_origin(const SyncJob& job, const std::string& tmp) {
  if (job.from.transport == transfer::Transport::dir) return transfer::open_files(job.from, tmp);
  return job.registries->origin(TRY(oci::parse_reference(job.from.path)));
}

std::string text_of(const transfer::Location& from) {
  return (from.transport == transfer::Transport::dir ? "dir:" : "docker://") + from.path;
}

Result<> copy(const SyncJob& job, const store::Store& store, const remote::Registries& destination, bool all) {
  auto origin = TRY(open_origin(job, store.root() + "/tmp"));
  auto images = TRY(origin->list(""));
  TRY(make_folder_for(job.to));
  auto target = TRY(remote::make_target(store, destination, job.to));
  TRY(transfer::copy(*origin, images.at(0), *target, {.all = all}));
  return {};
}

Result<std::vector<SyncJob>> find_jobs(const SyncArguments& arguments) {
  const std::string& source = arguments.words[0];
  const SyncOptions options{.destination = arguments.words[1],
                            .scoped = arguments.scoped,
                            .suffix = arguments.suffix,
                            .registry = arguments.registry};
  if (source.starts_with("dir:")) return sync_jobs_of_folder(source.substr(4), options);
  if (source.starts_with("docker://")) return sync_jobs(TRY(plan_of_repository(source)), options);
  return sync_jobs(TRY(view::parse_sync_plan(TRY(read_file(source)), source)), options);
}

Result<int> run_sync(const Globals& globals, const SyncArguments& arguments) {
  const auto jobs = TRY(find_jobs(arguments));
  auto destination = TRY(remote::Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  bool failed = false;
  for (const auto& job : jobs) {
    if (!arguments.dry_run) {
      auto copied = with_context(copy(job, store, destination, arguments.all), "sync {}", text_of(job.from));
      if (!copied && !arguments.keep_going) return std::move(copied.error());
      if (!copied) log::error("{}", copied.error().message());
      failed = failed || !copied;
      if (!copied) continue;
    }
    TRY(options::print(fmt::format("{} {}\n", text_of(job.from), job.to)));
  }
  return failed ? 125 : 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&SyncArguments::all>('a', "all", "Copy indexes with the images for all platforms"),
    options::option<&SyncArguments::suffix>(0, "append-suffix", "TEXT", "Add this to each tag at the destination"),
    options::flag<&SyncArguments::dry_run>(0, "dry-run", "Print what would be copied"),
    options::flag<&SyncArguments::keep_going>(0, "keep-going", "Go on after an image that cannot be copied"),
    options::flag<&SyncArguments::scoped>(0, "scoped", "Keep whole names, registry and namespaces too"),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&SyncArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image sync images.yaml docker://localhost:5000/mirror", "Bring what a file lists to a registry"},
    {"gantry image sync dir:/media/usb docker://localhost:5000", "And bring them to another registry"},
    {"gantry image sync --all docker://quay.io/podman/hello dir:/media/usb", "Take all tags of a repository along"},
};

}  // namespace

constinit const Command kSync = options::command<run_sync>({
    .name = "sync",
    .summary = "Copy the images that a file lists",
    .synopsis = "[OPTIONS] FILE|docker://REPOSITORY|dir:PATH DESTINATION",
    .description =
        "The FILE is one of skopeo-sync(1): a map of registries with `images` (lists of tags and digests; an empty one "
        "means all tags), `images-by-tag-regex`, `images-by-semver`, `credentials`, `tls-verify` and `cert-dir`. "
        "Of dir:PATH it is the images in that folder and below, as an earlier sync or skopeo has put them there. "
        "DESTINATION is docker://HOST[/NAME] or dir:PATH; images are called there by the last part of their name, or "
        "with --scoped by all of it. Digests stay, and what is there already is not copied again. Prints each image "
        "and "
        "where it is now.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&SyncArguments::words>({.name = "SOURCE and DESTINATION", .least = 2, .most = 2}),
});

}  // namespace gantry::image_cli
