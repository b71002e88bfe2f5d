#include "webhook/sender.hpp"

#include "accounts/directory.hpp"
#include "base/id.hpp"
#include "base/log.hpp"
#include "base/version.hpp"
#include "webhook/signature.hpp"

#include <algorithm>
#include <chrono>

namespace gantry::webhook {

namespace {

constexpr std::int64_t kTried = 3 * 86400 * kSecond;
constexpr std::int64_t kLongest = 3600 * kSecond;
/// A receiver that says nothing for so long has not taken it; a stop waits as long.
constexpr long kPatience = 10;

http::Settings settings_of(const Receiver& receiver) {
  return {
      .authorities = receiver.authorities, .user_agent = fmt::format("gantry/{}", version()), .patience = kPatience};
}

}  // namespace

std::int64_t backoff(std::int64_t tries) {
  return tries >= 12 ? kLongest : std::min(kLongest, kSecond << std::max<std::int64_t>(tries, 0));
}

bool Receiver::wants(const Happening& happening) const {
  auto fits = [&](const auto& pattern) { return accounts::matches_pattern(pattern, happening.repository); };
  return (events.empty() || std::ranges::find(events, happening.type) != events.end()) &&
         (repositories.empty() || std::ranges::any_of(repositories, fits));
}

Sender::Sender(Receiver receiver, Queue& queue, std::string source)
    : receiver_(std::move(receiver)),
      queue_(queue),
      source_(std::move(source)),
      client_(settings_of(receiver_)),
      thread_([this] { run(); }) {}

Sender::~Sender() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<> Sender::tell(const Happening& happening) {
  if (!receiver_.wants(happening)) return {};
  const std::string id = random_hex(16);
  const Timestamp time = now();
  TRY(queue_.add(receiver_.url,
                 {.id = id, .body = cloud_event(happening, source_, id, time), .made = time, .next = 0}));
  {
    std::lock_guard lock(mutex_);
    added_ = true;
  }
  changed_.notify_all();
  return {};
}

void Sender::run() {
  while (true) {
    const std::int64_t wait = step();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::nanoseconds(wait), [this] { return stopping_ || added_; });
    if (stopping_) return;
    added_ = false;
  }
}

std::int64_t Sender::step() {
  // The clock may be set meanwhile.
  constexpr std::int64_t kMostWait = 60 * kSecond;
  const auto message = queue_.first(receiver_.url);
  if (!message) {
    log::error("messages for {}: {}", receiver_.url, message.error().message());
    return kMostWait;
  }
  if (!*message) return kMostWait;
  if ((*message)->next > now()) return std::min(kMostWait, (*message)->next - now());
  auto sent = send(**message);
  if (!sent) log::warning("tell {}: {}", receiver_.url, sent.error().message());
  const bool is_over = sent || now() - (*message)->made > kTried;
  if (is_over && !sent) log::error("{} has not taken a message for three days, and will not hear it", receiver_.url);
  auto noted = is_over ? queue_.remove(**message) : queue_.postpone(**message, now() + backoff((*message)->tries));
  if (!noted) log::error("messages for {}: {}", receiver_.url, noted.error().message());
  return noted ? 0 : kMostWait;
}

Result<> Sender::send(const Message& message) {
  const std::int64_t seconds = now() / kSecond;
  MemorySource body(as_bytes(message.body));
  http::Request request{.method = "POST", .url = receiver_.url, .body = &body, .body_size = message.body.size()};
  request.headers = {{"Content-Type", "application/cloudevents+json; charset=utf-8"},
                     {"webhook-id", message.id},
                     {"webhook-timestamp", std::to_string(seconds)}};
  if (!receiver_.key.empty())
    request.headers.push_back({"webhook-signature", sign(receiver_.key, message.id, seconds, message.body)});
  const auto answer = TRY(client_.send(request));
  if (answer->status() >= 200 && answer->status() < 300) return {};
  return fail(Code::failed, "it answers with status {}", answer->status());
}

}  // namespace gantry::webhook
