#include "build_cli/cache_options.hpp"

#include "archive/describe.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "content/scratch.hpp"
#include "oci/media_types.hpp"
#include "oci/reference.hpp"
#include "options/sibling.hpp"
#include "options/value.hpp"
#include "transfer/open_origin.hpp"
#include "transfer/targets.hpp"

#include <unistd.h>
#include <boost/describe/class.hpp>

#include <algorithm>

namespace gantry::build_cli {

namespace {

using Type = CachePlace::Type;

constexpr options::Choice<Type> kTypes[] = {
    {"inline", Type::in_image}, {"registry", Type::registry}, {"local", Type::local}};

Result<> set_field(CachePlace& place, std::string_view key, std::string_view value, std::string_view folder_key) {
  if (key == "type") place.type = TRY(options::read_choice<kTypes>(value));
  else if (key == "ref" || key == folder_key) place.place = value;
  else if (key == "mode" && folder_key == "dest" && (value == "min" || value == "max")) place.has_all = value == "max";
  else
    return fail(Code::invalid, "there is no '{}={}'", key, value).with_cure("type, ref, src, dest and mode are known");
  return {};
}

/// `folder_key`: what a folder is called: "src" of those that are read, "dest" of the others.
Result<CachePlace> read_place(const std::string& word, std::string_view folder_key) {
  CachePlace place;
  if (word.find('=') == std::string::npos) place.place = word;
  else
    for (const auto& part : split(word, ',')) {
      const auto [key, value, found] = cut(part, '=');
      TRY(set_field(place, key, value, folder_key));
    }
  if (place.place.empty() && place.type != Type::in_image)
    return fail(Code::invalid, "it does not say where")
        .with_cure(place.type == Type::local ? fmt::format("type=local,{}=FOLDER", folder_key)
                                             : "type=registry,ref=NAME");
  if (place.type == Type::local) place.place = TRY(absolute_path(place.place));
  return place;
}

/// A command of gantry-transfer, for this store.
Result<gantry::Command> transfer_command(const options::Folders& folders, std::vector<std::string> words) {
  gantry::Command command{.argv = {"gantry", "--root", folders.root, "--runroot", folders.run_root}};
  std::ranges::move(words, std::back_inserter(command.argv));
  command.program = TRY(options::find_sibling("gantry-transfer"));
  return command;
}

/// What a manifest or index says that it is.
struct DocumentKind {
  std::string media_type;
};
BOOST_DESCRIBE_STRUCT(DocumentKind, (), (media_type))

/// A cache or image in a registry, by way of gantry-transfer: builds link no client of their own.
class RegistryCache final : public transfer::Origin {
 public:
  static Result<std::unique_ptr<transfer::Origin>> open(const std::string& name, const options::Folders& folders) {
    const auto reference = oci::with_default_tag(TRY(oci::parse_reference(name)));
    auto bytes = TRY(raw_manifest(reference, folders, {}));
    const auto kind = TRY(json::decode<DocumentKind>(bytes, name));
    if (oci::is_index(kind.media_type))
      bytes = TRY(raw_manifest(reference, folders, {"--platform", oci::text_of(oci::host_platform())}));
    return std::unique_ptr<transfer::Origin>(new RegistryCache(reference, folders, std::move(bytes)));
  }

  const std::string& name() const override { return name_; }
  Result<std::vector<transfer::Listed>> list(const std::string&) const override {
    return std::vector{transfer::Listed{.names = {}, .label = name_, .root = root_}};
  }
  Result<std::unique_ptr<Source>> open(const oci::Descriptor& descriptor) const override {
    if (descriptor.digest == root_.digest) return std::make_unique<TextSource>(manifest_);
    return fetched_blob(reference_.name() + "@" + descriptor.digest.text());
  }

 private:
  RegistryCache(oci::Reference reference, options::Folders folders, std::string manifest)
      : reference_(std::move(reference)),
        name_(reference_.canonical()),
        folders_(std::move(folders)),
        manifest_(std::move(manifest)),
        root_(archive::describe(oci::kOciManifest, manifest_)) {}

  static Result<std::string> raw_manifest(const oci::Reference& reference, const options::Folders& folders,
                                          const std::vector<std::string>& choice) {
    std::vector<std::string> words{"image", "inspect", "--raw"};
    words.insert(words.end(), choice.begin(), choice.end());
    words.push_back("docker://" + reference.canonical());
    return command_output(TRY(transfer_command(folders, std::move(words))));
  }

  /// In a file that goes with its last descriptor: whoever reads it may be another process than this.
  Result<std::unique_ptr<Source>> fetched_blob(const std::string& blob) const {
    const auto scratch = TRY(content::Scratch::make_file(folders_.root + "/tmp"));
    auto command = TRY(transfer_command(folders_, {"image", "blob", blob}));
    command.out = scratch.fd().get();
    auto child = TRY(Child::start(command));
    if (!TRY(child.wait()).ok()) return fail(Code::failed, "{} cannot be fetched", blob);
    Fd file = TRY(scratch.fd().duplicate());
    if (lseek(file.get(), 0, SEEK_SET) < 0) return Error::system("read {}", blob);
    return std::make_unique<FileSource>(std::move(file), blob);
  }

  oci::Reference reference_;
  std::string name_;
  options::Folders folders_;
  std::string manifest_;
  oci::Descriptor root_;
};

Result<> import_one(const CachePlace& place, const options::Folders& folders, build::ImportedSteps& steps) {
  if (place.type != Type::local) return steps.add(TRY(RegistryCache::open(place.place, folders)));
  const transfer::Location location{.transport = transfer::Transport::oci, .path = place.place};
  return steps.add(TRY(transfer::open_files(location, folders.root + "/tmp")));
}

/// A folder has the last cache alone.
Result<> export_folder(const std::string& path, const store::Store& store, std::span<const build::CachedStep> steps) {
  TRY(remove_file(path + "/index.json"));
  auto target = TRY(transfer::make_layout_target({.transport = transfer::Transport::oci, .path = path}));
  return build::export_steps(store, steps, *target);
}

Result<> export_one(const CachePlace& place, const store::Store& store, std::span<const build::CachedStep> steps,
                    const options::Folders& folders) {
  if (place.type == Type::local) return export_folder(place.place, store, steps);
  const auto scratch = TRY(content::Scratch::make_folder(store.root() + "/tmp"));
  const std::string path = scratch.path() + "/cache";
  TRY(export_folder(path, store, steps));
  const auto copy =
      TRY(transfer_command(folders, {"image", "copy", "--quiet", "oci:" + path, "docker://" + place.place}));
  TRY(command_output(copy));
  return {};
}

}  // namespace

Result<std::vector<CachePlace>> read_cache_from(const std::vector<std::string>& words) {
  std::vector<CachePlace> places;
  for (const auto& word : words) {
    places.push_back(TRY(with_context(read_place(word, "src"), "--cache-from {}", word)));
    if (places.back().type == Type::in_image)
      return fail(Code::invalid, "--cache-from {}: it is read from where the image is", word)
          .with_cure("type=registry,ref=IMAGE");
  }
  return places;
}

Result<std::vector<CachePlace>> read_cache_to(const std::vector<std::string>& words) {
  std::vector<CachePlace> places;
  for (const auto& word : words) {
    const std::string whole = word == "inline" ? "type=inline" : word;
    places.push_back(TRY(with_context(read_place(whole, "dest"), "--cache-to {}", word)));
  }
  return places;
}

build::ImportedSteps import_caches(const std::vector<CachePlace>& places, const options::Folders& folders) {
  build::ImportedSteps steps;
  for (const auto& place : places)
    if (auto imported = import_one(place, folders, steps); !imported)
      log::warning("the cache {} is not used: {}", place.place, imported.error().message());
  return steps;
}

Result<> export_caches(const std::vector<CachePlace>& places, const store::Store& store, const build::Built& built,
                       const options::Folders& folders) {
  for (const auto& place : places) {
    if (place.type == Type::in_image) continue;
    const auto& steps = place.has_all ? built.steps : built.result_steps;
    TRY(with_context(export_one(place, store, steps, folders), "the cache {}", place.place));
  }
  return {};
}

}  // namespace gantry::build_cli
