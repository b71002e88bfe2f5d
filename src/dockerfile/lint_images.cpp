// Base images and users.

#include "base/text.hpp"
#include "dockerfile/lint_rules.hpp"
#include "dockerfile/show.hpp"
#include "oci/reference.hpp"

namespace gantry::dockerfile {

namespace {

void lint_tag(const Dockerfile& file, std::size_t number, std::vector<Finding>& found) {
  const auto& stage = file.stages[number];
  const auto& image = stage.from.image;
  if (image == "scratch" || file.find_stage(image, static_cast<int>(number)) >= 0) return;
  if (image.find('$') != std::string::npos) return;
  const auto reference = oci::parse_reference(image);
  if (!reference || reference->digest || (!reference->tag.empty() && reference->tag != "latest")) return;
  found.push_back({lint_rule("LatestTag"), quoted(image) + " is another image next month",
                   "name a version, " + reference->familiar().substr(0, reference->familiar().rfind(":latest")) +
                       ":VERSION, or a digest",
                   stage.image_at});
}

/// The user of a stage, where the file says it; its base may be a stage above.
const Instruction* last_user(const Dockerfile& file, std::size_t number) {
  while (true) {
    const auto& stage = file.stages[number];
    for (auto one = stage.instructions.rbegin(); one != stage.instructions.rend(); ++one) {
      if (std::holds_alternative<User>(one->operation)) return &*one;
    }
    const int base = file.find_stage(stage.from.image, static_cast<int>(number));
    if (base < 0) return nullptr;
    number = static_cast<std::size_t>(base);
  }
}

bool is_root(std::string_view user) {
  const auto name = cut(user, ':').before;
  return name == "root" || name == "0";
}

/// An image whose last stage runs nothing is one to build on, or one of files alone.
bool runs_something(const Stage& stage) {
  for (const auto& one : stage.instructions) {
    if (std::holds_alternative<Cmd>(one.operation) || std::holds_alternative<Entrypoint>(one.operation)) return true;
  }
  return false;
}

void lint_user(const Dockerfile& file, std::vector<Finding>& found) {
  const auto& last = file.stages.back();
  if (!runs_something(last)) return;
  const auto* user = last_user(file, file.stages.size() - 1);
  if (user && !is_root(std::get<User>(user->operation).user)) return;
  found.push_back(
      {lint_rule("RootUser"),
       user ? "the image runs as root" : "the image runs as the user of its base, which is root unless it says so",
       "write USER NAME or USER 1000 in the last stage", user ? user->at : last.at});
}

}  // namespace

void lint_images(const Dockerfile& file, std::vector<Finding>& found) {
  for (std::size_t i = 0; i < file.stages.size(); ++i) lint_tag(file, i, found);
  lint_user(file, found);
}

}  // namespace gantry::dockerfile
