#pragma once

#include "distribution/repository.hpp"
#include "registries/configuration.hpp"
#include "registries/paths.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::mirror {

/// A registry, or a part of one: "docker.io", "quay.io/team", "http://127.0.0.1:5001".
struct Place {
  std::string name;       ///< without a scheme: "quay.io/team"
  bool insecure = false;  ///< "http://": without TLS
};
/// Code::invalid when it is none.
Result<Place> parse_place(std::string_view text);

/// A repository of another registry.
struct Remote {
  std::string name;  ///< "quay.io/team/app"
  bool insecure = false;
};

/// What `repository` is called at a place that stands for all whose names begin with `prefix`: with "hub" and
/// "docker.io", hub/library/busybox is docker.io/library/busybox. An empty prefix is that of all. Nothing: it is none
/// of them.
std::optional<Remote> remote_of(std::string_view prefix, const Place& place, std::string_view repository);

/// Sessions with other registries, with the credentials and certificates that the user who runs this has for them. Any
/// number of threads may use it, each with a session of its own meanwhile.
class Upstreams {
 public:
  static Result<std::unique_ptr<Upstreams>> load();

  /// A repository with a session on loan.
  class Lent {
   public:
    Lent(Upstreams& owner, std::string key, std::shared_ptr<distribution::Session> session, std::string repository)
        : owner_(&owner), key_(std::move(key)), repository_(std::move(session), std::move(repository)) {}
    Lent(Lent&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)),
          key_(std::move(other.key_)),
          repository_(std::move(other.repository_)),
          session_(std::move(other.session_)) {}
    Lent& operator=(Lent&&) = delete;
    ~Lent();
    const distribution::Repository& operator*() const { return repository_; }
    const distribution::Repository* operator->() const { return &repository_; }

   private:
    friend class Upstreams;
    Upstreams* owner_;
    std::string key_;
    distribution::Repository repository_;
    std::shared_ptr<distribution::Session> session_;
  };
  Result<Lent> lend(const Remote& remote);
  /// Sessions that nobody has are not lent again.
  void forget(const Remote& remote);

 private:
  struct Idle {
    std::shared_ptr<distribution::Session> session;
    std::int64_t since = 0;
  };
  Upstreams(registries::Paths paths, registries::Configuration configuration)
      : paths_(std::move(paths)), configuration_(std::move(configuration)) {}
  std::shared_ptr<distribution::Session> take_idle(const std::string& key);
  Result<std::shared_ptr<distribution::Session>> make_session(const std::string& name, bool insecure);

  registries::Paths paths_;
  registries::Configuration configuration_;
  std::mutex mutex_;
  std::map<std::string, std::vector<Idle>> idle_;  ///< by the whole name of a repository: tokens are for one
};

}  // namespace gantry::mirror
