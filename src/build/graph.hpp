#pragma once

#include "dockerfile/ast.hpp"
#include "dockerfile/position.hpp"
#include "oci/digest.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// A build as operations on file trees. Nothing in it names a Dockerfile's stages any more: what a step needs are other
// nodes, by their number, and every word is final.

namespace gantry::build {

using NodeId = std::size_t;

/// Where a step takes files from: another node's tree, or a context. Neither: nothing (an empty folder).
struct FileOrigin {
  std::optional<NodeId> node;
  std::optional<std::size_t> context;  ///< in Graph::contexts
  bool operator==(const FileOrigin&) const = default;
};

struct StepMount {
  dockerfile::RunMount mount;  ///< its target is absolute
  FileOrigin origin;           ///< of bind and cache
};

/// A command in a container above the base.
struct RunStep {
  std::vector<std::string> argv;
  std::vector<std::string> env;         ///< "NAME=value"
  std::vector<std::string> hidden_env;  ///< the same, but the result does not depend on it: proxies
  std::string workdir = "/";
  std::string user;    ///< empty: root
  std::string script;  ///< a file that argv[0] names: kScriptPath
  std::vector<StepMount> mounts;
  dockerfile::RunNetwork network = dockerfile::RunNetwork::standard;
  bool insecure = false;  ///< RUN --security=insecure
};
/// Where the script of a RUN with a heredoc that begins with "#!" is.
inline constexpr const char* kScriptPath = "/dev/pipes/EOF";

/// A file whose content the Dockerfile itself holds.
struct InlineFile {
  std::string name;
  std::string content;
  bool operator==(const InlineFile&) const = default;
};

/// COPY and ADD.
struct CopyStep {
  FileOrigin origin;
  std::vector<std::string> sources;  ///< paths or patterns in the origin
  std::vector<InlineFile> files;
  std::string target;  ///< absolute; a slash at its end makes it a folder
  std::string chown;   ///< empty: root from a context, else as it is in the origin
  std::string chmod;   ///< empty: as it is in the origin
  std::vector<std::string> excludes;
  bool parents = false;
  bool unpacks = false;  ///< archives become what they hold
};

/// WORKDIR: a folder, when there is none.
struct FolderStep {
  std::string path;
};

using Step = std::variant<RunStep, CopyStep, FolderStep>;

/// A tree of files: some layers that are there, or what steps make above another node.
struct Node {
  std::vector<oci::Digest> layers;  ///< of an image, the base first; only without `base` and `steps`
  std::optional<NodeId> base;       ///< none: nothing is below
  std::vector<Step> steps;          ///< one after the other, they make one layer
  std::string label;                ///< "RUN make"
  std::string stage;                ///< its name or number
  dockerfile::Position at;
  bool uses_cache = true;
};

/// A folder that the user gives to the build.
struct ContextFolder {
  std::string name;  ///< empty: the main one
  std::string path;
  bool is_fetched = false;  ///< for this build alone: all of it is taken, and nothing is remembered of it
};

struct Graph {
  std::vector<ContextFolder> contexts;
  std::vector<Node> nodes;  ///< what a node needs comes before it

  NodeId add(Node node) {
    nodes.push_back(std::move(node));
    return nodes.size() - 1;
  }
};

/// The nodes that a node needs to be there, each once.
std::vector<NodeId> inputs_of(const Node& node);

}  // namespace gantry::build
