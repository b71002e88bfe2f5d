#include "build/attestation.hpp"

#include "base/json.hpp"
#include "base/json_options.hpp"
#include "base/version.hpp"

#include <boost/describe/class.hpp>

namespace gantry::build {

namespace {

constexpr const char* kBuilderId = "urn:gantry:build";
constexpr const char* kBuildType = "urn:gantry:build:dockerfile:v1";

struct StatementSubject {
  std::string name;
  std::map<std::string, std::string> digest;
};
BOOST_DESCRIBE_STRUCT(StatementSubject, (), (name, digest))
constexpr json::Options json_options(const StatementSubject*) { return {.required = {"name"}}; }

template <class Predicate>
struct Statement {
  std::string type = "https://in-toto.io/Statement/v1";
  std::vector<StatementSubject> subject;
  std::string predicate_type;
  Predicate predicate;
  BOOST_DESCRIBE_CLASS(Statement, (), (type, subject, predicate_type, predicate), (), ())
};
template <class Predicate>
constexpr json::Options json_options(const Statement<Predicate>*) {
  return {.names = {{"type", "_type"}}};
}

template <class Predicate>
std::string statement_of(const AttestedImage& image, std::string type, Predicate predicate) {
  Statement<Predicate> statement;
  statement.subject.push_back(
      {.name = image.name, .digest = {{std::string(oci::name_of(image.digest.algorithm())), image.digest.hex()}}});
  statement.predicate_type = std::move(type);
  statement.predicate = std::move(predicate);
  return json::encode_pretty(statement) + "\n";
}

struct SlsaDependency {
  std::string uri;
  std::map<std::string, std::string> digest;
};
BOOST_DESCRIBE_STRUCT(SlsaDependency, (), (uri, digest))

struct SlsaParameters {
  std::string dockerfile;
  std::string target;
  std::string platform;
  std::map<std::string, std::string> build_args;
  std::string source;
};
BOOST_DESCRIBE_STRUCT(SlsaParameters, (), (dockerfile, target, platform, build_args, source))

struct SlsaDefinition {
  std::string build_type = kBuildType;
  SlsaParameters external_parameters;
  std::vector<SlsaDependency> resolved_dependencies;
};
BOOST_DESCRIBE_STRUCT(SlsaDefinition, (), (build_type, external_parameters, resolved_dependencies))

struct SlsaBuilder {
  std::string id = kBuilderId;
  std::map<std::string, std::string> version;
};
BOOST_DESCRIBE_STRUCT(SlsaBuilder, (), (id, version))

struct SlsaMetadata {
  std::string started_on;
  std::string finished_on;
};
BOOST_DESCRIBE_STRUCT(SlsaMetadata, (), (started_on, finished_on))

struct SlsaRun {
  SlsaBuilder builder;
  SlsaMetadata metadata;
};
BOOST_DESCRIBE_STRUCT(SlsaRun, (), (builder, metadata))

struct SlsaProvenance {
  SlsaDefinition build_definition;
  SlsaRun run_details;
};
BOOST_DESCRIBE_STRUCT(SlsaProvenance, (), (build_definition, run_details))

struct SpdxReference {
  std::string reference_category = "PACKAGE-MANAGER";
  std::string reference_type = "purl";
  std::string reference_locator;
};
BOOST_DESCRIBE_STRUCT(SpdxReference, (), (reference_category, reference_type, reference_locator))

struct SpdxPackage {
  std::string spdx_id;
  std::string name;
  std::string version_info;
  std::string download_location = "NOASSERTION";
  std::string license_declared = "NOASSERTION";
  bool files_analyzed = false;
  std::vector<SpdxReference> external_refs;
};
BOOST_DESCRIBE_STRUCT(SpdxPackage, (),
                      (spdx_id, name, version_info, download_location, license_declared, files_analyzed, external_refs))
constexpr json::Options json_options(const SpdxPackage*) {
  return {.names = {{"spdx_id", "SPDXID"}}, .required = {"files_analyzed"}};
}

struct SpdxCreation {
  std::string created;
  std::vector<std::string> creators;
};
BOOST_DESCRIBE_STRUCT(SpdxCreation, (), (created, creators))

struct SpdxRelationship {
  std::string spdx_element_id;
  std::string relationship_type;
  std::string related_spdx_element;
};
BOOST_DESCRIBE_STRUCT(SpdxRelationship, (), (spdx_element_id, relationship_type, related_spdx_element))

struct SpdxDocument {
  std::string spdx_version = "SPDX-2.3";
  std::string data_license = "CC0-1.0";
  std::string spdx_id = "SPDXRef-DOCUMENT";
  std::string name;
  std::string document_namespace;
  SpdxCreation creation_info;
  std::vector<SpdxPackage> packages;
  std::vector<SpdxRelationship> relationships;
};
BOOST_DESCRIBE_STRUCT(SpdxDocument, (),
                      (spdx_version, data_license, spdx_id, name, document_namespace, creation_info, packages,
                       relationships))
constexpr json::Options json_options(const SpdxDocument*) {
  return {.names = {{"spdx_id", "SPDXID"}}, .required = {"packages"}};
}

/// pkg:TYPE/DISTRIBUTION/NAME@VERSION (github.com/package-url/purl-spec).
std::string package_url(const InstalledPackage& package, const Distribution& distribution) {
  std::string url = fmt::format("pkg:{}/", package.source_type);
  if (!distribution.id.empty()) url += distribution.id + "/";
  url += fmt::format("{}@{}", package.name, package.version);
  std::string question = "?";
  if (!package.architecture.empty()) url += std::exchange(question, "&") + "arch=" + package.architecture;
  if (!distribution.version.empty()) url += question + "distro=" + distribution.id + "-" + distribution.version;
  return url;
}

}  // namespace

std::string provenance_statement(const AttestedImage& image, const ProvenanceInput& input) {
  SlsaProvenance provenance;
  provenance.build_definition.external_parameters = {.dockerfile = input.dockerfile,
                                                     .target = input.target,
                                                     .platform = input.platform,
                                                     .build_args = input.build_args,
                                                     .source = input.source};
  for (const auto& material : input.materials)
    provenance.build_definition.resolved_dependencies.push_back({.uri = material.uri, .digest = material.digest});
  provenance.run_details.builder.version = {{"gantry", std::string(version())}};
  provenance.run_details.metadata = {.started_on = to_rfc3339(input.started),
                                     .finished_on = to_rfc3339(input.finished)};
  return statement_of(image, "https://slsa.dev/provenance/v1", std::move(provenance));
}

std::string sbom_statement(const AttestedImage& image, const std::vector<InstalledPackage>& packages,
                           const Distribution& distribution, Timestamp created) {
  SpdxDocument document;
  document.name = image.name.empty() ? image.digest.text() : image.name;
  document.document_namespace = "https://spdx.org/spdxdocs/" + image.digest.hex();
  document.creation_info = {.created = to_rfc3339(created), .creators = {fmt::format("Tool: gantry-{}", version())}};
  for (const auto& package : packages) {
    SpdxPackage described{.spdx_id = fmt::format("SPDXRef-Package-{}", document.packages.size() + 1),
                          .name = package.name,
                          .version_info = package.version};
    if (!package.license.empty()) described.license_declared = package.license;
    described.external_refs.push_back({.reference_locator = package_url(package, distribution)});
    document.relationships.push_back({document.spdx_id, "DESCRIBES", described.spdx_id});
    document.packages.push_back(std::move(described));
  }
  return statement_of(image, "https://spdx.dev/Document", std::move(document));
}

}  // namespace gantry::build
