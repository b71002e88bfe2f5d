#include "base/file.hpp"
#include "runtime_cli/start_options.hpp"

#include <fcntl.h>

namespace gantry::runtime_cli {

Result<int> check_preserved(std::int64_t count) {
  if (count < 0 || count > 1024) return fail(Code::invalid, "--preserve-fds takes a number from 0 to 1024");
  for (int fd = 3; fd < 3 + count; ++fd)
    if (fcntl(fd, F_GETFD) < 0) return fail(Code::invalid, "--preserve-fds {}: descriptor {} is not open", count, fd);
  return static_cast<int>(count);
}

namespace {

runtime::CgroupUse cgroup_use(const Globals& globals) {
  if (globals.cgroup_manager == CgroupManager::disabled) return runtime::CgroupUse::never;
  return globals.rootless == Rootless::no ? runtime::CgroupUse::always : runtime::CgroupUse::if_permitted;
}

}  // namespace

Result<runtime::CreateRequest> make_request(const Globals& globals, const std::string& id, const BundleOptions& options,
                                            Fd& console) {
  runtime::CreateRequest request;
  request.id = id;
  request.bundle = TRY(absolute(options.bundle));
  std::string config = options.config.starts_with('/') ? options.config : request.bundle + "/" + options.config;
  auto text = read_file(config);
  if (!text && text.error().code() == Code::not_found)
    return std::move(text.error()).with_cure("give the bundle with --bundle, or make one with 'gantry-runtime spec'");
  request.spec = TRY(oci::parse_spec(TRY(std::move(text)), config));
  if (!options.console_socket.empty()) {
    console = TRY(connect_unix(options.console_socket, kConsoleSocket));
    request.console_socket = console.get();
  }
  if (!options.pid_file.empty()) request.pid_file = TRY(absolute(options.pid_file));
  request.cgroup_use = cgroup_use(globals);
  request.systemd_scope = wants_systemd(globals);
  return request;
}

Result<> apply_start_options(const StartOptions& options, runtime::CreateRequest& request) {
  request.preserve_fds = TRY(check_preserved(options.preserve_fds));
  request.no_pivot = options.no_pivot;
  request.no_new_keyring = options.no_new_keyring;
  return {};
}

namespace {

struct CreateArguments {
  BundleOptions bundle;
  StartOptions start;
  std::vector<std::string> names;
};

Result<int> create(const Globals& globals, const CreateArguments& arguments) {
  Fd console;
  runtime::CreateRequest request = TRY(make_request(globals, arguments.names[0], arguments.bundle, console));
  TRY(apply_start_options(arguments.start, request));
  TRY(with_context(runtime::create(TRY(settings(globals)), request), "create container '{}'", request.id));
  return 0;
}

constexpr options::Group kGroups[] = {options::group<&CreateArguments::bundle>(kBundleOptions),
                                      options::group<&CreateArguments::start>(kStartOptions)};
constexpr options::Example kExamples[] = {{"gantry-runtime create --bundle /srv/web web", "Make a container"}};

}  // namespace

constinit const Command kCreate = options::command<create>({
    .name = "create",
    .summary = "Create a container",
    .synopsis = "[OPTIONS] CONTAINER",
    .description = "Makes the container that the bundle's config.json describes. Its process waits for 'start'.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&CreateArguments::names>(kContainer),
});

}  // namespace gantry::runtime_cli
