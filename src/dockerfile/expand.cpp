#include "dockerfile/expand.hpp"

#include "base/text.hpp"
#include "dockerfile/ports.hpp"
#include "dockerfile/run_mount.hpp"
#include "dockerfile/show.hpp"
#include "dockerfile/substitute.hpp"

#include <algorithm>
#include <array>

namespace gantry::dockerfile {

namespace {

constexpr std::size_t kMaxFile = 32u << 20;
constexpr std::array<std::string_view, 5> kProxies = {"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY",
                                                      "ALL_PROXY"};

void add_platform(std::map<std::string, std::string>& values, const std::string& prefix,
                  const oci::Platform& platform) {
  values[prefix + "PLATFORM"] = oci::text_of(platform);
  values[prefix + "OS"] = platform.os;
  values[prefix + "OSVERSION"] = platform.os_version;
  values[prefix + "ARCH"] = platform.architecture;
  values[prefix + "VARIANT"] = platform.variant;
}

const std::string* find_in(const std::map<std::string, std::string>& values, std::string_view name) {
  const auto found = values.find(std::string(name));
  return found == values.end() ? nullptr : &found->second;
}

Error at_place(const Dockerfile& file, const Position& at, const Error& error) {
  return error_at(file.file, file.source, at, error.text(), error.cure()).with_code(error.code());
}

Result<std::string> global_word(const Dockerfile& file, const std::string& text, const Position& at,
                                const Globals& globals) {
  auto done = substitute(text, [&](std::string_view name) { return find_in(globals.values, name); },
                         {.escape = file.directives.escape});
  if (!done) return at_place(file, at, done.error());
  return std::move(done->text);
}

}  // namespace

Result<Globals> expand_globals(const Dockerfile& file, const BuildInputs& inputs) {
  Globals globals{.values = {}, .build_args = inputs.build_args};
  add_platform(globals.values, "BUILD", inputs.build_platform);
  add_platform(globals.values, "TARGET", inputs.target_platform);
  globals.values["TARGETSTAGE"] = inputs.target_stage;
  for (auto& [name, value] : globals.values) {
    if (const auto* given = find_in(inputs.build_args, name)) value = *given;
  }
  for (const auto& instruction : file.globals) {
    for (const auto& arg : std::get<Arg>(instruction.operation).args) {
      if (const auto* given = find_in(inputs.build_args, arg.name)) {
        globals.values[arg.name] = *given;
      } else if (arg.value) {
        globals.values[arg.name] = TRY(global_word(file, *arg.value, arg.at, globals));
      }
    }
  }
  return globals;
}

Result<From> expand_from(const Dockerfile& file, const Stage& stage, const Globals& globals) {
  auto from = stage.from;
  from.image = TRY(global_word(file, stage.from.image, stage.image_at, globals));
  if (from.image.empty()) {
    return error_at(file.file, file.source, stage.image_at, "the image of FROM is empty: " + quoted(stage.from.image),
                    "declare its ARG before the first FROM, with a default, or give it by --build-arg");
  }
  if (from.platform.empty()) return from;
  from.platform = TRY(global_word(file, stage.from.platform, stage.platform_at, globals));
  if (from.platform.empty()) {
    return error_at(file.file, file.source, stage.platform_at,
                    "the platform of FROM is empty: " + quoted(stage.from.platform),
                    "declare its ARG before the first FROM, with a default, or give it by --build-arg");
  }
  return from;
}

StageScope::StageScope(const Dockerfile& file, const Globals& globals, const std::vector<std::string>& env)
    : file_(&file), globals_(globals), env_(env) {
  for (const auto& one : env) {
    const auto [name, value, found] = cut(one, '=');
    set(std::string(name), std::string(value), false);
  }
}

void StageScope::set(const std::string& name, const std::string& value, bool is_arg) {
  const auto found = std::ranges::find(variables_, name, &Variable::name);
  if (found == variables_.end()) {
    variables_.push_back({name, value, is_arg});
  } else {
    found->value = value;
    found->is_arg = is_arg;
  }
}

void StageScope::set_env(const std::string& name, const std::string& value) {
  set(name, value, false);
  const auto found = std::ranges::find_if(env_, [&](const std::string& one) { return cut(one, '=').before == name; });
  auto text = name + "=" + value;
  if (found == env_.end()) env_.push_back(std::move(text));
  else *found = std::move(text);
}

const std::string* StageScope::find(std::string_view name) const {
  const auto found = std::ranges::find(variables_, name, &Variable::name);
  return found == variables_.end() ? nullptr : &found->value;
}

std::vector<std::string> StageScope::run_args() const {
  std::vector<std::string> args;
  for (const auto& variable : variables_) {
    if (variable.is_arg) args.push_back(variable.name + "=" + variable.value);
  }
  return args;
}

std::vector<std::string> StageScope::proxy_args() const {
  std::vector<std::string> args;
  for (const auto proxy : kProxies) {
    for (const auto& [name, value] : globals_.build_args) {
      if (to_lower(name) != to_lower(proxy)) continue;
      args.push_back(std::string(proxy) + "=" + value);  // programs look for the one or the other
      args.push_back(to_lower(proxy) + "=" + value);
      break;
    }
  }
  return args;
}

Result<std::string> StageScope::word(const std::string& text, const Position& at) {
  auto done = substitute(text, [&](std::string_view name) { return find(name); }, {.escape = file_->directives.escape});
  if (!done) return at_place(*file_, at, done.error());
  for (auto& name : done->unset) unset_.push_back({std::move(name), at});
  return std::move(done->text);
}

Result<> StageScope::replace(std::string& text, const Position& at) {
  text = TRY(word(text, at));
  return {};
}

Result<> StageScope::replace(std::vector<std::string>& texts, const Position& at) {
  for (auto& text : texts) TRY(replace(text, at));
  return {};
}

/// All values are made before any is set: `ENV A=1 B=$A` takes the A of before.
Result<> StageScope::apply(Env& env) {
  for (auto& pair : env.pairs) {
    TRY(replace(pair.key, pair.at));
    TRY(replace(pair.value, pair.at));
  }
  for (const auto& pair : env.pairs) set_env(pair.key, pair.value);
  return {};
}

Result<> StageScope::apply(Label& label) {
  for (auto& pair : label.pairs) {
    TRY(replace(pair.key, pair.at));
    TRY(replace(pair.value, pair.at));
  }
  return {};
}

/// --build-arg, then the default, then the global ARG of that name.
Result<> StageScope::apply(Arg& arg) {
  for (auto& one : arg.args) {
    if (const auto* given = find_in(globals_.build_args, one.name)) {
      one.value = *given;
    } else if (one.value) {
      TRY(replace(*one.value, one.at));
    } else if (const auto* global = find_in(globals_.values, one.name)) {
      one.value = *global;
    }
    if (one.value) set(one.name, *one.value, true);
    else declared_.push_back(one.name);
  }
  return {};
}

Result<> StageScope::apply(Transfer& transfer, const Position& at) {
  TRY(replace(transfer.sources, at));
  TRY(replace(transfer.target, at));
  TRY(replace(transfer.chown, at));
  TRY(replace(transfer.chmod, at));
  TRY(replace(transfer.excludes, at));
  for (auto& file : transfer.files) {
    if (!file.expands) continue;
    auto done = substitute(file.content, [&](std::string_view name) { return find(name); },
                           {.escape = '\\', .reads_quotes = false, .limit = kMaxFile});
    if (!done) return at_place(*file_, file.at, done.error());
    for (auto& name : done->unset) unset_.push_back({std::move(name), file.at});
    file.content = std::move(done->text);
  }
  return {};
}

Result<> StageScope::apply(RunMount& mount) {
  const auto at = mount.at;
  auto done = parse_run_mount(mount.text, [&](const std::string& value) { return word(value, at); });
  if (!done && done.error().text().starts_with(file_->file + ":")) return std::move(done.error());
  if (!done) return at_place(*file_, at, done.error());
  mount = std::move(*done);
  mount.at = at;
  return {};
}

Result<> StageScope::apply(Expose& expose, const Position& at) {
  std::vector<std::string> ports;
  for (const auto& text : expose.ports) {
    auto done =
        substitute(text, [&](std::string_view name) { return find(name); }, {.escape = file_->directives.escape});
    if (!done) return at_place(*file_, at, done.error());
    for (auto& name : done->unset) unset_.push_back({std::move(name), at});
    for (const auto& one : done->words) {
      auto range = read_ports(one);
      if (!range) return at_place(*file_, at, range.error());
      ports.insert(ports.end(), range->begin(), range->end());
    }
  }
  expose.ports = std::move(ports);
  return {};
}

Result<> StageScope::apply(Operation& operation, const Position& at) {
  if (auto* arg = std::get_if<Arg>(&operation)) return apply(*arg);
  if (auto* env = std::get_if<Env>(&operation)) return apply(*env);
  if (auto* label = std::get_if<Label>(&operation)) return apply(*label);
  if (auto* copy = std::get_if<Copy>(&operation)) return apply(copy->transfer, at);
  if (auto* expose = std::get_if<Expose>(&operation)) return apply(*expose, at);
  if (auto* workdir = std::get_if<Workdir>(&operation)) return replace(workdir->path, at);
  if (auto* user = std::get_if<User>(&operation)) return replace(user->user, at);
  if (auto* volume = std::get_if<Volume>(&operation)) return replace(volume->paths, at);
  if (auto* signal = std::get_if<StopSignal>(&operation)) return replace(signal->signal, at);
  if (auto* add = std::get_if<Add>(&operation)) {
    TRY(replace(add->checksum, at));
    return apply(add->transfer, at);
  }
  if (auto* run = std::get_if<Run>(&operation)) {
    for (auto& mount : run->mounts) TRY(apply(mount));
  }
  return {};
}

Result<Instruction> StageScope::expand(const Instruction& instruction) {
  auto expanded = instruction;
  TRY(apply(expanded.operation, instruction.at));
  return expanded;
}

}  // namespace gantry::dockerfile
