#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "options/print.hpp"
#include "registry/accounts_gate.hpp"
#include "registry/api.hpp"
#include "registry/from_store.hpp"
#include "registry/service.hpp"
#include "registry_cli/commands.hpp"
#include "registry_cli/serve_settings.hpp"
#include "registry_cli/serve_work.hpp"
#include "registry_cli/storage_option.hpp"
#include "serve/activation.hpp"
#include "serve/server.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>

#include <csignal>
#include <ctime>
#include <functional>

namespace gantry::registry_cli {

namespace {

struct ServeCommandArguments {
  std::string config;
  bool check = false;
  ServeSettings settings;
};

constexpr std::int64_t kUploadsKept = kSecond * 3600 * 24;
constexpr std::int64_t kUploadsSwept = kSecond * 3600;

Result<Fd> open_log(const std::string& path) {
  if (path.empty()) return Fd();
  if (path == "-") return Fd(1).duplicate();
  return open_file(path, O_WRONLY | O_APPEND | O_CREAT, 0640);
}

Result<> check_access(const ServeArguments& arguments) {
  if (arguments.htpasswd.empty() && arguments.anonymous_pull)
    return fail(Code::invalid, "--anonymous-pull says who needs no password, and nobody needs one")
        .with_cure("name the users with --htpasswd; with accounts, `gantry registry project` says it");
  if (arguments.token_keys.empty() != arguments.token_issuer.empty())
    return fail(Code::invalid, "tokens of another issuer take its keys and its name")
        .with_cure("give both --token-keys and --token-issuer");
  if (!arguments.token_realm.empty() && arguments.token_keys.empty())
    return fail(Code::invalid, "--token-realm sends clients to an issuer whose keys are not known here")
        .with_cure("name them with --token-keys");
  return {};
}

/// `folder` is that of the storage; empty: there is none, and so no accounts.
Result<std::unique_ptr<registry::Gate>> make_gate(const ServeArguments& arguments, const std::string& folder) {
  TRY(check_access(arguments));
  const bool has_accounts = !folder.empty() && path_exists(folder + "/accounts.db");
  if (!arguments.htpasswd.empty()) {
    if (has_accounts || !arguments.token_keys.empty())
      return fail(Code::invalid, "--htpasswd is another list of users than the accounts of this registry")
          .with_cure("drop --htpasswd, or choose another --storage");
    return registry::make_password_gate(TRY(registry::Passwords::load(arguments.htpasswd)), arguments.anonymous_pull);
  }
  if (folder.empty()) return registry::make_open_gate();
  registry::AccountsGateSettings settings{.folder = folder,
                                          .public_url = arguments.public_url,
                                          .tls = !arguments.tls_cert.empty(),
                                          .key_set = arguments.token_keys,
                                          .issuer = arguments.token_issuer,
                                          .realm = arguments.token_realm};
  // Whoever names an issuer wants a closed door.
  if (!arguments.token_keys.empty()) return registry::make_accounts_gate(std::move(settings));
  return registry::make_growing_gate(std::move(settings));
}

/// As given, else the socket that systemd hands over, else 127.0.0.1:5000.
Result<serve::Listener> make_listener(const ServeArguments& arguments) {
  auto activated = TRY(serve::activated_listener());
  if (!arguments.listen.empty()) return serve::listen_on(arguments.listen);
  if (activated) return std::move(*activated);
  return serve::listen_on("127.0.0.1:5000");
}

/// Null: without TLS.
Result<std::unique_ptr<serve::Tls>> make_tls(const ServeArguments& arguments) {
  if (arguments.tls_cert.empty() != arguments.tls_key.empty())
    return fail(Code::invalid, "TLS takes a certificate and its key").with_cure("give both --tls-cert and --tls-key");
  if (arguments.tls_cert.empty()) return std::unique_ptr<serve::Tls>();
  return serve::Tls::load(arguments.tls_cert, arguments.tls_key);
}

/// The signals that end the program, for one thread to wait for.
sigset_t block_signals() {
  signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

/// What is served, and what is to be done for it once a second.
struct Served {
  registry::Backend& api;
  std::function<bool()> works;
  std::function<Result<>()> upkeep;
  std::string folder;         ///< with the accounts; empty: there are none
  ServeWork* work = nullptr;  ///< null: there is none
};

/// Until a signal comes.
Result<> wait_for_end(const sigset_t& signals, registry::Gate& gate, serve::Tls* tls, const registry::Audit& audit,
                      const Served& served) {
  while (true) {
    const timespec second{1, 0};
    if (sigtimedwait(&signals, nullptr, &second) > 0) return {};
    if (auto refreshed = gate.refresh(); !refreshed) log::error("{}", refreshed.error().message());
    for (const auto& change : gate.news()) audit.note(change);
    if (auto refreshed = tls != nullptr ? tls->refresh() : Result<>(); !refreshed)
      log::error("{}", refreshed.error().message());
    TRY(served.upkeep());
  }
}

Result<int> serve_with(const ServeArguments& arguments, const sigset_t& signals, const Served& served) {
  const auto gate = TRY(make_gate(arguments, served.folder));
  registry::ServiceSettings settings;
  settings.access_log = TRY(open_log(arguments.access_log));
  settings.audit_log = TRY(open_log(arguments.audit_log));
  settings.rate_limit = arguments.rate_limit;
  if (served.work != nullptr) settings.on_event = served.work->listener();
  registry::Service service(served.api, served.works, *gate, std::move(settings));
  const auto tls = TRY(make_tls(arguments));
  auto listener = TRY(make_listener(arguments));
  auto server = TRY(serve::Server::start(std::move(listener), service, {}, tls.get()));
  service.set_connections([&server] { return server.connections(); });
  TRY(options::print(fmt::format("listening on {}\n", server.address())));
  serve::notify_systemd("READY=1");
  if (served.work != nullptr) served.work->start(service.audit());
  auto waited = wait_for_end(signals, *gate, tls.get(), service.audit(), served);
  serve::notify_systemd("STOPPING=1");
  service.stop();
  server.drain();
  if (served.work != nullptr) served.work->stop();
  TRY(std::move(waited));
  return 0;
}

Result<int> serve_store(const Globals& globals, const ServeArguments& arguments, const sigset_t& signals) {
  if (!arguments.storage.empty())
    return fail(Code::invalid, "--from-store serves what this host's store has, and --storage names another folder")
        .with_cure("drop one of them");
  TRY(ServeWork::check_none(arguments));
  const std::string root = TRY(options::folders(globals)).root;
  registry::StoreApi api(TRY(content::Blobs::create(root)));
  return serve_with(arguments, signals, {api, [&api] { return api.works(); }, [] { return Result<>(); }, "", nullptr});
}

/// What no request does: uploads that nobody goes on with, and the changes of other processes.
class StorageUpkeep {
 public:
  StorageUpkeep(registry::Storage& storage, registry::Api& api) : storage_(storage), api_(api) {}

  Result<> operator()() {
    if (const auto time = monotonic(); swept_ == 0 || time - swept_ > kUploadsSwept) {
      swept_ = time;
      if (auto expired = storage_.uploads->expire(now() - kUploadsKept); !expired)
        log::warning("remove old uploads: {}", expired.error().message());
    }
    // A collection, or an administrator's hand.
    if (const auto seen = TRY(storage_.metadata->version()); seen != std::exchange(version_, seen))
      api_.forget_answers();
    return {};
  }

 private:
  registry::Storage& storage_;
  registry::Api& api_;
  std::int64_t swept_ = 0;
  std::int64_t version_ = 0;
};

Result<int> serve_storage(const Globals& globals, const ServeArguments& arguments, const sigset_t& signals) {
  const std::string folder = TRY(storage_folder(globals, arguments.storage));
  auto storage = TRY(with_context(registry::Storage::open(folder), "open the registry's storage {}", folder));
  auto alone = Lock::try_take(folder + "/uploads", Lock::Mode::exclusive);
  if (!alone && alone.error().code() == Code::busy)
    return fail(Code::busy, "another registry serves {}", folder).with_cure("stop it, or choose another --storage");
  const Lock lock = TRY(std::move(alone));
  registry::Api api(storage, {.read_only = arguments.read_only});
  const auto work = TRY(ServeWork::make(arguments, api, storage, folder));
  return serve_with(arguments, signals,
                    {work->backend(), [&storage] { return storage.metadata->has_repository("ready").has_value(); },
                     StorageUpkeep(storage, api), folder, work.get()});
}

Result<int> run_serve(const Globals& globals, const ServeCommandArguments& given) {
  const auto arguments = TRY(settle(given.settings, given.config));
  if (given.check) {
    std::string folder;
    if (!arguments.from_store) folder = TRY(storage_folder(globals, arguments.storage));
    TRY(make_gate(arguments, folder));
    TRY(make_tls(arguments));
    TRY(ServeWork::check(arguments));
    return 0;
  }
  // Many threads and little memory: glibc would give each thread a heap of its own.
  mallopt(M_ARENA_MAX, 4);
  const sigset_t signals = block_signals();
  return arguments.from_store ? serve_store(globals, arguments, signals) : serve_storage(globals, arguments, signals);
}

constexpr options::Option kOptions[] = {
    options::option<&ServeCommandArguments::config>(0, "config", "FILE",
                                                    "Read these options from a YAML file: `listen: :5000`")
        .completing(options::Completes::files),
    options::flag<&ServeCommandArguments::check>(0, "check", "Only tell whether it could be served like this"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&ServeCommandArguments::settings>(kServeSettings, "Settings")};
constexpr options::Example kExamples[] = {
    {"gantry registry serve", "Serve on 127.0.0.1:5000"},
    {"gantry registry serve --listen :443 --tls-cert host.crt --tls-key host.key", "Serve everybody, by TLS"},
};

}  // namespace

constinit const Command kServe = options::command<run_serve>({
    .name = "serve",
    .summary = "Serve images as a registry",
    .synopsis = "[OPTIONS]",
    .description =
        "Runs a registry as the OCI distribution specification 1.1 has it, for docker, podman, skopeo, buildah and "
        "`gantry push` and `gantry pull`, until SIGTERM or SIGINT ends it; requests that are being answered are "
        "finished first.\n"
        "Without options it speaks plain HTTP and asks nobody for a password: let it listen elsewhere than on "
        "127.0.0.1 "
        "only in a network that you trust. Passwords go over plain HTTP for everyone on the way to read: use TLS. "
        "Certificates, keys and passwords that are replaced count within a second.\n"
        "Every setting can also stand in the file that --config names, and in the environment: "
        "GANTRY_REGISTRY_READ_ONLY for --read-only. The command line counts most, the file least.\n"
        "/healthz tells whether it lives, /readyz whether it can work, and /metrics counts for Prometheus.",
    .examples = kExamples,
    .groups = kGroups,
});

}  // namespace gantry::registry_cli
