#include "base/clock.hpp"
#include "image_cli/commands.hpp"
#include "image_cli/files_options.hpp"
#include "report/listing.hpp"

#include <fnmatch.h>

#include <map>

namespace gantry::image_cli {

namespace {

struct FindArguments {
  std::string type;
  bool long_form = false;
  std::string format;
  FilesArguments files;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< IMAGE [GLOB]
};

constexpr report::Column kColumns[] = {{"Mode", "MODE", true}, {"UID", "UID", true},     {"GID", "GID", true},
                                       {"Size", "SIZE", true}, {"Path", "PATH", true},   {"Link", "LINK", true},
                                       {"Type", "TYPE"},       {"Modified", "MODIFIED"}, {"Layer", "LAYER"}};
constexpr std::string_view kTypes = "fhlcbdp";  ///< by archive::Kind

/// "drwxr-xr-x"
std::string mode_text(const archive::Entry& entry) {
  constexpr std::string_view kFirst = "--lcbdp";
  std::string text(1, kFirst[static_cast<std::size_t>(entry.kind)]);
  for (int shift = 6; shift >= 0; shift -= 3) {
    const unsigned bits = entry.mode >> static_cast<unsigned>(shift);
    text += {(bits & 4) != 0 ? 'r' : '-', (bits & 2) != 0 ? 'w' : '-', (bits & 1) != 0 ? 'x' : '-'};
  }
  auto special = [&](unsigned bit, std::size_t at, char letter) {
    if ((entry.mode & bit) != 0) text[at] = text[at] == 'x' ? letter : static_cast<char>(letter - 'a' + 'A');
  };
  special(04000, 3, 's');
  special(02000, 6, 's');
  special(01000, 9, 't');
  return text;
}

/// As find(1) has it: a pattern with a slash is for the whole path, any other for the name.
bool matches(const std::string& pattern, const std::string& path) {
  if (pattern.empty()) return true;
  if (pattern.contains('/')) return fnmatch(pattern.c_str(), ("/" + path).c_str(), 0) == 0;
  return fnmatch(pattern.c_str(), path.substr(path.rfind('/') + 1).c_str(), 0) == 0;
}

Result<int> run_find(const Globals& globals, const FindArguments& arguments) {
  report::ListingOptions options{.format = arguments.format, .quiet = arguments.format.empty() && !arguments.long_form};
  auto listing = TRY(report::Listing::make(options, kColumns, "Path"));
  auto opened = TRY(open_files(globals, arguments.registry, arguments.files, arguments.words[0]));
  std::string pattern = arguments.words.size() > 1 ? arguments.words[1] : "";
  if (pattern.contains('/') && !pattern.starts_with('/') && !pattern.starts_with('*')) pattern.insert(0, "/");
  std::map<std::string, view::FoundFile> found;
  TRY(opened.files.each("", [&](const view::FoundFile& file) -> Result<> {
    const bool is_type =
        arguments.type.empty() || arguments.type[0] == kTypes[static_cast<std::size_t>(file.entry.kind)];
    if (is_type && !file.entry.path.empty() && matches(pattern, file.entry.path))
      found.insert_or_assign(file.entry.path, file);
    return {};
  }));
  for (const auto& [path, file] : found) {
    const auto& entry = file.entry;
    listing.add({{"Path", "/" + path},
                 {"Type", std::string(1, kTypes[static_cast<std::size_t>(entry.kind)])},
                 {"Mode", mode_text(entry)},
                 {"UID", entry.uid},
                 {"GID", entry.gid},
                 {"Size", entry.size},
                 {"Link", entry.link},
                 {"Modified", to_rfc3339(entry.mtime)},
                 {"Layer", opened.files.layers()[file.layer].digest.text()}});
  }
  TRY(listing.print());
  return found.empty() ? 1 : 0;
}

Result<std::string> read_type(std::string_view word) {
  if (word.size() == 1 && kTypes.contains(word[0])) return std::string(word);
  return fail(Code::invalid, "'{}' is not one of f, d, l, h (hardlink), c, b, p", word);
}

constexpr options::Option kOptions[] = {
    options::option<&FindArguments::format>(0, "format", "FORMAT", "Print as \"json\", or by a Go template"),
    options::flag<&FindArguments::long_form>('l', "long", "Print modes, owners, sizes and links as well"),
    options::option<&FindArguments::type, read_type>(
        't', "type", "f|d|l|h|c|b|p", "Print files, folders, symlinks, hardlinks, devices or pipes alone"),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&FindArguments::files>(kFilesOptions),
    options::group<&FindArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image find docker://quay.io/podman/hello '*.so*'", "Look for libraries in an image"},
    {"gantry image find -l app '/etc/*'", "List a folder and all below it"},
};

}  // namespace

constinit const Command kFind = options::command<run_find>({
    .name = "find",
    .summary = "List files of an image, wherever it is",
    .synopsis = "[OPTIONS] IMAGE [GLOB]",
    .description =
        "Lists what a container of the image would see. A GLOB without a slash is compared with each file's name, one "
        "with a slash with the whole path, where * matches slashes too. Of layers with a table of contents (eStargz, "
        "zstd:chunked) that alone is fetched. The exit status is 1 when there is no such file.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&FindArguments::words>(
        {.name = "IMAGE", .least = 1, .most = 2, .first = options::Completes::images}),
});

}  // namespace gantry::image_cli
