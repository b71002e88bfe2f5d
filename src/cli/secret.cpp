#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/filters.hpp"
#include "cli/inspections.hpp"
#include "cli/option_lists.hpp"
#include "options/print.hpp"
#include "report/listing.hpp"
#include "secrets/secrets.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace gantry::cli {

namespace {

constexpr options::Words kSecrets{.name = "SECRET"};
constexpr options::Words some(options::Words words, std::size_t least, std::size_t most = SIZE_MAX) {
  words.least = least;
  words.most = most;
  return words;
}

Result<secrets::Secrets> open_secrets(const Globals& globals) {
  return secrets::Secrets(TRY(options::folders(globals)).root);
}

struct SecretCreateArguments {
  std::string driver = "file";
  std::vector<std::string> driver_options, labels, words;
  bool from_variable = false, replace = false, ignore = false;
};

Result<std::string> read_secret(const SecretCreateArguments& arguments) {
  const std::string& from = arguments.words[1];
  if (arguments.from_variable) {
    const char* value = getenv(from.c_str());
    if (value == nullptr) return fail(Code::not_found, "the variable {} is not set", from);
    return std::string(value);
  }
  if (from == "-") return read_all(Fd(dup(STDIN_FILENO)), "standard input", secrets::kMostBytes);
  return read_all(TRY(open_file(from, O_RDONLY)), from, secrets::kMostBytes);
}

Result<int> create(const Globals& globals, const SecretCreateArguments& arguments) {
  secrets::Secret secret{.name = arguments.words[0], .driver = arguments.driver};
  secret.options = TRY(read_pairs(arguments.driver_options, "driver-opts"));
  secret.labels = TRY(read_pairs(arguments.labels, "label"));
  const auto store = TRY(open_secrets(globals));
  auto made = store.create(secret, TRY(read_secret(arguments)), arguments.replace);
  if (!made && made.error().code() == Code::exists && arguments.ignore)
    made = Result<std::string>(TRY(store.find(secret.name)).id);
  TRY(options::print(TRY(std::move(made)) + "\n"));
  return 0;
}

constexpr options::Option kCreateOptions[] = {
    options::option<&SecretCreateArguments::driver>('d', "driver", "file|pass", "Who keeps it (default file)"),
    options::option<&SecretCreateArguments::driver_options>(0, "driver-opts", "NAME=VALUE",
                                                            "Tell the driver: pass has prefix=FOLDER"),
    options::flag<&SecretCreateArguments::from_variable>(0, "env", "The second word names a variable that holds it"),
    options::flag<&SecretCreateArguments::ignore>(0, "ignore", "Do not complain about a secret that exists"),
    options::option<&SecretCreateArguments::labels>('l', "label", "NAME[=VALUE]", "Attach a label"),
    options::flag<&SecretCreateArguments::replace>(0, "replace", "Replace what a secret of that name holds"),
};
constexpr options::Group kCreateGroups[] = {options::group(kCreateOptions)};
constexpr options::Example kCreateExamples[] = {
    {"gantry secret create token token.txt", "Keep what a file holds"},
    {"pwgen 20 1 | gantry secret create password -", "Keep what is read from standard input"},
};
constinit const Command kSecretCreate = options::command<create>({
    .name = "create",
    .summary = "Keep a secret",
    .synopsis = "[OPTIONS] NAME FILE|-",
    .description =
        "Keeps what a file holds, up to 512000 bytes, and prints its ID. The driver file seals it with the key in the "
        "file `secrets/key` of the root, or that $GANTRY_SECRETS_KEY names; the driver pass gives it to pass(1). "
        "Containers get it by `gantry run --secret`.",
    .examples = kCreateExamples,
    .groups = kCreateGroups,
    .words = options::words<&SecretCreateArguments::words>(
        {.name = "WORD", .least = 2, .most = 2, .rest = options::Completes::files}),
});

boost::json::object inspection(const secrets::Secret& secret) {
  boost::json::object labels, driver_options;
  for (const auto& [key, value] : secret.labels) labels[key] = value;
  for (const auto& [key, value] : secret.options) driver_options[key] = value;
  boost::json::object driver{{"Name", secret.driver}, {"Options", std::move(driver_options)}};
  return {{"ID", secret.id},
          {"CreatedAt", to_rfc3339(secret.created)},
          {"UpdatedAt", to_rfc3339(secret.updated)},
          {"Spec",
           boost::json::object{{"Name", secret.name}, {"Driver", std::move(driver)}, {"Labels", std::move(labels)}}}};
}

struct SecretLsArguments {
  std::vector<std::string> filters;
  report::ListingOptions listing;
};

constexpr report::Column kColumns[] = {
    {"ID", "ID", true},
    {"Name", "NAME", true},
    {"Driver", "DRIVER", true},
    {"CreatedAt", "CREATED", true},
    {"UpdatedAt", "UPDATED", true},
};

Result<int> list(const Globals& globals, const SecretLsArguments& arguments) {
  auto listing = TRY(report::Listing::make(arguments.listing, kColumns, "ID"));
  const Filters filters = TRY(read_filters(arguments.filters));
  for (const auto& [key, value] : filters)
    if (key != "name" && key != "id")
      return fail(Code::invalid, "option --filter: secrets are not listed by '{}'", key)
          .with_cure("filter by name or id");
  const Timestamp moment = now();
  for (const auto& secret : TRY(TRY(open_secrets(globals)).list())) {
    auto holds = [&](const auto& filter) {
      return filter.first == "name" ? secret.name.find(filter.second) != std::string::npos
                                    : secret.id.starts_with(filter.second);
    };
    if (!std::ranges::all_of(filters, holds)) continue;
    if (listing.json()) {
      listing.add(inspection(secret));
      continue;
    }
    listing.add({{"ID", secret.id},
                 {"Name", secret.name},
                 {"Driver", secret.driver},
                 {"CreatedAt", human_age(moment - secret.created) + " ago"},
                 {"UpdatedAt", human_age(moment - secret.updated) + " ago"}});
  }
  TRY(listing.print());
  return 0;
}

constexpr options::Option kLsOptions[] = {
    options::option<&SecretLsArguments::filters>('f', "filter", "KEY=VALUE", "List by name or id"),
};
constexpr options::Group kLsGroups[] = {options::group(kLsOptions),
                                        options::group<&SecretLsArguments::listing>(report::kListingOptions)};
constinit const Command kSecretLs = options::command<list>({
    .name = "ls",
    .second_name = "list",
    .summary = "List secrets",
    .synopsis = "[OPTIONS]",
    .description = "Lists the secrets by name, without what they hold.",
    .groups = kLsGroups,
});

struct SecretInspectArguments {
  std::string format;
  bool show = false, pretty = false;
  std::vector<std::string> names;
};

Result<int> inspect(const Globals& globals, const SecretInspectArguments& arguments) {
  const auto store = TRY(open_secrets(globals));
  const std::string format =
      !arguments.pretty ? arguments.format
                        : "ID:          {{.ID}}\nName:        {{.Spec.Name}}\nDriver:      {{.Spec.Driver.Name}}\n"
                          "Created at:  {{.CreatedAt}}\nUpdated at:  {{.UpdatedAt}}";
  return print_inspections(arguments.names, format, [&](const std::string& name) -> Result<boost::json::object> {
    const secrets::Secret secret = TRY(store.find(name));
    boost::json::object object = inspection(secret);
    if (arguments.show) object["SecretData"] = TRY(store.data(secret));
    return object;
  });
}

constexpr options::Option kInspectOptions[] = {
    options::option<&SecretInspectArguments::format>('f', "format", "FORMAT",
                                                     "Print by a Go template, each object on its own"),
    options::flag<&SecretInspectArguments::pretty>(0, "pretty", "Print for people"),
    options::flag<&SecretInspectArguments::show>(0, "showsecret", "Print what it holds, too, as SecretData"),
};
constexpr options::Group kInspectGroups[] = {options::group(kInspectOptions)};
constinit const Command kSecretInspect = options::command<inspect>({
    .name = "inspect",
    .summary = "Print everything about secrets but what they hold",
    .synopsis = "[OPTIONS] SECRET...",
    .description = "Prints an array of JSON objects with the fields that podman and docker have.",
    .groups = kInspectGroups,
    .words = options::words<&SecretInspectArguments::names>(some(kSecrets, 1)),
});

struct SecretRmArguments {
  bool all = false, ignore = false;
  std::vector<std::string> names;
};

Result<int> remove(const Globals& globals, const SecretRmArguments& arguments) {
  TRY(check_choice(arguments.names, arguments.all, "secret"));
  const auto store = TRY(open_secrets(globals));
  std::vector<std::string> names = arguments.names;
  if (arguments.all)
    for (const auto& secret : TRY(store.list())) names.push_back(secret.id);
  return for_each_name(
      names,
      [&](const std::string& name) -> Result<> {
        auto found = store.find(name);
        if (!found && found.error().code() == Code::not_found && arguments.ignore) return {};
        const secrets::Secret secret = TRY(std::move(found));
        TRY(store.remove(secret));
        return options::print(secret.id + "\n");
      },
      &removal_status);
}

constexpr options::Option kRmOptions[] = {
    options::flag<&SecretRmArguments::all>('a', "all", "Remove every secret"),
    options::flag<&SecretRmArguments::ignore>('i', "ignore", "Do not complain about secrets that do not exist"),
};
constexpr options::Group kRmGroups[] = {options::group(kRmOptions)};
constinit const Command kSecretRm = options::command<remove>({
    .name = "rm",
    .summary = "Forget secrets",
    .synopsis = "[OPTIONS] SECRET...",
    .description = "Removes secrets. Containers that have one keep it until they end, and do not start again.",
    .groups = kRmGroups,
    .words = options::words<&SecretRmArguments::names>(kSecrets),
});

struct SecretExists {
  std::vector<std::string> names;
};
Result<int> exists(const Globals& globals, const SecretExists& arguments) {
  auto found = TRY(open_secrets(globals)).find(arguments.names[0]);
  if (!found && found.error().code() == Code::not_found) return 1;
  TRY(std::move(found));
  return 0;
}
constinit const Command kSecretExists = options::command<exists>({
    .name = "exists",
    .summary = "Tell whether a secret exists",
    .synopsis = "SECRET",
    .description = "Prints nothing. The exit status is 0 when the secret exists and 1 when it does not.",
    .words = options::words<&SecretExists::names>(some(kSecrets, 1, 1)),
});

constexpr const Command* kCommands[] = {&kSecretCreate, &kSecretExists, &kSecretInspect, &kSecretLs, &kSecretRm};

}  // namespace

constinit const Command kSecret = {
    .name = "secret",
    .summary = "Work with secrets",
    .synopsis = "COMMAND",
    .description = "Secrets are given to containers by name, and are in no image and no container's layer.",
    .commands = kCommands,
};

}  // namespace gantry::cli
