#include "base/stream.hpp"
#include "options/print.hpp"
#include "transfer/bootstrap.hpp"
#include "transfer/commands.hpp"

namespace gantry::transfer {

namespace {

struct BootstrapArguments {
  bool quiet = false;
  std::vector<std::string> words;
};

Result<int> run_bootstrap(const Globals& globals, const BootstrapArguments& arguments) {
  const std::string& what = arguments.words[0];
  std::string root = TRY(options::folders(globals)).root;
  TRY(store::Store::open(root));
  auto made = TRY(bootstrap(what, root + "/tmp"));
  TRY(with_store(globals, [&](const store::Store& store) -> Result<> {
    auto layer = std::make_unique<FileSource>(std::move(made.layer), what);
    auto image = TRY(import(store, std::move(layer), "the layer of " + what, made.options));
    return arguments.quiet ? Result<>() : options::print(fmt::format("Made image: {}\n", image.names.front()));
  }));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&BootstrapArguments::quiet>('q', "quiet", "Print nothing"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry image bootstrap busybox", "Make localhost/busybox of this machine's busybox-static"},
    {"gantry image bootstrap debian:bookworm", "Make localhost/debian:bookworm with apt and Python in it"},
};

}  // namespace

constinit const Command kBootstrap = options::command<run_bootstrap>({
    .name = "bootstrap",
    .summary = "Make an image from this machine's own packages, without a registry",
    .synopsis = "[OPTIONS] busybox|debian:SUITE",
    .description =
        "busybox needs the package busybox-static. debian:SUITE needs mmdebstrap, which takes the packages from the "
        "mirror in /etc/apt; it is Debian with apt and Python, without documentation and translations.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&BootstrapArguments::words>({.name = "busybox or debian:SUITE", .least = 1, .most = 1}),
});

}  // namespace gantry::transfer
