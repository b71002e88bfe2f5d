#pragma once

#include "base/stream.hpp"

#include <memory>
#include <string>

namespace gantry::transfer {

/// A path that gets its content at the end; until then that has another name beside it.
class Unfinished {
 public:
  explicit Unfinished(std::string path);
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  /// Removes what was not finished.
  ~Unfinished();

  const std::string& temporary() const { return temporary_; }
  Result<> finish();

 private:
  std::string path_;
  std::string temporary_;
};

/// An archive that the user wants written: to a file, which appears when it is whole and replaces one that is there, or
/// to a stream.
class OutputFile {
 public:
  /// "" and "-" are standard output, which must not be a terminal.
  static Result<OutputFile> open(const std::string& path);
  /// A stream that is open already; `name` is for errors.
  static OutputFile stream(Fd fd, std::string name) { return OutputFile(std::move(fd), std::move(name), nullptr); }

  FileSink& out() { return out_; }
  /// Flushes a file to disk and gives it its name. Without it nothing is left.
  Result<> finish();

 private:
  OutputFile(Fd fd, std::string name, std::unique_ptr<Unfinished> file)
      : file_(std::move(file)), out_(std::move(fd), std::move(name)) {}

  std::unique_ptr<Unfinished> file_;  ///< none: a stream
  FileSink out_;
};

}  // namespace gantry::transfer
