#include "options/complete.hpp"

#include "base/text.hpp"

namespace gantry::options {

namespace {

/// Where in the tree of commands the words before the last one lead.
class Place {
 public:
  explicit Place(const Program& program) : program_(program), command_(&program.root) {}

  /// False when a word names no command, so nothing sensible can follow.
  bool take(std::string_view word) {
    if (pending_) {
      give(*pending_, word);
      pending_ = nullptr;
    } else if (!options_end_ && word == "--") {
      options_end_ = true;
    } else if (!options_end_ && word.size() > 1 && word[0] == '-') {
      take_option(word);
    } else if (!command_->commands.empty()) {
      return enter(word);
    } else {
      ++words_;
      if (command_->words.command_line) options_end_ = true;
    }
    return true;
  }

  const Command& command() const { return *command_; }
  const Option* pending() const { return pending_; }
  bool options_end() const { return options_end_; }
  std::size_t words() const { return words_; }

  template <class Matches>
  const Option* find(Matches matches) const {
    for (const Command* each : {command_, &program_.root}) {
      for (const Group& group : each->groups)
        for (const Option& option : group.options)
          if (matches(option)) return &option;
      if (each == &program_.root) break;
    }
    return nullptr;
  }

 private:
  bool enter(std::string_view word) {
    for (const Command* each : command_->commands)
      if (each->name == word || each->second_name == word) {
        command_ = each;
        return true;
      }
    return false;
  }

  void take_option(std::string_view word) {
    if (word.starts_with("--")) {
      auto [name, value, has_value] = cut(word.substr(2), '=');
      auto* option = find([&](const Option& each) { return each.name == name || each.second_name == name; });
      if (option && has_value) give(*option, value);
      else if (option && option->bare.empty()) pending_ = option;
      return;
    }
    for (std::size_t i = 1; i < word.size(); ++i) {
      auto* option = find([&](const Option& each) { return each.letter == word[i]; });
      if (!option || !option->bare.empty()) continue;
      if (i + 1 == word.size()) pending_ = option;
      return;
    }
  }

  /// Global options matter: --root says where the containers are whose names complete.
  void give(const Option& option, std::string_view value) {
    for (const Group& group : program_.root.groups)
      if (&option >= group.options.data() && &option < group.options.data() + group.options.size())
        best_effort(option.set(group.part ? group.part(program_.globals) : program_.globals, value));
  }

  const Program& program_;
  const Command* command_;
  const Option* pending_ = nullptr;
  bool options_end_ = false;
  std::size_t words_ = 0;
};

class Answer {
 public:
  Answer(const Program& program, std::string_view begun) : program_(program), begun_(begun) {}

  void add(std::string_view word, std::string_view help) {
    if (!word.starts_with(begun_)) return;
    text_ += word;
    if (!help.empty()) (text_ += '\t') += help;
    text_ += '\n';
  }

  /// `before` stands in front of every word: the "--name=" of an option.
  void add_names(Completes what, std::string_view before = {}) {
    if (what == Completes::files) text_ += ":files\n";
    if (what == Completes::folders) text_ += ":folders\n";
    if (!program_.candidates) return;
    for (const auto& name : program_.candidates(what, program_.globals)) add(std::string(before) + name, {});
  }

  void add_values(const Option& option, std::string_view before = {}) {
    if (option.value.find('|') == std::string_view::npos) return add_names(option.completes, before);
    for (const auto& value : split(option.value, '|')) add(std::string(before) + value, {});
  }

  std::string take() { return std::move(text_); }

 private:
  const Program& program_;
  std::string_view begun_;
  std::string text_;
};

void add_options(Answer& answer, const Place& place) {
  place.find([&](const Option& option) {
    if (!option.hidden) answer.add(fmt::format("--{}", option.name), option.help);
    return false;
  });
  answer.add("--help", "Print help");
}

}  // namespace

Completion complete_words(const Program& program, std::span<char* const> argv) {
  if (argv.size() < 2) return {};
  Place place(program);
  for (const char* word : argv.subspan(1, argv.size() - 2)) {
    if (!place.take(word)) return {};
    if (!place.command().program.empty()) return {{}, place.command().program};
  }
  std::string_view begun = argv.back();
  Answer answer(program, begun);
  const Words& words = place.command().words;
  auto equals = begun.find('=');
  if (place.pending()) {
    answer.add_values(*place.pending());
  } else if (!place.options_end() && begun.starts_with("--") && equals != begun.npos) {
    std::string_view name = begun.substr(2, equals - 2);
    auto* option = place.find([&](const Option& each) { return each.name == name || each.second_name == name; });
    if (option) answer.add_values(*option, begun.substr(0, equals + 1));
  } else if (!place.options_end() && begun.starts_with('-')) {
    add_options(answer, place);
  } else if (!place.command().commands.empty()) {
    for (const Command* each : place.command().commands)
      if (!each->hidden) answer.add(each->name, each->summary);
  } else if (place.words() < words.most) {
    answer.add_names(place.words() == 0 ? words.first : words.rest);
  }
  return {answer.take(), {}};
}

}  // namespace gantry::options
