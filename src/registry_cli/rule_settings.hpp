#pragma once

#include "base/clock.hpp"
#include "options/option.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::registry_cli {

// The items of the lists that a registry's configuration may have.

/// "36h", as for read_duration(), and "30d".
Result<std::int64_t> read_age(std::string_view word);

/// Repositories that are copies of another registry's.
struct CacheSetting {
  std::string prefix;
  std::string upstream;
  std::int64_t fresh = 60 * kSecond;
  std::int64_t keep = 7 * 24 * 3600 * kSecond;
};

inline constexpr options::Option kCacheSettings[] = {
    options::option<&CacheSetting::upstream>(0, "upstream", "REGISTRY", "The registry, or a part of one"),
    options::option<&CacheSetting::prefix>(0, "prefix", "NAME", "How the names of its repositories begin here"),
    options::option<&CacheSetting::fresh, read_age>(0, "fresh", "TIME", "So long a tag is not asked about again"),
    options::option<&CacheSetting::keep, read_age>(0, "keep", "TIME", "What nobody pulls for so long is dropped"),
};

/// What of repositories stays: see retention::Rule.
struct RetentionSetting {
  std::vector<std::string> repositories;
  std::optional<std::int64_t> keep_last;
  std::int64_t older_than = 0;
  std::vector<std::string> tags;
  std::vector<std::string> keep;
  bool untagged = false;
  std::int64_t every = 24 * 3600 * kSecond;
  bool dry_run = false;
};

/// What `gantry registry clean` has too.
inline constexpr options::Option kKeepSettings[] = {
    options::option<&RetentionSetting::keep_last, options::read_between<0, 1'000'000>>(
        0, "keep-last", "NUMBER", "So many tags of a repository stay, the newest first"),
    options::option<&RetentionSetting::older_than, read_age>(0, "older-than", "TIME",
                                                             "What is younger stays: 36h, 30d"),
    options::option<&RetentionSetting::tags>(0, "tags", "PATTERN",
                                             "Only such tags go: 'pr-*'; can be repeated, all when not given"),
    options::option<&RetentionSetting::keep>(0, "keep", "PATTERN", "Such tags stay: 'v*'; can be repeated"),
    options::flag<&RetentionSetting::dry_run>(0, "dry-run", "Remove nothing, and only tell what would go"),
};
inline constexpr options::Option kRetentionSettings[] = {
    options::option<&RetentionSetting::repositories>(0, "repositories", "PATTERN", "The repositories: 'team/*'"),
    options::flag<&RetentionSetting::untagged>(0, "untagged", "What no tag leads to goes as well"),
    options::option<&RetentionSetting::every, read_age>(0, "every", "TIME", "How often it is looked at"),
};

/// Who is told what happens to images: see webhook::Receiver.
struct WebhookSetting {
  std::string url;
  std::string secret_file;
  std::string authority;
  std::vector<std::string> events;
  std::vector<std::string> repositories;
};

inline constexpr options::Choice<std::string_view> kWebhookEvents[] = {{"push", "push"}, {"delete", "delete"}};
inline Result<std::string> read_webhook_event(std::string_view word) {
  return std::string(TRY(options::read_choice<kWebhookEvents>(word)));
}

inline constexpr options::Option kWebhookSettings[] = {
    options::option<&WebhookSetting::url>(0, "url", "URL", "Who is told, by POST"),
    options::option<&WebhookSetting::secret_file>(0, "secret-file", "FILE", "Messages are signed with what is in it"),
    options::option<&WebhookSetting::authority>(0, "ca", "FILE", "Trust these certificates too, in PEM"),
    options::option<&WebhookSetting::events, read_webhook_event>(0, "events", "push|delete",
                                                                 "What is told; all when not given"),
    options::option<&WebhookSetting::repositories>(0, "repositories", "PATTERN", "Of which; all when not given"),
};

/// Repositories that are kept the same here and in another registry: see mirror::Replication.
struct ReplicationSetting {
  std::string to;
  std::string from;
  std::string prefix;
  std::vector<std::string> repositories;
  std::vector<std::string> tags;
  std::int64_t every = 3600 * kSecond;
};

inline constexpr options::Option kReplicationSettings[] = {
    options::option<&ReplicationSetting::to>(0, "to", "REGISTRY", "Push there: a registry, or a part of one"),
    options::option<&ReplicationSetting::from>(0, "from", "REGISTRY", "Or pull from there"),
    options::option<&ReplicationSetting::prefix>(0, "prefix", "NAME", "How the names of its repositories begin here"),
    options::option<&ReplicationSetting::repositories>(0, "repositories", "PATTERN", "Their names here: 'team/*'"),
    options::option<&ReplicationSetting::tags>(0, "tags", "PATTERN", "Only such tags; all when not given"),
    options::option<&ReplicationSetting::every, read_age>(0, "every", "TIME", "How often"),
};

}  // namespace gantry::registry_cli
