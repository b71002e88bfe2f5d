#include "accounts/secret.hpp"
#include "options/password.hpp"
#include "options/print.hpp"
#include "registry_cli/commands.hpp"
#include "registry_cli/storage_option.hpp"
#include "report/listing.hpp"

namespace gantry::registry_cli {

namespace {

struct UserAddArguments {
  std::string storage;
  bool admin = false;
  bool password_stdin = false;
  std::vector<std::string> words;  ///< NAME
};
struct UserSetArguments {
  std::string storage;
  bool password = false;
  bool password_stdin = false;
  std::optional<bool> admin, disabled;
  std::vector<std::string> words;  ///< NAME
};
struct UserRmArguments {
  std::string storage;
  std::vector<std::string> words;  ///< NAME...
};
struct UserLsArguments {
  std::string storage;
  report::ListingOptions listing;
};

Result<std::string> ask_hash(const std::string& user, bool password_stdin) {
  std::string name = user, password;
  TRY(options::ask_missing(name, password, password_stdin));
  return accounts::hash_password(password);
}

Result<int> run_user_add(const Globals& globals, const UserAddArguments& arguments) {
  const std::string& name = arguments.words[0];
  if (!accounts::is_user_name(name))
    return fail(Code::invalid, "'{}' is no name of a user", name)
        .with_cure("letters, digits and ._-@, at most 64 of them");
  accounts::User user{.name = name, .hash = {}, .admin = arguments.admin};
  user.hash = TRY(ask_hash(name, arguments.password_stdin));
  auto all = TRY(open_accounts(globals, arguments.storage, Making::yes));
  TRY(all->add_user(this_user(), user));
  return 0;
}

Result<int> run_user_set(const Globals& globals, const UserSetArguments& arguments) {
  const std::string& name = arguments.words[0];
  auto all = TRY(open_accounts(globals, arguments.storage));
  const bool password = arguments.password || arguments.password_stdin;
  if (!password && !arguments.admin && !arguments.disabled)
    return fail(Code::invalid, "there is nothing to be set").with_cure("--password, --admin or --disabled");
  if (password) TRY(all->set_password(this_user(), name, TRY(ask_hash(name, arguments.password_stdin))));
  if (arguments.admin) TRY(all->set_admin(this_user(), name, *arguments.admin));
  if (arguments.disabled) TRY(all->set_disabled(this_user(), name, *arguments.disabled));
  return 0;
}

Result<int> run_user_rm(const Globals& globals, const UserRmArguments& arguments) {
  auto all = TRY(open_accounts(globals, arguments.storage));
  for (const auto& name : arguments.words) TRY(all->remove_user(this_user(), name));
  return 0;
}

constexpr report::Column kUserColumns[] = {
    {"Name", "NAME", true}, {"Admin", "ADMIN", true}, {"Disabled", "DISABLED", true}, {"Projects", "PROJECTS", true}};

Result<int> run_user_ls(const Globals& globals, const UserLsArguments& arguments) {
  auto all = TRY(open_accounts(globals, arguments.storage));
  const auto directory = TRY(all->read());
  auto listing = TRY(report::Listing::make(arguments.listing, kUserColumns, "Name"));
  for (const auto& [name, user] : directory.users) {
    std::string projects;
    for (const auto& [project_name, project] : directory.projects)
      if (const auto member = project.members.find(name); member != project.members.end())
        projects += fmt::format("{}{}:{}", projects.empty() ? "" : " ", project_name, name_of(member->second));
    boost::json::object row(listing.storage());
    row["Name"] = name;
    row["Admin"] = user.admin;
    row["Disabled"] = user.disabled;
    row["Projects"] = projects;
    listing.add(std::move(row));
  }
  TRY(listing.print());
  return 0;
}

constexpr options::Option kAddOptions[] = {
    storage_option<&UserAddArguments::storage>(),
    options::flag<&UserAddArguments::admin>(0, "admin", "An administrator: may do everything everywhere"),
    options::flag<&UserAddArguments::password_stdin>(0, "password-stdin", "Read the password from standard input"),
};
constexpr options::Option kSetOptions[] = {
    storage_option<&UserSetArguments::storage>(),
    options::flag<&UserSetArguments::password>(0, "password", "Ask for a new password"),
    options::flag<&UserSetArguments::password_stdin>(0, "password-stdin", "Read a new password from standard input"),
    options::flag<&UserSetArguments::admin>(0, "admin", "Make an administrator of the user, or with =false none"),
    options::flag<&UserSetArguments::disabled>(0, "disabled", "Let the user do nothing, or with =false again"),
};
constexpr options::Option kRmOptions[] = {storage_option<&UserRmArguments::storage>()};
constexpr options::Option kLsOptions[] = {storage_option<&UserLsArguments::storage>()};
constexpr options::Group kAddGroups[] = {options::group(kAddOptions)};
constexpr options::Group kSetGroups[] = {options::group(kSetOptions)};
constexpr options::Group kRmGroups[] = {options::group(kRmOptions)};
constexpr options::Group kLsGroups[] = {
    options::group(kLsOptions), options::group<&UserLsArguments::listing>(report::kListingOptions, "Listing options")};
constexpr options::Example kAddExamples[] = {
    {"gantry registry user add --admin root", "Ask for a password, and close the registry to all others"},
    {"gantry registry user add --password-stdin alice < password", "Add a user from a script"},
};

constinit const Command kUserAdd = options::command<run_user_add>({
    .name = "add",
    .summary = "Add a user of a registry",
    .synopsis = "[OPTIONS] NAME",
    .description =
        "The first user closes the registry: from then on nobody does anything there without a password, except for "
        "pulls from projects that allow it. A registry that is running takes notice within a second.",
    .examples = kAddExamples,
    .groups = kAddGroups,
    .words = options::words<&UserAddArguments::words>({.name = "NAME", .least = 1, .most = 1}),
});
constinit const Command kUserSet = options::command<run_user_set>({
    .name = "set",
    .summary = "Change a user of a registry",
    .synopsis = "[OPTIONS] NAME",
    .description = "A new password counts within a second, and so does the loss of a right, also for tokens that were "
                   "given out.",
    .groups = kSetGroups,
    .words = options::words<&UserSetArguments::words>({.name = "NAME", .least = 1, .most = 1}),
});
constinit const Command kUserRm = options::command<run_user_rm>({
    .name = "rm",
    .summary = "Remove users of a registry",
    .synopsis = "[OPTIONS] NAME...",
    .description = "What they have pushed stays. A registry whose last user has gone stays closed.",
    .groups = kRmGroups,
    .words = options::words<&UserRmArguments::words>({.name = "NAME", .least = 1}),
});
constinit const Command kUserLs = options::command<run_user_ls>({
    .name = "ls",
    .summary = "List the users of a registry",
    .synopsis = "[OPTIONS]",
    .description = "With the projects that they are members of, and as what.",
    .groups = kLsGroups,
});
constexpr const Command* kUserCommands[] = {&kUserAdd, &kUserLs, &kUserRm, &kUserSet};

}  // namespace

constinit const Command kUser = {
    .name = "user",
    .summary = "Manage the users of a registry",
    .synopsis = "COMMAND",
    .description = "Users log in with a name and a password. What they may do, projects say: gantry registry project.",
    .commands = kUserCommands,
};

}  // namespace gantry::registry_cli
