// FROM and the ARGs before it.

#include "base/text.hpp"
#include "dockerfile/check_rules.hpp"
#include "dockerfile/show.hpp"
#include "dockerfile/substitute.hpp"
#include "oci/reference.hpp"

#include <algorithm>

namespace gantry::dockerfile {

namespace {

class FromChecks {
 public:
  FromChecks(const Dockerfile& file, const Globals& globals, std::vector<Finding>& found)
      : file_(file), globals_(globals), found_(found) {}

  void look_at(const Stage& stage) {
    check_declared(stage.from.image, stage.image_at);
    check_declared(stage.from.platform, stage.platform_at);
    check_platform(stage);
  }

 private:
  std::optional<Substituted> made(const std::string& text) const {
    auto done = substitute(text,
                           [&](std::string_view name) -> const std::string* {
                             const auto value = globals_.values.find(std::string(name));
                             return value == globals_.values.end() ? nullptr : &value->second;
                           },
                           {.escape = file_.directives.escape});
    return done ? std::optional(std::move(*done)) : std::nullopt;
  }

  /// `ARG X` without a default is declared too.
  bool is_declared(std::string_view name) const {
    return std::ranges::any_of(file_.globals, [&](const Instruction& instruction) {
      const auto& args = std::get<Arg>(instruction.operation).args;
      return std::ranges::find(args, name, &ArgDefault::name) != args.end();
    });
  }

  void check_declared(const std::string& text, const Position& at) {
    const auto done = made(text);
    if (!done) return;
    std::vector<std::string_view> known;
    for (const auto& [name, value] : globals_.values) known.push_back(name);
    for (const auto& name : done->unset) {
      if (is_declared(name)) continue;
      found_.push_back({check_rule("UndefinedArgInFrom"), quoted(name) + " is declared by no ARG before the first FROM",
                        did_you_mean(name, known, fmt::format("write ARG {}=DEFAULT above it", printable(name))), at});
    }
  }

  void check_platform(const Stage& stage) {
    const std::string_view text = stage.from.platform;
    if (text == "$TARGETPLATFORM" || text == "${TARGETPLATFORM}") {
      found_.push_back({check_rule("RedundantTargetPlatform"), "this is the platform that FROM takes anyway", "drop it",
                        stage.platform_at});
    }
    if (text.empty() || text.find('$') != text.npos) return;
    const auto platform = oci::parse_platform(text);
    if (!platform) return;
    // A stage that is called build-arm64 means it.
    const auto in_name = [&](const std::string& part) { return stage.from.name.find(part) != std::string::npos; };
    if (in_name(platform->os) || in_name(platform->architecture)) return;
    found_.push_back({check_rule("FromPlatformFlagConstDisallowed"),
                      quoted(text) + " is the platform whatever is built",
                      "drop it and build with --platform, or take $BUILDPLATFORM", stage.platform_at});
  }

  const Dockerfile& file_;
  const Globals& globals_;
  std::vector<Finding>& found_;
};

/// The file must make sense without any --build-arg.
void check_defaults(const Dockerfile& file, const CheckInputs& inputs, std::vector<Finding>& found) {
  auto without = inputs.build;
  without.build_args.clear();
  const auto globals = expand_globals(file, without);
  if (!globals) return;
  for (std::size_t i = 0; i < file.stages.size(); ++i) {
    const auto& stage = file.stages[i];
    if (stage.from.image.find('$') == std::string::npos) continue;
    const auto from = expand_from(file, stage, *globals);
    if (from && (file.find_stage(from->image, static_cast<int>(i)) >= 0 || oci::parse_reference(from->image))) continue;
    found.push_back({check_rule("InvalidDefaultArgInFrom"),
                     quoted(stage.from.image) + " is no image's name with the defaults of its ARGs",
                     "give the ARG a default that makes one", stage.image_at});
  }
}

}  // namespace

void check_from(const Dockerfile& file, const CheckInputs& inputs, std::vector<Finding>& found) {
  check_defaults(file, inputs, found);
  const auto globals = expand_globals(file, inputs.build);
  if (!globals) return;
  FromChecks checks(file, *globals, found);
  for (const auto& stage : file.stages) checks.look_at(stage);
}

}  // namespace gantry::dockerfile
