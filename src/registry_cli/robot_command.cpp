#include "accounts/secret.hpp"
#include "base/text.hpp"
#include "options/print.hpp"
#include "registry_cli/commands.hpp"
#include "registry_cli/storage_option.hpp"
#include "report/listing.hpp"

namespace gantry::registry_cli {

namespace {

struct RobotAddArguments {
  std::string storage;
  accounts::Role role = accounts::Role::guest;
  std::int64_t expires = 0;
  std::vector<std::string> words;  ///< PROJECT+NAME
};
struct RobotRmArguments {
  std::string storage;
  std::vector<std::string> words;  ///< PROJECT+NAME...
};
struct RobotLsArguments {
  std::string storage;
  report::ListingOptions listing;
};

struct RobotName {
  std::string project;
  std::string name;
};
Result<RobotName> parse_robot(std::string_view word) {
  const auto [project, name, found] = cut(word, '+');
  if (!found) return fail(Code::invalid, "'{}' is no robot's name", word).with_cure("PROJECT+NAME");
  return RobotName{std::string(project), std::string(name)};
}

Result<int> run_robot_add(const Globals& globals, const RobotAddArguments& arguments) {
  auto [project, name] = TRY(parse_robot(arguments.words[0]));
  auto all = TRY(open_accounts(globals, arguments.storage));
  const auto made = accounts::make_robot_secret();
  const accounts::Robot robot{.project = std::move(project),
                              .name = std::move(name),
                              .hash = made.hash,
                              .role = arguments.role,
                              .expires = arguments.expires == 0 ? 0 : now() + arguments.expires};
  TRY(all->add_robot(this_user(), robot));
  TRY(options::print(made.secret + "\n"));
  return 0;
}

Result<int> run_robot_rm(const Globals& globals, const RobotRmArguments& arguments) {
  auto all = TRY(open_accounts(globals, arguments.storage));
  for (const auto& word : arguments.words) {
    const auto [project, name] = TRY(parse_robot(word));
    TRY(all->remove_robot(this_user(), project, name));
  }
  return 0;
}

constexpr report::Column kRobotColumns[] = {
    {"Name", "NAME", true}, {"Role", "ROLE", true}, {"Expires", "EXPIRES", true}};

Result<int> run_robot_ls(const Globals& globals, const RobotLsArguments& arguments) {
  auto all = TRY(open_accounts(globals, arguments.storage));
  const auto directory = TRY(all->read());
  auto listing = TRY(report::Listing::make(arguments.listing, kRobotColumns, "Name"));
  for (const auto& [name, robot] : directory.robots) {
    boost::json::object row(listing.storage());
    row["Name"] = name;
    row["Role"] = name_of(robot.role);
    row["Expires"] = robot.expires == 0 ? "never" : to_rfc3339(robot.expires);
    listing.add(std::move(row));
  }
  TRY(listing.print());
  return 0;
}

constexpr options::Option kAddOptions[] = {
    storage_option<&RobotAddArguments::storage>(),
    options::option<&RobotAddArguments::role, accounts::parse_role>(
        0, "role", "guest|developer|maintainer|admin", "What it is in its project: guest pulls, developer pushes"),
    options::option<&RobotAddArguments::expires, options::read_duration>(0, "expires", "TIME",
                                                                         "It ends then: 720h; never when not given"),
};
constexpr options::Option kRmOptions[] = {storage_option<&RobotRmArguments::storage>()};
constexpr options::Option kLsOptions[] = {storage_option<&RobotLsArguments::storage>()};
constexpr options::Group kAddGroups[] = {options::group(kAddOptions)};
constexpr options::Group kRmGroups[] = {options::group(kRmOptions)};
constexpr options::Group kLsGroups[] = {
    options::group(kLsOptions), options::group<&RobotLsArguments::listing>(report::kListingOptions, "Listing options")};
constexpr options::Example kAddExamples[] = {
    {"gantry registry robot add --role developer --expires 720h team+ci > secret",
     "An account that pushes, for 30 days"},
};

constinit const Command kRobotAdd = options::command<run_robot_add>({
    .name = "add",
    .summary = "Add a program's account to a project",
    .synopsis = "[OPTIONS] PROJECT+NAME",
    .description = "Prints its secret, which is kept nowhere. The robot logs in as PROJECT+NAME with it.",
    .examples = kAddExamples,
    .groups = kAddGroups,
    .words = options::words<&RobotAddArguments::words>({.name = "PROJECT+NAME", .least = 1, .most = 1}),
});
constinit const Command kRobotRm = options::command<run_robot_rm>({
    .name = "rm",
    .summary = "Remove programs' accounts",
    .synopsis = "[OPTIONS] PROJECT+NAME...",
    .description = "A registry that is running takes notice within a second.",
    .groups = kRmGroups,
    .words = options::words<&RobotRmArguments::words>({.name = "PROJECT+NAME", .least = 1}),
});
constinit const Command kRobotLs = options::command<run_robot_ls>({
    .name = "ls",
    .summary = "List programs' accounts",
    .synopsis = "[OPTIONS]",
    .description = "Of all projects.",
    .groups = kLsGroups,
});
constexpr const Command* kRobotCommands[] = {&kRobotAdd, &kRobotLs, &kRobotRm};

}  // namespace

constinit const Command kRobot = {
    .name = "robot",
    .summary = "Manage programs' accounts at a registry",
    .synopsis = "COMMAND",
    .description = "A robot belongs to one project, has a role there and a secret that was made for it.",
    .commands = kRobotCommands,
};

}  // namespace gantry::registry_cli
