#pragma once

#include "dockerfile/ast.hpp"
#include "oci/image_spec.hpp"

namespace gantry::build {

/// What a stage says of its image, instruction by instruction. Those that make files or variables do nothing here.
class ImageConfigEditor {
 public:
  explicit ImageConfigEditor(oci::ImageConfig& image) : image_(image), config_(image.config) {}

  Result<> apply(const dockerfile::Operation& operation);

  /// argv of RUN, CMD, … in shell form.
  std::vector<std::string> shell_words(const std::string& line) const;
  /// The words of either form.
  std::vector<std::string> words_of(const dockerfile::Command& command) const;

 private:
  Result<> take(const dockerfile::Label& label);
  Result<> take(const dockerfile::Workdir& workdir);
  Result<> take(const dockerfile::User& user);
  Result<> take(const dockerfile::Expose& expose);
  Result<> take(const dockerfile::Volume& volume);
  Result<> take(const dockerfile::Cmd& cmd);
  Result<> take(const dockerfile::Entrypoint& entrypoint);
  Result<> take(const dockerfile::Shell& shell);
  Result<> take(const dockerfile::StopSignal& signal);
  Result<> take(const dockerfile::Healthcheck& check);
  Result<> take(const dockerfile::OnBuild& trigger);
  Result<> take(const dockerfile::Maintainer& maintainer);
  template <class Other>
  Result<> take(const Other&) {
    return {};
  }

  oci::ImageConfig& image_;
  oci::ExecutionConfig& config_;
  bool has_cmd_ = false;  ///< of this stage
};

}  // namespace gantry::build
