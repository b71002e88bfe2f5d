#include "options/command.hpp"

#include "options/help.hpp"
#include "options/print.hpp"
#include "options/program.hpp"
#include "options/suggest.hpp"

namespace gantry::options {

std::string Call::name() const {
  std::string text(path_[0]->name);
  for (std::size_t i = 1; i < depth_; ++i) (text += ' ') += path_[i]->name;
  return text;
}

Error Call::usage_error(std::string text) const {
  return Error(Code::invalid, std::move(text)).with_cure(fmt::format("see '{} --help'", name()));
}

Result<> Call::descend() {
  while (!command().commands.empty() && next_ < argv_.size()) {
    std::string_view word = argv_[next_];
    if (is_option(word)) {
      TRY(take_option());
      continue;
    }
    const Command* chosen = depth_ == 1 ? built_in_command(word) : nullptr;
    Suggestion suggestion(word);
    for (const Command* candidate : command().commands) {
      if (candidate->name == word || candidate->second_name == word) chosen = candidate;
      if (!candidate->hidden) suggestion.offer(candidate->name);
    }
    if (!chosen) {
      if (suggestion.word().empty()) return usage_error(fmt::format("'{}' has no command '{}'", name(), word));
      return usage_error(fmt::format("'{}' has no command '{}'; did you mean '{}'?", name(), word, suggestion.word()));
    }
    path_[depth_++] = chosen;
    ++next_;
    if (!chosen->program.empty()) return {};
  }
  return {};
}

/// Looks in the command's own groups first, then in the global ones.
template <class Matches>
Call::Found Call::find(Matches matches) const {
  for (std::size_t i = depth_; i-- > 0;) {
    bool global = i == 0;
    if (!global && !(i == depth_ - 1 && arguments_)) continue;
    void* target = global ? program_.globals : arguments_;
    for (const Group& group : path_[i]->groups)
      for (const Option& option : group.options)
        if (matches(option)) return {&option, group.part ? group.part(target) : target};
  }
  return {};
}

Error Call::unknown_option(std::string_view given) const {
  if (!given.starts_with("--")) return usage_error(fmt::format("'{}' has no option '{}'", name(), given));
  Suggestion suggestion(given.substr(2));
  find([&](const Option& option) {
    if (!option.hidden) suggestion.offer(option.name);
    return false;
  });
  if (suggestion.word().empty()) return usage_error(fmt::format("'{}' has no option '{}'", name(), given));
  return usage_error(fmt::format("'{}' has no option '{}'; did you mean '--{}'?", name(), given, suggestion.word()));
}

Result<> Call::apply(const Found& found, std::string_view given, std::string_view value) const {
  auto applied = found.option->set(found.target, value);
  if (applied) return {};
  return std::move(applied.error()).with_context(fmt::format("option {}", given));
}

Result<std::string_view> Call::value_word(std::string_view given) {
  if (next_ >= argv_.size()) return usage_error(fmt::format("option {} needs a value", given));
  return std::string_view(argv_[next_++]);
}

/// The options that every program has.
bool Call::take_common(std::string_view word) {
  bool help = word == "--help" || word == "-h";
  bool version = depth_ == 1 && !program_.version.empty() && (word == "--version" || word == "-v");
  wants_help_ = wants_help_ || help;
  wants_version_ = wants_version_ || version;
  return help || version;
}

Result<> Call::take_long(std::string_view word) {
  auto equals = word.find('=');
  std::string_view given = word.substr(0, equals);
  std::string_view name = given.substr(2);
  auto found =
      find([&](const Option& option) { return !name.empty() && (option.name == name || option.second_name == name); });
  if (!found.option) {
    if (!take_common(word)) return unknown_option(given);
    return {};
  }
  if (equals != word.npos) return apply(found, given, word.substr(equals + 1));
  if (!found.option->bare.empty()) return apply(found, given, found.option->bare);
  return apply(found, given, TRY(value_word(given)));
}

/// "-it", "-eNAME=1", "-e=NAME=1", "-i=false", "-e" "NAME=1".
Result<> Call::take_letters(std::string_view word) {
  for (std::size_t i = 1; i < word.size(); ++i) {
    std::string given = {'-', word[i]};
    auto found = find([&](const Option& option) { return option.letter == word[i]; });
    if (!found.option) {
      if (!take_common(given)) return unknown_option(given);
      continue;
    }
    std::string_view rest = word.substr(i + 1);
    if (rest.starts_with('=')) return apply(found, given, rest.substr(1));
    if (!found.option->bare.empty()) {
      TRY(apply(found, given, found.option->bare));
      continue;
    }
    return apply(found, given, rest.empty() ? TRY(value_word(given)) : rest);
  }
  return {};
}

Result<> Call::take_option() {
  std::string_view word = argv_[next_++];
  return word.starts_with("--") ? take_long(word) : take_letters(word);
}

Result<> Call::check_count(std::size_t count) const {
  const Words& words = command().words;
  auto many = [&](std::size_t number) {
    return number == 1 ? fmt::format("one {}", words.name) : fmt::format("{} words {}", number, words.name);
  };
  if (!words.set && count > 0) return usage_error(fmt::format("'{}' takes no arguments", name()));
  if (count < words.least) {
    std::string_view how = words.least == words.most ? "" : "at least ";
    return usage_error(fmt::format("'{}' needs {}{}", name(), how, many(words.least)));
  }
  if (words.set && count > words.most)
    return usage_error(fmt::format("'{}' takes no more than {}", name(), many(words.most)));
  return {};
}

Result<bool> Call::read(void* arguments) {
  arguments_ = arguments;
  std::vector<std::string> words;
  bool options_end = false;
  while (next_ < argv_.size() && !wants_help_) {
    std::string_view word = argv_[next_];
    if (!options_end && word == "--") {
      options_end = true;
      ++next_;
    } else if (!options_end && is_option(word)) {
      TRY(take_option());
    } else {
      words.emplace_back(word);
      ++next_;
      if (command().words.command_line) options_end = true;
    }
  }
  if (wants_help_) {
    TRY(print(help_text(*this)));
    return false;
  }
  TRY(check_count(words.size()));
  if (command().words.set) command().words.set(arguments, std::move(words));
  if (program_.ready) TRY(program_.ready(program_.globals));
  return true;
}

}  // namespace gantry::options
