#pragma once

#include "dockerfile/ast.hpp"
#include "yaml/yaml.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Reading YAML into instructions of a Dockerfile: what stacker.yaml and files of tasks have in common.

namespace gantry::task {

/// A YAML file, for errors that show its lines.
struct Document {
  std::string_view file;
  std::string_view source;

  Error error(const yaml::Node& node, std::string_view text, std::string_view cure = {}) const;
  Error error_on_line(int line, std::string_view text, std::string_view cure = {}) const;

  /// The value of a key, which must be one text; nullopt: there is no such key, or it is null.
  Result<std::optional<std::string>> text(const yaml::Node& map, std::string_view key) const;
  /// `true` or `false`; `otherwise` when there is no such key.
  Result<bool> flag(const yaml::Node& map, std::string_view key, bool otherwise) const;
  /// A list of texts, or one text alone.
  Result<std::vector<std::string>> texts(const yaml::Node& map, std::string_view key) const;
  /// A map of texts, in its order; nullopt: the value is null.
  Result<std::vector<std::pair<std::string, std::optional<std::string>>>> pairs(const yaml::Node& map,
                                                                                std::string_view key) const;
  /// Code::invalid for a key that is none of these.
  Result<> only(const yaml::Node& map, std::string_view what, std::span<const std::string_view> keys) const;
  /// Code::unsupported when the key is there; `why` is the rest of the sentence.
  Result<> refuse(const yaml::Node& map, std::string_view key, std::string_view why, std::string_view cure) const;
};

/// The one map that a document must be.
Result<yaml::Node> read_map(std::string_view text, std::string_view file);

/// A text that the expansion of variables leaves as it is.
std::string literal(std::string_view text);

/// An instruction made of what stands on a line.
dockerfile::Instruction instruction(int line, std::string keyword, std::string text, dockerfile::Operation operation);
/// ENV with literal values.
dockerfile::Instruction env_of(int line, const std::vector<std::pair<std::string, std::string>>& pairs);
/// RUN of a list of words.
dockerfile::Instruction run_of(int line, std::vector<std::string> words, std::vector<dockerfile::RunMount> mounts);

}  // namespace gantry::task
