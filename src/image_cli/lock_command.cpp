#include "base/file.hpp"
#include "base/log.hpp"
#include "image_cli/commands.hpp"
#include "options/print.hpp"
#include "remote/registry_options.hpp"
#include "view/lock.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <map>

namespace gantry::image_cli {

namespace {

struct LockArguments {
  bool in_place = false;
  std::string output;
  remote::RegistryOptions registry;
  std::vector<std::string> files;
};

/// Asks registries for digests, for each name once.
class Locker {
 public:
  explicit Locker(const remote::Registries& registries) : registries_(registries) {}

  Result<std::string> operator()(const view::NamedImage& image) {
    if (image.name.contains("${") || image.name.contains("{{")) {
      log::warning("line {}: '{}' is left as it is: it is no name before it is filled in", image.line, image.name);
      return image.name;
    }
    auto [known, is_new] = locked_.try_emplace(image.name);
    if (is_new) known->second = TRY(lock(image.name));
    return known->second;
  }

 private:
  /// Kubernetes and compose know no other registry for short names than docker.io.
  Result<std::string> lock(const std::string& name) const {
    auto reference = TRY(oci::parse_reference(name));
    if (reference.digest) return name;
    auto origin = TRY(registries_.origin(oci::with_default_tag(reference)));
    auto images = TRY(origin->list(""));
    return name + "@" + images.at(0).root.digest.text();
  }

  const remote::Registries& registries_;
  std::map<std::string, std::string> locked_;
};

Result<std::string> read_input(const std::string& path) {
  if (path != "-") return read_file(path);
  return read_all(Fd(dup(STDIN_FILENO)), "standard input");
}

Result<> replace_keeping_mode(const std::string& path, const std::string& text) {
  struct stat info;
  if (stat(path.c_str(), &info) < 0) return Error::system("cannot look at {}", path);
  return replace_file(path, text, info.st_mode & 07777);
}

Result<int> run_lock(const Globals&, const LockArguments& arguments) {
  if (arguments.in_place && !arguments.output.empty())
    return fail(Code::invalid, "--in-place and --output say different things").with_cure("give one of them");
  if (arguments.files.size() > 1 && !arguments.in_place)
    return fail(Code::invalid, "several files need --in-place").with_cure("name one, or give it");
  auto registries = TRY(remote::Registries::load(arguments.registry));
  Locker locker(registries);
  for (const auto& file : arguments.files) {
    std::string text = TRY(read_input(file));
    auto locked = TRY(view::lock_images(text, file == "-" ? "standard input" : file, std::ref(locker)));
    if (!arguments.output.empty()) TRY(replace_file(arguments.output, locked));
    else if (!arguments.in_place || file == "-") TRY(options::print(locked));
    else if (locked != text) TRY(replace_keeping_mode(file, locked));
  }
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&LockArguments::in_place>('i', "in-place", "Change the files themselves"),
    options::option<&LockArguments::output>('o', "output", "PATH", "Write the result there, and not to standard output")
        .completing(options::Completes::files),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&LockArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image lock deployment.yaml | kubectl apply -f -", "Deploy what the tags stand for now"},
    {"gantry image lock --in-place compose.yaml", "Hold a project to the images that it has been tested with"},
};

}  // namespace

constinit const Command kLock = options::command<run_lock>({
    .name = "lock",
    .summary = "Write digests behind the tags of images in YAML files",
    .synopsis = "[OPTIONS] FILE...",
    .description =
        "Asks registries for the digest of each image that a file of Kubernetes or compose names at an `image` key, "
        "and writes NAME:TAG@DIGEST there. Nothing else in the file changes: comments, order, quotes and line ends "
        "stay. Names with a digest stay as they are, and so do names with variables in them, with a warning. A FILE "
        "of - is standard input.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&LockArguments::files>(
        {.name = "FILE", .least = 1, .first = options::Completes::files, .rest = options::Completes::files}),
});

}  // namespace gantry::image_cli
