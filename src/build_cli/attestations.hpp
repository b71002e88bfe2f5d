#pragma once

#include "build/attestation.hpp"
#include "build/job.hpp"
#include "build_cli/outputs.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::build_cli {

enum class ProvenanceMode { none, min, max };

/// What is said of an image beside it.
struct AttestationOptions {
  bool sbom = false;
  ProvenanceMode provenance = ProvenanceMode::none;

  bool wanted() const { return sbom || provenance != ProvenanceMode::none; }
};

/// Code::invalid when there is something to be said, and no output that could hold it.
Result<> check_attestations(const AttestationOptions& options, const std::vector<Output>& outputs);

/// Attaches statements to the images in registries, and writes them into folders beside the files, as
/// "provenance.json" and "sbom.spdx.json".
Result<> deliver_attestations(const Delivery& delivery, const std::vector<Output>& outputs,
                              const AttestationOptions& options, const build::ProvenanceInput& input);

}  // namespace gantry::build_cli
