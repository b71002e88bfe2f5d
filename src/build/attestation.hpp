#pragma once

#include "base/clock.hpp"
#include "build/material.hpp"
#include "build/packages.hpp"
#include "oci/digest.hpp"

#include <map>
#include <string>
#include <vector>

// What is said of an image beside it: in-toto statements (github.com/in-toto/attestation, v1).

namespace gantry::build {

/// What a statement is about.
struct AttestedImage {
  std::string name;  ///< empty: it has none
  oci::Digest digest;
};

/// What a build was asked for and has taken.
struct ProvenanceInput {
  std::string dockerfile;  ///< its name
  std::string target;
  std::string platform;
  std::map<std::string, std::string> build_args;  ///< of mode=max alone: they may say more than they should
  std::vector<Material> materials;
  std::string source;  ///< text of the Dockerfile, of mode=max alone
  Timestamp started = 0;
  Timestamp finished = 0;
};

/// SLSA provenance (slsa.dev/spec/v1.0/provenance) of an image.
std::string provenance_statement(const AttestedImage& image, const ProvenanceInput& input);

/// A software bill of materials, SPDX 2.3 (spdx.github.io/spdx-spec), of the packages in it. `created` is in it: equal
/// images have equal ones at equal times.
std::string sbom_statement(const AttestedImage& image, const std::vector<InstalledPackage>& packages,
                           const Distribution& distribution, Timestamp created);

}  // namespace gantry::build
