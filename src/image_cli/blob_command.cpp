#include "base/stream.hpp"
#include "image_cli/commands.hpp"
#include "image_cli/output.hpp"
#include "remote/registry_options.hpp"
#include "transfer/checked_source.hpp"
#include "transfer/names.hpp"

namespace gantry::image_cli {

namespace {

struct BlobArguments {
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< REPOSITORY@DIGEST
};

Result<int> run_blob(const Globals&, const BlobArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  auto reference = TRY(oci::parse_reference(transfer::without_transport(arguments.words[0])));
  if (!reference.digest)
    return fail(Code::invalid, "'{}' names no blob", arguments.words[0]).with_cure("REPOSITORY@DIGEST");
  auto repository = TRY(registries.repository(reference));
  auto found = TRY(repository.find_blob(*reference.digest));
  if (!found) return fail(Code::not_found, "{} has no blob {}", repository.label(), reference.digest->text());
  transfer::CheckedSource blob(TRY(repository.blob(*found)), found->digest,
                               fmt::format("blob {} of {}", found->digest.text(), repository.label()));
  TRY(print_stream(blob));
  return 0;
}

constexpr options::Group kGroups[] = {
    options::group<&BlobArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image blob quay.io/podman/hello@sha256:… >layer.tar.gz", "Fetch a layer as it is"},
};

}  // namespace

constinit const Command kBlob = options::command<run_blob>({
    .name = "blob",
    .summary = "Print a blob of a repository",
    .synopsis = "[OPTIONS] REPOSITORY@DIGEST",
    .description = "Writes the bytes to standard output as the registry has them. The exit status is 125 when they "
                   "were not those of the digest, which can be told only once they are all there.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&BlobArguments::words>({.name = "REPOSITORY@DIGEST", .least = 1, .most = 1}),
});

}  // namespace gantry::image_cli
