// COPY and ADD.

#include "base/text.hpp"
#include "dockerfile/heredoc.hpp"
#include "dockerfile/instruction.hpp"
#include "dockerfile/show.hpp"

#include <algorithm>

namespace gantry::dockerfile {

namespace {

/// The words of the arguments; a heredoc's mark is one word, even with blanks in its quoted name.
struct Split {
  std::vector<Word> words;
  std::vector<HeredocMark> marks;

  bool is_mark(const Word& word) const {
    return std::ranges::any_of(marks, [&](const HeredocMark& mark) {
      return word.offset >= mark.offset && word.offset < mark.offset + mark.width;
    });
  }
};

Result<Split> split_transfer(const Statement& statement) {
  Split split{.words = TRY(word_list(statement)), .marks = {}};
  if (statement.heredocs.empty()) return split;
  split.marks = find_heredocs(statement.arguments, statement.escape());
  for (auto& mark : split.marks) mark.offset += statement.arguments_at;
  return split;
}

Error too_few(const Statement& statement) {
  return statement.error(
      fmt::format("{} takes at least a source and a target", statement.name),
      fmt::format("write {} source target, or a list in JSON for paths with blanks", statement.name));
}

Result<Transfer> read_transfer(const Statement& statement) {
  auto split = TRY(split_transfer(statement));
  if (split.words.size() < 2) return too_few(statement);
  auto target = std::move(split.words.back());
  split.words.pop_back();
  if (split.is_mark(target)) {
    return statement.error(target, fmt::format("the target of {} cannot be a heredoc", statement.name),
                           "write the target behind it");
  }
  Transfer transfer;
  for (auto& word : split.words) {
    if (!split.is_mark(word)) transfer.sources.push_back(std::move(word.text));
  }
  transfer.files = statement.heredocs;
  transfer.target = std::move(target.text);
  if (transfer.target.empty()) return too_few(statement);
  transfer.chown = statement.flag_text("chown");
  transfer.chmod = statement.flag_text("chmod");
  transfer.links = statement.flag_is_set("link");
  for (const auto* flag : statement.all_flags("exclude")) transfer.excludes.push_back(flag->value);
  return transfer;
}

}  // namespace

Result<Operation> read_copy(const Statement& statement) {
  Copy copy;
  copy.transfer = TRY(read_transfer(statement));
  copy.parents = statement.flag_is_set("parents");
  if (const auto* from = statement.flag("from")) {
    if (from->value.find('$') != std::string::npos) {
      return statement.error(from->word, "--from takes no variables",
                             "name a stage with FROM $VARIABLE AS name above, and copy --from that");
    }
    if (from->value.empty()) return statement.error(from->word, "--from has no value", "name a stage or an image");
    copy.from = from->value;
  }
  if (!copy.from.empty() && !copy.transfer.files.empty()) {
    return statement.error("heredocs are no files of --from", "copy them by an instruction of their own");
  }
  return Operation(std::move(copy));
}

Result<Operation> read_add(const Statement& statement) {
  Add add;
  add.transfer = TRY(read_transfer(statement));
  add.checksum = statement.flag_text("checksum");
  add.keeps_git_dir = statement.flag_is_set("keep-git-dir");
  if (statement.flag("unpack")) add.unpacks = statement.flag_is_set("unpack");
  if (!add.checksum.empty() && add.transfer.sources.size() + add.transfer.files.size() != 1) {
    return statement.error(statement.flag("checksum")->word, "--checksum takes one source",
                           "write an ADD for each of them");
  }
  return Operation(std::move(add));
}

}  // namespace gantry::dockerfile
