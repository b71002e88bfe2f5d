#include "registry/answers.hpp"

#include <mutex>

namespace gantry::registry {

namespace {

constexpr std::size_t kMostBytes = 16u << 20;
/// Each holds a descriptor.
constexpr std::size_t kMostFiles = 512;

bool has_file(const serve::Response& response) { return std::holds_alternative<serve::FileRange>(response.body); }

std::size_t weight(std::string_view path, const serve::Response& response) {
  constexpr std::size_t kOverhead = 256;
  return kOverhead + path.size() + response.fields.size() + (has_file(response) ? 0 : serve::size_of(response.body));
}

}  // namespace

Answers::Answer Answers::find(std::string_view path) const {
  std::shared_lock lock(mutex_);
  const auto found = answers_.find(path);
  return found == answers_.end() ? nullptr : found->second;
}

void Answers::remember(std::string_view path, Answer answer, Moment moment) {
  const std::size_t bytes = weight(path, answer->response);
  const bool file = has_file(answer->response);
  std::lock_guard lock(mutex_);
  if (moment != moment_) return;
  // It fills in a short while again; what is asked for most comes first.
  if (bytes_ + bytes > kMostBytes || files_ + (file ? 1 : 0) > kMostFiles) clear();
  if (bytes > kMostBytes || !answers_.emplace(path, std::move(answer)).second) return;
  bytes_ += bytes;
  files_ += file ? 1 : 0;
}

void Answers::forget(std::string_view path) {
  std::lock_guard lock(mutex_);
  ++moment_;
  const auto found = answers_.find(path);
  if (found == answers_.end()) return;
  bytes_ -= weight(path, found->second->response);
  files_ -= has_file(found->second->response) ? 1 : 0;
  answers_.erase(found);
}

void Answers::forget_all() {
  std::lock_guard lock(mutex_);
  ++moment_;
  clear();
}

void Answers::clear() {
  answers_.clear();
  bytes_ = files_ = 0;
}

}  // namespace gantry::registry
