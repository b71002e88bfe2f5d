#include "base/file.hpp"
#include "container_cli/commands.hpp"
#include "container_cli/copy_tree.hpp"
#include "engine/access.hpp"
#include "linux/idmap.hpp"
#include "options/globals.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace gantry::container_cli {

namespace {

struct CpArguments {
  bool archive = true;
  bool overwrite = false;
  std::vector<std::string> words;
};

/// "CONTAINER:PATH", or a path of the host; "./a:b" and "/a:b" are of the host.
struct Side {
  std::string container;
  std::string path;
};
Side read_side(const std::string& word) {
  const std::size_t colon = word.find(':');
  if (colon == std::string::npos || word[0] == '/' || word[0] == '.' || colon == 0) return {{}, word};
  return {word.substr(0, colon), word.substr(colon + 1)};
}

/// One side, opened.
struct Opened {
  Fd root;
  std::optional<Lock> lock;
  CopyPlace place;
  std::optional<archive::PackedOwner> owner;  ///< of what is copied there
};

Result<Opened> open_side(engine::Engine& engine, const Side& side, bool take_ownership) {
  Opened opened;
  if (side.container.empty()) {
    opened.root = TRY(open_file("/", O_PATH | O_DIRECTORY));
    opened.place.path = TRY(absolute_path(side.path));
  } else {
    auto access = TRY(engine::access_files(engine, side.container));
    opened.root = std::move(access.root);
    opened.lock = std::move(access.lock);
    opened.place.path = "/" + side.path;
    // An ordinary user can give files to nobody else outside of a user namespace.
    if (take_ownership && geteuid() == 0) opened.owner = {access.uid, access.gid};
  }
  // "/folder/." and "/folder/" are what is in it.
  opened.place.contents = side.path.ends_with("/.");
  opened.place.must_be_folder = side.path.ends_with("/");
  opened.place.in_container = !side.container.empty();
  return opened;
}

Result<> copy_between(engine::Engine& engine, const Side& from, const Side& to, const CpArguments& arguments) {
  if (from.path == "-") {
    auto target = TRY(open_side(engine, to, arguments.archive));
    return unpack_archive(target.root, target.place);
  }
  auto source = TRY(open_side(engine, from, false));
  auto target = TRY(open_side(engine, to, arguments.archive));
  return copy_tree(source.root, source.place, target.root, target.place,
                   {.owner = target.owner, .overwrite = arguments.overwrite});
}

/// Whether the container's files are those of a user namespace that has to be entered for them.
Result<bool> needs_namespace(engine::Engine& engine, const Side& side) {
  if (geteuid() == 0 || side.container.empty()) return false;
  return !TRY(engine.find(side.container)).running();
}

Result<int> run_cp(const options::Globals& globals, const CpArguments& arguments) {
  // Before the user namespace of an ordinary user, in which all paths would be root's.
  auto folders = TRY(options::folders(globals));
  const Side from = read_side(arguments.words[0]), to = read_side(arguments.words[1]);
  if (from.container.empty() && to.container.empty())
    return fail(Code::invalid, "neither '{}' nor '{}' is in a container", arguments.words[0], arguments.words[1])
        .with_cure("write CONTAINER:PATH for one that is");
  if (to.path == "-" && to.container.empty())
    return fail(Code::unsupported, "gantry cp writes no archives").with_cure("use: gantry export");
  auto open = [&] { return engine::Engine({.root = folders.root, .run_root = folders.run_root}); };
  bool enter = false;
  {
    auto engine = open();
    enter = TRY(needs_namespace(engine, from)) || TRY(needs_namespace(engine, to));
  }
  auto work = [&]() -> Result<> {
    auto engine = open();
    return with_context(copy_between(engine, from, to, arguments), "copy {} to {}", arguments.words[0],
                        arguments.words[1]);
  };
  TRY(enter ? linux::in_user_namespace(TRY(linux::rootless_maps()), work) : work());
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&CpArguments::archive>('a', "archive", "Give what comes into a container to its user (default true)"),
    options::flag<&CpArguments::overwrite>(0, "overwrite",
                                           "Let a folder take the place of a file, and a file a folder's"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry cp web:/etc/nginx ./nginx", "Copy a folder out of a container"},
    {"gantry cp site/. web:/srv", "Copy what is in a folder into a container"},
    {"gantry cp - web:/srv <site.tar", "Unpack an archive in a container"},
};

}  // namespace

constinit const Command kCp = options::command<run_cp>({
    .name = "cp",
    .summary = "Copy files into and out of containers",
    .synopsis = "[OPTIONS] SOURCE DESTINATION",
    .description = "Copies a file or folder. One of the places, or both, are in a container: CONTAINER:PATH. A source "
                   "that ends in "
                   "`/.` is what is in the folder. A destination that is a folder gets the source into it; else the "
                   "source gets the "
                   "destination's name. With `-` as source a tar archive is read from standard input.\n"
                   "A container that does not run can be copied from and to as well; it cannot be started meanwhile.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&CpArguments::words>({.name = "SOURCE and DESTINATION", .least = 2, .most = 2}),
});

}  // namespace gantry::container_cli
