#include "base/text.hpp"
#include "options/print.hpp"
#include "registry_cli/commands.hpp"
#include "registry_cli/storage_option.hpp"
#include "report/listing.hpp"

namespace gantry::registry_cli {

namespace {

/// What `add` and `set` share.
struct ProjectOptions {
  std::string storage;
  std::optional<bool> anonymous_pull;
  std::optional<std::uint64_t> quota;
  std::vector<std::string> immutable;
};
struct ProjectAddArguments {
  ProjectOptions project;
  std::vector<std::string> words;  ///< NAME
};
struct ProjectSetArguments {
  ProjectOptions project;
  std::vector<std::string> words;  ///< NAME
};
struct ProjectRmArguments {
  std::string storage;
  std::vector<std::string> words;  ///< NAME...
};
struct ProjectGrantArguments {
  std::string storage;
  std::vector<std::string> words;  ///< PROJECT USER ROLE
};
struct ProjectRevokeArguments {
  std::string storage;
  std::vector<std::string> words;  ///< PROJECT USER
};
struct ProjectLsArguments {
  std::string storage;
  report::ListingOptions listing;
};

accounts::ProjectSettings settings_of(const ProjectOptions& options) {
  accounts::ProjectSettings settings{.anonymous_pull = options.anonymous_pull, .quota = options.quota, .immutable = {}};
  if (options.immutable.empty()) return settings;
  settings.immutable = options.immutable;
  std::erase(*settings.immutable, "");  // --immutable= takes them all away
  return settings;
}

Result<int> run_project_add(const Globals& globals, const ProjectAddArguments& arguments) {
  auto all = TRY(open_accounts(globals, arguments.project.storage));
  TRY(all->add_project(this_user(), arguments.words[0], settings_of(arguments.project)));
  return 0;
}

Result<int> run_project_set(const Globals& globals, const ProjectSetArguments& arguments) {
  auto all = TRY(open_accounts(globals, arguments.project.storage));
  TRY(all->set_project(this_user(), arguments.words[0], settings_of(arguments.project)));
  return 0;
}

Result<int> run_project_rm(const Globals& globals, const ProjectRmArguments& arguments) {
  auto all = TRY(open_accounts(globals, arguments.storage));
  for (const auto& name : arguments.words) TRY(all->remove_project(this_user(), name));
  return 0;
}

Result<int> run_project_grant(const Globals& globals, const ProjectGrantArguments& arguments) {
  const auto role = TRY(accounts::parse_role(arguments.words[2]));
  auto all = TRY(open_accounts(globals, arguments.storage));
  TRY(all->set_member(this_user(), arguments.words[0], arguments.words[1], role));
  return 0;
}

Result<int> run_project_revoke(const Globals& globals, const ProjectRevokeArguments& arguments) {
  auto all = TRY(open_accounts(globals, arguments.storage));
  TRY(all->set_member(this_user(), arguments.words[0], arguments.words[1], accounts::Role::none));
  return 0;
}

constexpr report::Column kProjectColumns[] = {{"Name", "NAME", true},
                                              {"AnonymousPull", "ANONYMOUS PULL", true},
                                              {"Quota", "QUOTA", true},
                                              {"Immutable", "IMMUTABLE", true},
                                              {"Members", "MEMBERS", true}};

Result<int> run_project_ls(const Globals& globals, const ProjectLsArguments& arguments) {
  auto all = TRY(open_accounts(globals, arguments.storage));
  const auto directory = TRY(all->read());
  auto listing = TRY(report::Listing::make(arguments.listing, kProjectColumns, "Name"));
  for (const auto& [name, project] : directory.projects) {
    std::vector<std::string> members;
    for (const auto& [user, role] : project.members) members.push_back(fmt::format("{}:{}", user, name_of(role)));
    boost::json::object row(listing.storage());
    row["Name"] = name;
    row["AnonymousPull"] = project.anonymous_pull;
    if (listing.json()) row["Quota"] = project.quota;
    else row["Quota"] = project.quota == 0 ? "" : human_size(project.quota);
    row["Immutable"] = join(project.immutable, " ");
    row["Members"] = join(members, " ");
    listing.add(std::move(row));
  }
  TRY(listing.print());
  return 0;
}

constexpr options::Option kProjectOptions[] = {
    storage_option<&ProjectOptions::storage>(),
    options::flag<&ProjectOptions::anonymous_pull>(0, "anonymous-pull", "Let everybody pull, without a password"),
    options::option<&ProjectOptions::quota, options::read_size>(
        0, "quota", "SIZE", "Take no more than this in all, each blob once: 20g; 0 is any size"),
    options::option<&ProjectOptions::immutable>(
        0, "immutable", "PATTERN", "Tags that are neither moved nor deleted: 'v*'; can be repeated, empty is none"),
};
constexpr options::Option kRmOptions[] = {storage_option<&ProjectRmArguments::storage>()};
constexpr options::Option kGrantOptions[] = {storage_option<&ProjectGrantArguments::storage>()};
constexpr options::Option kRevokeOptions[] = {storage_option<&ProjectRevokeArguments::storage>()};
constexpr options::Option kLsOptions[] = {storage_option<&ProjectLsArguments::storage>()};
constexpr options::Group kAddGroups[] = {options::group<&ProjectAddArguments::project>(kProjectOptions)};
constexpr options::Group kSetGroups[] = {options::group<&ProjectSetArguments::project>(kProjectOptions)};
constexpr options::Group kRmGroups[] = {options::group(kRmOptions)};
constexpr options::Group kGrantGroups[] = {options::group(kGrantOptions)};
constexpr options::Group kRevokeGroups[] = {options::group(kRevokeOptions)};
constexpr options::Group kLsGroups[] = {options::group(kLsOptions), options::group<&ProjectLsArguments::listing>(
                                                                        report::kListingOptions, "Listing options")};
constexpr options::Example kAddExamples[] = {
    {"gantry registry project add team", "A project whose images nobody sees but its members"},
    {"gantry registry project add --anonymous-pull --immutable 'v*' public", "One that everybody pulls from"},
};
constexpr options::Example kGrantExamples[] = {
    {"gantry registry project grant team alice developer", "Let alice push to team and team/..."},
};

constinit const Command kProjectAdd = options::command<run_project_add>({
    .name = "add",
    .summary = "Add a project to a registry",
    .synopsis = "[OPTIONS] NAME",
    .description = "Its repositories are NAME and NAME/... . Those of a name without a project are the administrators' "
                   "own.",
    .examples = kAddExamples,
    .groups = kAddGroups,
    .words = options::words<&ProjectAddArguments::words>({.name = "NAME", .least = 1, .most = 1}),
});
constinit const Command kProjectSet = options::command<run_project_set>({
    .name = "set",
    .summary = "Change a project of a registry",
    .synopsis = "[OPTIONS] NAME",
    .description = "What is not named stays as it is.",
    .groups = kSetGroups,
    .words = options::words<&ProjectSetArguments::words>({.name = "NAME", .least = 1, .most = 1}),
});
constinit const Command kProjectRm = options::command<run_project_rm>({
    .name = "rm",
    .summary = "Remove projects of a registry",
    .synopsis = "[OPTIONS] NAME...",
    .description = "With its members and robots. Its images stay, and are the administrators' own.",
    .groups = kRmGroups,
    .words = options::words<&ProjectRmArguments::words>({.name = "NAME", .least = 1}),
});
constinit const Command kProjectGrant = options::command<run_project_grant>({
    .name = "grant",
    .summary = "Say what a user is in a project",
    .synopsis = "[OPTIONS] PROJECT USER ROLE",
    .description = "A guest pulls; a developer pushes too; a maintainer deletes as well; an admin may do everything in "
                   "the project.",
    .examples = kGrantExamples,
    .groups = kGrantGroups,
    .words = options::words<&ProjectGrantArguments::words>({.name = "PROJECT USER ROLE", .least = 3, .most = 3}),
});
constinit const Command kProjectRevoke = options::command<run_project_revoke>({
    .name = "revoke",
    .summary = "Take a user out of a project",
    .synopsis = "[OPTIONS] PROJECT USER",
    .description = "A registry that is running takes notice within a second.",
    .groups = kRevokeGroups,
    .words = options::words<&ProjectRevokeArguments::words>({.name = "PROJECT USER", .least = 2, .most = 2}),
});
constinit const Command kProjectLs = options::command<run_project_ls>({
    .name = "ls",
    .summary = "List the projects of a registry",
    .synopsis = "[OPTIONS]",
    .description = "With their members.",
    .groups = kLsGroups,
});
constexpr const Command* kProjectCommands[] = {&kProjectAdd,    &kProjectGrant, &kProjectLs,
                                               &kProjectRevoke, &kProjectRm,    &kProjectSet};

}  // namespace

constinit const Command kProject = {
    .name = "project",
    .summary = "Manage the projects of a registry",
    .synopsis = "COMMAND",
    .description =
        "A project is what repositories have in common whose names begin alike: `team` and `team/...`. It "
        "says who may do what there, how much it may take, and which tags stay what they are.",
    .commands = kProjectCommands,
};

}  // namespace gantry::registry_cli
