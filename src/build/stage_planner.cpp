#include "build/stage_planner.hpp"

#include "base/text.hpp"
#include "dockerfile/parse.hpp"
#include "linux/path.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace gantry::build {

namespace {

/// `<<NAME` and nothing else.
bool is_heredoc_alone(const dockerfile::Command& command) {
  if (command.heredocs.size() != 1 || command.words.empty()) return false;
  std::string_view word = trim(command.words.front());
  if (!word.starts_with("<<")) return false;
  word.remove_prefix(word.starts_with("<<-") ? 3 : 2);
  if (word.size() >= 2 && (word.front() == '"' || word.front() == '\'') && word.front() == word.back())
    word = word.substr(1, word.size() - 2);
  return word == command.heredocs.front().name;
}

/// The line as the Dockerfile has it, with what its heredocs hold: the shell reads them itself.
std::string with_heredocs(const dockerfile::Command& command) {
  std::string text = command.words.front();
  for (const auto& heredoc : command.heredocs) text += "\n" + heredoc.content + heredoc.name;
  return command.heredocs.empty() ? text : text + "\n";
}

}  // namespace

StagePlanner::StagePlanner(const Setting& setting, ImagePlan base, Graph& graph)
    : setting_(setting),
      plan_(std::move(base)),
      graph_(graph),
      editor_(plan_.config),
      scope_(setting.request.file, setting.globals, plan_.config.config.env) {}

Result<ImagePlan> StagePlanner::run() {
  TRY(run_triggers());
  for (const auto& instruction : setting_.stage.instructions) {
    auto taken = take(instruction);
    if (!taken) return at(instruction, std::move(taken.error()));
  }
  finish_batch();
  return std::move(plan_);
}

/// What the base image has for those who build on it, as if it stood behind FROM.
Result<> StagePlanner::run_triggers() {
  const auto triggers = std::exchange(plan_.config.config.on_build, {});
  for (const auto& trigger : triggers) {
    auto instruction = TRY(dockerfile::parse_trigger(trigger, setting_.stage.from.image));
    TRY(with_context(take(instruction), "ONBUILD {} of image '{}'", trigger, setting_.stage.from.image));
  }
  return {};
}

Error StagePlanner::at(const dockerfile::Instruction& instruction, Error error) const {
  // One that shows its line has been made by the language's own parts.
  if (error.text().find('\n') != std::string::npos) return error;
  const auto& file = setting_.request.file;
  Error shown = dockerfile::error_at(file.file, file.source, instruction.at,
                                     fmt::format("{}: {}", instruction.keyword, error.text()), error.cure());
  return std::move(shown).with_code(error.code());
}

Result<> StagePlanner::take(const dockerfile::Instruction& written) {
  const auto instruction = TRY(scope_.expand(written));
  TRY(editor_.apply(instruction.operation));
  plan_.config.config.env = scope_.env();
  return take_step(instruction);
}

Result<> StagePlanner::take_step(const dockerfile::Instruction& instruction) {
  const auto& operation = instruction.operation;
  if (const auto* run = std::get_if<dockerfile::Run>(&operation)) add_steps({TRY(make_run(*run))}, instruction);
  else if (const auto* copy = std::get_if<dockerfile::Copy>(&operation)) {
    auto step = TRY(make_copy(copy->transfer, copy->from));
    std::get<CopyStep>(step).parents = copy->parents;
    add_steps({std::move(step)}, instruction);
  } else if (const auto* add = std::get_if<dockerfile::Add>(&operation)) {
    add_steps(TRY(make_add(*add)), instruction);
  } else if (std::get_if<dockerfile::Workdir>(&operation) != nullptr) {
    add_steps({FolderStep{plan_.config.config.working_dir}}, instruction);
  } else {
    note(instruction);
  }
  return {};
}

std::string StagePlanner::absolute(const std::string& path) const {
  const std::string& workdir = plan_.config.config.working_dir;
  const bool is_folder = path.ends_with('/') || path.ends_with("/.") || path == ".";
  const std::string whole = linux::clean_path(path.starts_with('/') ? path : workdir + "/" + path);
  return is_folder && whole != "/" ? whole + "/" : whole;
}

Result<> StagePlanner::set_command(const dockerfile::Command& command, RunStep& step) const {
  if (command.words.empty()) return fail(Code::invalid, "there is no command");
  if (!command.is_shell) {
    step.argv = command.words;
  } else if (!is_heredoc_alone(command)) {
    step.argv = editor_.shell_words(with_heredocs(command));
  } else if (const std::string& script = command.heredocs.front().content; script.starts_with("#!")) {
    step.argv = {kScriptPath};
    step.script = script;
  } else {
    step.argv = editor_.shell_words(script);
  }
  return {};
}

Result<Step> StagePlanner::make_run(const dockerfile::Run& run) {
  RunStep step;
  TRY(set_command(run.command, step));
  step.env = scope_.run_args();
  const auto& env = scope_.env();
  step.env.insert(step.env.end(), env.begin(), env.end());
  step.hidden_env = scope_.proxy_args();
  const auto& config = plan_.config.config;
  if (!config.working_dir.empty()) step.workdir = config.working_dir;
  step.user = config.user;
  step.network = run.network.value_or(setting_.request.network.value_or(dockerfile::RunNetwork::standard));
  step.insecure = run.security == dockerfile::RunSecurity::insecure;
  if (!run.devices.empty())
    return fail(Code::unsupported, "--device: CDI devices are not given to steps of a build")
        .with_cure("use --security=insecure where the build allows it");
  for (const auto& mount : run.mounts) {
    StepMount made{.mount = mount, .origin = {}};
    if (!mount.target.empty()) made.mount.target = linux::clean_path(absolute(mount.target));
    const bool has_origin = mount.type == dockerfile::MountType::bind ||
                            (mount.type == dockerfile::MountType::cache && !mount.from.empty());
    if (has_origin) made.origin = TRY(setting_.find_origin(mount.from));
    step.mounts.push_back(std::move(made));
  }
  return Step(std::move(step));
}

Result<Step> StagePlanner::make_copy(const dockerfile::Transfer& transfer, const std::string& from) {
  CopyStep step;
  step.origin = TRY(setting_.find_origin(from));
  step.sources = transfer.sources;
  for (const auto& file : transfer.files) step.files.push_back({file.name, file.content});
  if (step.sources.empty()) step.origin = {};
  step.target = absolute(transfer.target);
  step.chown = transfer.chown;
  step.chmod = transfer.chmod;
  step.excludes = transfer.excludes;
  if (transfer.sources.size() + transfer.files.size() > 1 && !step.target.ends_with('/') && step.target != "/")
    return fail(Code::invalid, "several sources can only go into a folder")
        .with_cure(fmt::format("end the target with a slash: {}/", transfer.target));
  return Step(std::move(step));
}

Result<std::vector<Step>> StagePlanner::make_add(const dockerfile::Add& add) {
  dockerfile::Transfer local = add.transfer;
  const auto remote = std::ranges::stable_partition(local.sources, std::not_fn(is_remote));
  const std::vector<std::string> elsewhere(remote.begin(), remote.end());
  auto here = TRY(make_copy(add.transfer, ""));  // refuses what no ADD may be
  std::vector<Step> steps;
  if (elsewhere.size() < add.transfer.sources.size() || !add.transfer.files.empty()) {
    if (!add.checksum.empty())
      return fail(Code::invalid, "--checksum is for what is fetched, not for files of the context")
          .with_cure("leave it out");
    auto& copy = std::get<CopyStep>(here);
    local.sources.erase(remote.begin(), remote.end());
    copy.sources = local.sources;
    if (copy.sources.empty()) copy.origin = {};
    copy.unpacks = add.unpacks.value_or(true);
    steps.push_back(std::move(here));
  }
  for (const auto& source : elsewhere) steps.push_back(TRY(make_fetched(add, source)));
  return steps;
}

/// Files have the permissions that docker gives them; what is in a repository has its own.
Result<Step> StagePlanner::make_fetched(const dockerfile::Add& add, const std::string& source) {
  const auto files =
      TRY(setting_.fetch({.name = source, .checksum = add.checksum, .keeps_git_dir = add.keeps_git_dir}));
  auto step = TRY(make_copy(add.transfer, ""));
  auto& copy = std::get<CopyStep>(step);
  copy.origin = files.origin;
  copy.sources = {files.path};
  copy.files.clear();
  copy.unpacks = !files.is_git && add.unpacks.value_or(false);
  if (!files.is_git && copy.chmod.empty()) copy.chmod = "600";
  return step;
}

bool StagePlanner::uses_cache() const {
  return !setting_.request.no_cache && !setting_.request.uncached_stages.contains(setting_.name);
}

/// They become one layer.
void StagePlanner::add_steps(std::vector<Step> steps, const dockerfile::Instruction& instruction) {
  if (!batch_) {
    batch_.emplace();
    if (!plan_.chain.empty()) batch_->base = plan_.top;
    batch_->label = instruction.text;
    batch_->stage = setting_.name;
    batch_->at = instruction.at;
    batch_->uses_cache = uses_cache();
  } else {
    batch_->label += "; " + instruction.text;
  }
  std::ranges::move(steps, std::back_inserter(batch_->steps));
  note(instruction);
  noted_ = plan_.history.size() - 1;
  if (setting_.request.squash == Squash::none) finish_batch();
}

void StagePlanner::finish_batch() {
  if (!batch_) return;
  plan_.top = graph_.add(std::move(*batch_));
  plan_.chain.push_back(plan_.top);
  plan_.history[noted_].node = plan_.top;
  batch_.reset();
}

void StagePlanner::note(const dockerfile::Instruction& instruction) {
  oci::History history{.created = to_rfc3339(setting_.time),
                       .created_by = instruction.text,
                       .author = plan_.config.author,
                       .comment = "",
                       .empty_layer = true};
  plan_.history.push_back({.history = std::move(history), .node = {}});
}

}  // namespace gantry::build
