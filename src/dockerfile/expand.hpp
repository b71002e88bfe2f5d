#pragma once

#include "base/result.hpp"
#include "dockerfile/ast.hpp"
#include "oci/platform.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

// Variables, as BuildKit replaces them. Nothing here looks at the host: the result depends on the arguments alone.

namespace gantry::dockerfile {

/// What a build is told from outside.
struct BuildInputs {
  std::map<std::string, std::string> build_args;  ///< --build-arg
  oci::Platform build_platform;                   ///< where the build runs: BUILDPLATFORM, BUILDOS, BUILDARCH, …
  oci::Platform target_platform;                  ///< what is built: TARGETPLATFORM, TARGETOS, TARGETARCH, …
  std::string target_stage = "default";           ///< --target: TARGETSTAGE
};

/// The variables that FROM lines and stages' bare `ARG NAME` see.
struct Globals {
  std::map<std::string, std::string> values;      ///< the ARGs before the first FROM, and the platforms
  std::map<std::string, std::string> build_args;  ///< of BuildInputs
};

/// Evaluates the ARGs before the first FROM.
Result<Globals> expand_globals(const Dockerfile& file, const BuildInputs& inputs);

/// The FROM of a stage with its variables replaced; an empty image name is Code::invalid.
Result<From> expand_from(const Dockerfile& file, const Stage& stage, const Globals& globals);

/// The variables of one stage, instruction by instruction in their order. A stage FROM another one begins with a copy
/// of that one's scope: ARGs come along.
class StageScope {
 public:
  /// `env`: what the base image sets, "NAME=value". `file` names and shows the lines in errors and outlives the scope.
  StageScope(const Dockerfile& file, const Globals& globals, const std::vector<std::string>& env);

  /// The instruction with its variables replaced, and the scope afterwards: ENV and ARG change it. Shell and exec
  /// forms of RUN, CMD, ENTRYPOINT and HEALTHCHECK stay as they are: their shell reads them.
  Result<Instruction> expand(const Instruction& instruction);

  /// The image's environment so far, "NAME=value", in the order in which the names came.
  const std::vector<std::string>& env() const { return env_; }
  /// What a RUN sees on top: ARGs that no later ENV hides, "NAME=value", in the order in which they were declared. They
  /// are part of the step's cache key.
  std::vector<std::string> run_args() const;
  /// Proxies (HTTP_PROXY, …) that --build-arg gives, in capitals and not: a RUN sees them without any ARG, history and
  /// cache keys do not.
  std::vector<std::string> proxy_args() const;

  /// Variables that were asked for plainly and had no value, and where, in the order in which they came.
  struct Unset {
    std::string name;
    Position at;
  };
  const std::vector<Unset>& unset() const { return unset_; }
  /// ARGs that were declared and got no value.
  const std::vector<std::string>& declared() const { return declared_; }

 private:
  struct Variable {
    std::string name;
    std::string value;
    bool is_arg = false;  ///< the last that set it was an ARG
  };
  const std::string* find(std::string_view name) const;
  void set(const std::string& name, const std::string& value, bool is_arg);
  void set_env(const std::string& name, const std::string& value);
  Result<std::string> word(const std::string& text, const Position& at);
  Result<> replace(std::string& text, const Position& at);
  Result<> replace(std::vector<std::string>& texts, const Position& at);
  Result<> apply(Operation& operation, const Position& at);
  Result<> apply(Arg& arg);
  Result<> apply(Env& env);
  Result<> apply(Label& label);
  Result<> apply(Transfer& transfer, const Position& at);
  Result<> apply(RunMount& mount);
  Result<> apply(Expose& expose, const Position& at);

  const Dockerfile* file_;
  Globals globals_;
  std::vector<std::string> env_;
  std::vector<Variable> variables_;
  std::vector<Unset> unset_;
  std::vector<std::string> declared_;
};

}  // namespace gantry::dockerfile
