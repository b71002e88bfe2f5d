#include "build_cli/attestations.hpp"

#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "build/packages.hpp"
#include "build/workspace.hpp"
#include "content/scratch.hpp"
#include "options/sibling.hpp"

#include <algorithm>

namespace gantry::build_cli {

namespace {

constexpr const char* kStatementType = "application/vnd.in-toto+json";

struct StatementFile {
  std::string name;
  std::string predicate_type;
  std::string text;
};

bool is_pushed(const Output& output) { return output.type == Output::Type::registry || output.pushes; }

Result<std::vector<StatementFile>> statements_of(const Delivery& delivery, std::size_t number,
                                                 const AttestationOptions& options, build::ProvenanceInput input) {
  const auto& image = delivery.built.images[number];
  const build::AttestedImage about{.name = delivery.names.empty() ? std::string() : delivery.names.front(),
                                   .digest = image.manifest.descriptor.digest};
  std::vector<StatementFile> statements;
  if (options.provenance != ProvenanceMode::none) {
    input.platform = oci::text_of(image.platform);
    statements.push_back(
        {"provenance.json", "https://slsa.dev/provenance/v1", build::provenance_statement(about, input)});
  }
  if (!options.sbom) return statements;
  std::vector<build::InstalledPackage> packages;
  build::Distribution distribution;
  if (const auto& layers = delivery.built.layers[number]; !layers.empty()) {
    const Fd tree = TRY(build::open_tree(delivery.store, layers));
    packages = TRY(build::find_packages(tree));
    distribution = build::find_distribution(tree);
  }
  statements.push_back({"sbom.spdx.json", "https://spdx.dev/Document",
                        build::sbom_statement(about, packages, distribution, input.started)});
  return statements;
}

/// By the command that users have for it, to the image that has just been pushed.
Result<> attach(const Delivery& delivery, const StatementFile& statement, const std::string& name,
                const oci::Platform& platform) {
  const auto scratch = TRY(content::Scratch::make_folder(delivery.store.root() + "/tmp"));
  const std::string path = scratch.path() + "/" + statement.name;
  TRY(replace_file(path, statement.text, 0600, Sync::no));
  gantry::Command command{.argv = {"gantry", "--root", delivery.folders.root, "--runroot", delivery.folders.run_root,
                                   "artifact", "attach", "--artifact-type", kStatementType, "--annotation",
                                   "in-toto.io/predicate-type=" + statement.predicate_type}};
  if (delivery.built.images.size() > 1) command.argv.insert(command.argv.end(), {"--platform", oci::text_of(platform)});
  command.argv.insert(command.argv.end(), {name, path + ":" + kStatementType});
  command.program = TRY(options::find_sibling("gantry-transfer"));
  TRY(with_context(command_output(command), "attach {} to {}", statement.name, name));
  return {};
}

}  // namespace

Result<> check_attestations(const AttestationOptions& options, const std::vector<Output>& outputs) {
  const bool has_place = std::ranges::any_of(
      outputs, [](const Output& output) { return is_pushed(output) || output.type == Output::Type::local; });
  if (!options.wanted() || has_place) return {};
  return fail(Code::invalid,
              "--sbom and --provenance are attached to images in registries, or beside files in a folder")
      .with_cure("add --output type=registry or type=local,dest=FOLDER");
}

Result<> deliver_attestations(const Delivery& delivery, const std::vector<Output>& outputs,
                              const AttestationOptions& options, const build::ProvenanceInput& input) {
  if (!options.wanted()) return {};
  for (std::size_t i = 0; i < delivery.built.images.size(); ++i) {
    for (const auto& statement : TRY(statements_of(delivery, i, options, input))) {
      for (const auto& output : outputs) {
        if (output.type == Output::Type::local)
          TRY(replace_file(folder_of(delivery, output.path, i) + "/" + statement.name, statement.text, 0644, Sync::no));
        if (!is_pushed(output)) continue;
        for (const auto& name : all_names(delivery, output))
          TRY(attach(delivery, statement, name, delivery.built.images[i].platform));
      }
    }
  }
  return {};
}

}  // namespace gantry::build_cli
