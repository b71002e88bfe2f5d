#pragma once

#include "options/option.hpp"

namespace gantry::options {

class Call;

/// The words of a command that are not options.
struct Words {
  std::string_view name;  ///< what an error calls one of them: "CONTAINER"
  std::size_t least = 0;
  std::size_t most = SIZE_MAX;
  bool command_line = false;  ///< options end at the first word: what follows belongs to another program
  Completes first = Completes::nothing;
  Completes rest = Completes::nothing;
  void (*set)(void* arguments, std::vector<std::string> words) = nullptr;  ///< null: the command takes none
  std::string_view owner;
};

struct Example {
  std::string_view command;
  std::string_view effect;  ///< what it does, as a phrase: "Start a shell in a new container"
};

/// A part of the man page that help leaves out.
struct ManSection {
  std::string_view title;
  std::string_view text;  ///< sentences; a line break starts a paragraph
};

/// A node of the tree of commands; a constinit table made by command<> or commands().
struct Command {
  std::string_view name;
  std::string_view second_name = {};
  std::string_view summary;      ///< one line without a full stop
  std::string_view synopsis;     ///< what follows the name: "[OPTIONS] CONTAINER..."
  std::string_view description;  ///< a few sentences; a line break starts a paragraph
  std::span<const ManSection> sections = {};
  std::span<const Example> examples = {};
  std::span<const Group> groups = {};
  Words words = {};
  std::span<const Command* const> commands = {};  ///< not empty: the first word chooses one of these
  std::string_view program = {};  ///< not empty: the sibling program that knows the rest and takes the whole call
  int manual = 1;                 ///< of a program: the section of the manual with its pages
  bool hidden = false;
  Result<int> (*run)(Call& call) = nullptr;
};

/// Where the words go: a member that is a vector of strings.
template <auto Member>
consteval Words words(Words words) {
  using Owner = typename detail::MemberOf<decltype(Member)>::Owner;
  words.set = [](void* arguments, std::vector<std::string> given) {
    static_cast<Owner*>(arguments)->*Member = std::move(given);
  };
  words.owner = detail::identity<Owner>();
  return words;
}

/// A program, as its main() describes it.
struct Program {
  const Command& root;
  void* globals = nullptr;                     ///< gets the options of `root`
  Result<> (*ready)(void* globals) = nullptr;  ///< after the options, before the command: sets the log up
  std::vector<std::string> (*candidates)(Completes what, void* globals) = nullptr;  ///< names that exist now
  std::string_view version = {};  ///< not empty: `--version` and `-v` print it
};

/// One run of a program: its words, and the commands that they have named so far, outermost first.
class Call {
 public:
  Call(const Program& program, std::span<char* const> argv)
      : program_(program), path_{&program.root}, argv_(argv), next_(argv.empty() ? 0 : 1) {}

  /// Goes down the tree as far as the words lead, reading global options on the way.
  Result<> descend();

  const Command& command() const { return *path_[depth_ - 1]; }
  std::span<const Command* const> path() const { return {path_, depth_}; }
  /// "gantry image rm".
  std::string name() const;
  const Program& program() const { return program_; }
  std::span<char* const> argv() const { return argv_; }
  /// The words that have not been read yet.
  std::span<char* const> rest() const { return argv_.subspan(next_); }
  bool wants_help() const { return wants_help_; }
  bool wants_version() const { return wants_version_; }
  /// Reads the remaining words into the command's arguments; false when help was asked for and has been printed.
  Result<bool> read(void* arguments);

 private:
  struct Found {
    const Option* option = nullptr;
    void* target = nullptr;
  };
  static bool is_option(std::string_view word) { return word.size() > 1 && word[0] == '-'; }
  template <class Matches>
  Found find(Matches matches) const;
  Error unknown_option(std::string_view given) const;
  Error usage_error(std::string text) const;
  Result<> take_option();
  bool take_common(std::string_view word);
  Result<> take_long(std::string_view word);
  Result<> take_letters(std::string_view word);
  Result<> apply(const Found& found, std::string_view given, std::string_view value) const;
  Result<std::string_view> value_word(std::string_view given);
  Result<> check_count(std::size_t count) const;

  static constexpr std::size_t kDeepest = 4;
  const Program& program_;
  const Command* path_[kDeepest];
  std::size_t depth_ = 1;
  void* arguments_ = nullptr;
  std::span<char* const> argv_;
  std::size_t next_;
  bool wants_help_ = false;
  bool wants_version_ = false;
};

namespace detail {

template <class F>
struct Signature;
template <class G, class A>
struct Signature<Result<int> (*)(const G&, const A&)> {
  using Globals = G;
  using Arguments = A;
};

template <auto Run>
Result<int> run(Call& call) {
  using Types = Signature<decltype(Run)>;
  typename Types::Arguments arguments;
  if (!TRY(call.read(&arguments))) return 0;
  return Run(*static_cast<const typename Types::Globals*>(call.program().globals), arguments);
}

}  // namespace detail

/// A command that is answered by `Result<int> Run(const Globals&, const Arguments&)`: the process's exit status.
/// The structs that options and words write into need names of their own in the whole program: g++ 12 gives what is
/// made from a member of `(anonymous)::Arguments` external linkage, and would take that of another file.
template <auto Run>
consteval Command command(Command command) {
  using Arguments = typename detail::Signature<decltype(Run)>::Arguments;
  for (const auto& group : command.groups)
    if (group.owner != detail::identity<Arguments>()) throw "a group writes into another struct";
  if (!command.words.owner.empty() && command.words.owner != detail::identity<Arguments>())
    throw "the words go into another struct";
  command.run = &detail::run<Run>;
  return command;
}

}  // namespace gantry::options
