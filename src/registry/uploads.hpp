#pragma once

#include "archive/hash.hpp"
#include "base/fd.hpp"
#include "base/stream.hpp"
#include "oci/digest.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace gantry::registry {

/// Blobs on their way in: a folder for each below `uploads/`, so that a push goes on where it was after a restart.
class Uploads {
 public:
  /// One upload, for as long as one request works on it.
  class Session;

  explicit Uploads(std::string folder) : folder_(std::move(folder)) {}

  /// The id of a new upload: 32 hex digits.
  Result<std::string> begin(std::string_view repository);
  /// Code::not_found: there is no such upload of that repository; Code::busy: another request works on it.
  Result<Session> open(std::string_view repository, std::string_view id);
  /// Removes uploads that nothing has been added to since `before`.
  Result<> expire(std::int64_t before);

 private:
  struct State;
  std::string path(std::string_view id) const { return folder_ + "/" + std::string(id); }

  std::string folder_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<State>, std::less<>> states_;
};

class Uploads::Session {
 public:
  Session(Session&&) noexcept;
  Session& operator=(Session&&) = delete;
  ~Session();

  const std::string& id() const { return id_; }
  /// Bytes that are here.
  std::uint64_t size() const { return size_; }
  /// Adds all of `body`. What came before an error stays.
  Result<> append(Source& body);
  /// Takes the last bytes away again.
  Result<> truncate(std::uint64_t size);
  /// Compares the bytes with their digest, flushes them to disk and calls `link` with what gives the file its name.
  /// Code::corrupt: the digest is another. The upload is over in both cases.
  Result<> finish(const oci::Digest& digest, const std::string& target,
                  const std::function<Result<>(const std::function<Result<>()>& publish)>& link);
  Result<> cancel();

 private:
  friend class Uploads;
  Session(Uploads& uploads, std::string id, std::shared_ptr<State> state, Fd file, std::uint64_t size);
  Result<oci::Digest> hash(oci::Algorithm algorithm);

  Uploads& uploads_;
  std::string id_;
  std::shared_ptr<State> state_;
  Fd file_;
  std::uint64_t size_ = 0;
};

}  // namespace gantry::registry
