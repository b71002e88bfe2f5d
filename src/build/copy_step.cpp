#include "build/copy_step.hpp"

#include "base/file.hpp"
#include "build/copier.hpp"
#include "build/unpack.hpp"
#include "linux/path.hpp"

#include <fcntl.h>

namespace gantry::build {

namespace {

class CopyRun {
 public:
  CopyRun(const CopyStep& step, const Situation& situation, const Workspace& place)
      : step_(step), situation_(situation), place_(place) {}

  Result<> run() {
    to_ = TRY(place_.open());
    excluded_ = TRY(dockerfile::IgnoreRules::of(step_.excludes, "--exclude"));
    TRY(make_rules());
    TRY(open_origin());
    TRY(find());
    Copier copier(from_, to_, rules_);
    for (const auto& match : matches_) TRY(put(copier, match));
    for (const auto& file : step_.files) TRY(copier.put_inline(file, step_.target, into_folder_));
    return copier.finish();
  }

 private:
  Result<> make_rules() {
    rules_.time = situation_.settings.time;
    rules_.has_times_of_own = step_.origin.node.has_value();
    rules_.chmod = step_.chmod;
    if (!step_.chown.empty()) rules_.owner = TRY(parse_owner(step_.chown, user_file("passwd"), user_file("group")));
    else if (!step_.origin.node) rules_.owner = Owner{};
    return {};
  }

  std::string user_file(const std::string& name) const {
    auto file = linux::open_in_root(to_, "/etc/" + name, O_RDONLY | O_NONBLOCK);
    if (!file) return {};
    return read_all(*file, name).value_or(std::string());
  }

  Result<> open_origin() {
    if (step_.origin.context) {
      const Context& context = situation_.contexts[*step_.origin.context];
      source_rules_.ignored = &context.ignored();
      from_ = TRY(context.root().duplicate());
    } else if (step_.origin.node) {
      from_ = TRY(open_tree(situation_.settings.store, situation_.layers[*step_.origin.node]));
    }
    source_rules_.excluded = &excluded_;
    return {};
  }

  Result<> find() {
    for (const auto& source : step_.sources) {
      auto found = TRY(find_sources(from_, source, source_rules_));
      pivots_.insert(pivots_.end(), found.size(), pivot_of(source));
      std::move(found.begin(), found.end(), std::back_inserter(matches_));
    }
    if (matches_.empty() && step_.files.empty()) return no_source();
    into_folder_ = step_.target.ends_with('/') || matches_.size() + step_.files.size() > 1;
    return {};
  }

  Error no_source() const {
    return fail(Code::not_found, "nothing matches '{}'", step_.sources.empty() ? "" : step_.sources.front());
  }

  Result<> put(Copier& copier, const SourceMatch& match) {
    if (step_.parents) return put_with_parents(copier, match);
    const bool is_file = S_ISREG(match.entries.front().info.st_mode);
    if (!step_.unpacks || !is_file) return copier.put(match, step_.target, into_folder_);
    Fd file = TRY(linux::open_in_root(from_, "/" + match.path, O_RDONLY | O_NONBLOCK));
    if (!TRY(is_archive(file))) return copier.put(match, step_.target, into_folder_);
    return with_context(put_unpacked(file), "{}", match.path);
  }

  Result<> put_with_parents(Copier& copier, const SourceMatch& match) {
    const std::string& pivot = pivots_[static_cast<std::size_t>(&match - matches_.data())];
    std::string shown = match.shown;
    if (!pivot.empty() && shown.starts_with(pivot + "/")) shown.erase(0, pivot.size() + 1);
    const bool is_folder = S_ISDIR(match.entries.front().info.st_mode);
    const auto slash = shown.rfind('/');
    const std::string above = slash == std::string::npos ? "" : shown.substr(0, slash);
    return copier.put(match, step_.target + "/" + (is_folder ? shown : above), true);
  }

  /// By way of a folder beside, so that what an archive holds is copied as any other files are.
  Result<> put_unpacked(const Fd& file) {
    const std::string path = place_.folder() + "/archive";
    TRY(make_folders(path));
    Fd folder = TRY(open_folder(path));
    TRY(unpack_archive(file, folder));
    CopyRules rules = rules_;
    rules.has_times_of_own = true;
    if (step_.chown.empty()) rules.owner.reset();
    Copier copier(folder, to_, rules);
    for (const auto& match : TRY(find_sources(folder, "/", {}))) TRY(copier.put(match, step_.target, true));
    TRY(copier.finish());
    return remove_tree(path);
  }

  const CopyStep& step_;
  const Situation& situation_;
  const Workspace& place_;
  Fd to_;
  Fd from_;
  CopyRules rules_;
  dockerfile::IgnoreRules excluded_;
  SourceRules source_rules_;
  std::vector<SourceMatch> matches_;
  std::vector<std::string> pivots_;
  bool into_folder_ = false;
};

}  // namespace

Result<> copy_step(const CopyStep& step, const Situation& situation, const Workspace& place) {
  return CopyRun(step, situation, place).run();
}

}  // namespace gantry::build
