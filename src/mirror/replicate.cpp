#include "mirror/replicate.hpp"

#include "mirror/replicate_image.hpp"
#include "mirror/watched.hpp"
#include "oci/reference.hpp"
#include "registry/names.hpp"

#include <algorithm>

namespace gantry::mirror {

namespace {

constexpr std::uint64_t kPage = 1000;

bool fits(const std::vector<std::string>& patterns, std::string_view name) {
  return std::ranges::any_of(patterns, [&](const auto& each) { return accounts::matches_pattern(each, name); });
}

bool is_pattern(const std::string& text) { return text.find_first_of("*?") != std::string::npos; }

/// All names of a listing that comes page by page.
template <class Next>
Result<std::vector<std::string>> all_of(Next next) {
  std::vector<std::string> names;
  registry::Page page{.names = {}, .more = true};
  while (page.more) {
    page = TRY(next(names.empty() ? std::string() : names.back()));
    names.insert(names.end(), page.names.begin(), page.names.end());
    if (page.names.empty()) break;
  }
  return names;
}

Result<std::vector<std::string>> repositories_here(const ReplicationContext& context) {
  return all_of([&](const std::string& last) {
    return context.storage.metadata->repositories(last, kPage, [](std::string_view) { return true; });
  });
}

/// What the repositories of the other registry are called here.
Result<std::vector<std::string>> repositories_there(const ReplicationContext& context, const Replication& replication) {
  // Many registries list nothing, and need not when the names are known.
  if (std::ranges::none_of(replication.repositories, is_pattern)) return replication.repositories;
  const auto place = TRY(oci::parse_reference(replication.place.name + "/x"));
  const auto lent = TRY(context.upstreams.lend({replication.place.name + "/x", replication.place.insecure}));
  // "team/" of "quay.io/team"
  const std::string path = place.repository.substr(0, place.repository.size() - 1);
  std::vector<std::string> names;
  for (const auto& name : TRY(distribution::catalog(lent->session())))
    if (name.starts_with(path) && name.size() > path.size())
      names.push_back((replication.prefix.empty() ? "" : replication.prefix + "/") + name.substr(path.size()));
  return names;
}

Result<std::vector<std::string>> tags_of(const ReplicationContext& context, const Replication& replication,
                                         const std::string& repository, const distribution::Repository& there) {
  if (replication.direction == Direction::pull) return there.tags();
  return all_of([&](const std::string& last) { return context.storage.metadata->tags(repository, last, kPage); });
}

/// Counts what went wrong, and keeps the first of it.
class Failures {
 public:
  void add(std::string_view what, const Error& error) {
    if (++count_ == 1) first_ = fmt::format("{}: {}", what, error.message());
  }
  Result<> result() const {
    if (count_ == 0) return {};
    return fail(Code::failed, "{}{}", first_, count_ > 1 ? fmt::format(" (and {} more)", count_ - 1) : "");
  }

 private:
  std::size_t count_ = 0;
  std::string first_;
};

Result<> replicate_repository(const ReplicationContext& context, const Replication& replication,
                              const std::string& repository, Failures& failures) {
  const auto remote = remote_of(replication.prefix, replication.place, repository);
  if (!remote) return {};
  const auto there = TRY(context.upstreams.lend(*remote));
  const bool pushes = replication.direction == Direction::push;
  for (const auto& tag : TRY(tags_of(context, replication, repository, *there))) {
    if (!oci::is_tag(tag) || (!replication.tags.empty() && !fits(replication.tags, tag))) continue;
    if (context.stops()) return stopped();
    const std::string here = repository + ":" + tag;
    const auto copied =
        pushes ? push_image(context, repository, tag, *there) : pull_image(context, repository, tag, *there);
    if (!copied) failures.add(here, copied.error());
    else if (*copied)
      context.log(fmt::format("{} {} {}:{}", here, pushes ? "pushed to" : "pulled from", there->label(), tag));
  }
  return {};
}

}  // namespace

Result<> replicate(const ReplicationContext& context, const Replication& replication) {
  const bool pushes = replication.direction == Direction::push;
  Failures failures;
  for (const auto& repository : TRY(pushes ? repositories_here(context) : repositories_there(context, replication))) {
    if (!fits(replication.repositories, repository) || !registry::is_repository(repository)) continue;
    if (context.stops()) return stopped();
    if (auto done = replicate_repository(context, replication, repository, failures); !done)
      failures.add(repository, done.error());
  }
  return failures.result();
}

}  // namespace gantry::mirror
