#include "archive/deflate.hpp"
#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "content/scratch.hpp"
#include "transfer/bootstrap.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace gantry::transfer {

namespace {

/// As in Debian's own slim images: documentation and translations stay out.
constexpr const char* kDpkgOptions[] = {"path-exclude=/usr/share/man/*", "path-exclude=/usr/share/doc/*",
                                        "path-include=/usr/share/doc/*/copyright", "path-exclude=/usr/share/locale/*",
                                        "path-exclude=/usr/share/info/*"};

bool is_suite(std::string_view suite) {
  auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !suite.empty() && suite.front() != '-' && std::ranges::all_of(suite, fits);
}

bool belongs_to(std::string_view name, std::string_view suite) {
  if (!name.starts_with(suite)) return false;
  std::string_view rest = name.substr(suite.size());
  return rest.empty() || rest == "-updates" || rest == "-security";
}

std::vector<std::string> words_of(std::string_view text) {
  auto words = split(text, ' ');
  std::erase_if(words, [](const std::string& word) { return word.empty(); });
  return words;
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// sources.list(5), one-line style: "deb [options] URI SUITE COMPONENT…"
void take_line(std::string_view line, std::string_view suite, std::vector<std::string>& found) {
  auto words = words_of(trim(line));
  if (words.size() < 3 || words[0] != "deb") return;
  std::size_t next = 1;
  if (words[1].starts_with('[')) {
    while (next < words.size() && !words[next].ends_with(']')) ++next;
    ++next;
  }
  if (words.size() < next + 3 || !belongs_to(words[next + 1], suite)) return;
  if (!contains({words.begin() + static_cast<std::ptrdiff_t>(next) + 2, words.end()}, "main")) return;
  found.emplace_back(trim(line));
}

/// sources.list(5), deb822 style: one stanza of "Field: value" lines.
struct Stanza {
  bool is_deb = false;
  bool enabled = true;
  std::vector<std::string> uris, suites, components;
  std::string signed_by;

  void take(std::string_view line) {
    auto [name, value, found] = cut(line, ':');
    std::string field = to_lower(name);
    value = trim(value);
    auto words = words_of(value);
    if (field == "types") is_deb = contains(words, "deb");
    else if (field == "enabled") enabled = to_lower(value) != "no";
    else if (field == "uris") uris = std::move(words);
    else if (field == "suites") suites = std::move(words);
    else if (field == "components") components = std::move(words);
    else if (field == "signed-by" && value.starts_with('/')) signed_by = value;
  }

  void give(std::string_view suite, std::vector<std::string>& found) const {
    if (!is_deb || !enabled || !contains(components, "main")) return;
    std::string option = signed_by.empty() ? "" : fmt::format("[signed-by={}] ", signed_by);
    for (const auto& uri : uris)
      for (const auto& name : suites)
        if (belongs_to(name, suite))
          found.push_back(fmt::format("deb {}{} {} {}", option, uri, name, join(components, " ")));
  }
};

void take_stanzas(std::string_view text, std::string_view suite, std::vector<std::string>& found) {
  Stanza stanza;
  for (const auto& line : split(text, '\n')) {
    if (trim(line).empty()) {
      stanza.give(suite, found);
      stanza = {};
    } else if (line.front() != '#') {
      stanza.take(line);
    }
  }
  stanza.give(suite, found);
}

/// The line in which mmdebstrap says why it failed.
std::string reason_in(std::string_view messages) {
  std::string reason;
  for (const auto& line : split(messages, '\n'))
    if (line.starts_with("E: ") && line.find("mmdebstrap failed to run") == std::string::npos) reason = line.substr(3);
  return reason.empty() ? "it gave no reason" : reason;
}

Result<> run_mmdebstrap(std::vector<std::string> argv, Sink& out, const std::string& tmp) {
  Pipe tar = TRY(make_pipe());
  Fd nothing = TRY(open_file("/dev/null", O_RDONLY));
  auto messages = TRY(content::Scratch::make_file(tmp));
  bool watched = isatty(STDERR_FILENO);
  auto child = Child::start({.argv = std::move(argv),
                             .in = nothing.get(),
                             .out = tar.write.get(),
                             .err = watched ? -1 : messages.fd().get()});
  if (!child && child.error().code() == Code::no_command)
    return fail(Code::not_found, "there is no mmdebstrap to make the image with")
        .with_cure("apt-get install mmdebstrap");
  Child running = TRY(std::move(child));
  tar.write.close();
  FileSource source(std::move(tar.read), "mmdebstrap's output");
  std::array<std::byte, 1u << 16> buffer;
  while (std::size_t got = TRY(source.read(buffer))) TRY(out.write(Bytes(buffer).first(got)));
  if (TRY(running.wait()).ok()) return {};
  if (watched) return fail(Code::failed, "mmdebstrap failed");
  return fail(Code::failed, "mmdebstrap failed: {}", reason_in(TRY(read_file(messages.path()))));
}

}  // namespace

Result<std::vector<std::string>> apt_sources(const std::string& folder, std::string_view suite) {
  std::vector<std::string> files, found;
  if (std::string list = folder + "/sources.list"; path_exists(list)) files.push_back(list);
  std::string parts = folder + "/sources.list.d";
  if (path_exists(parts))
    for (const auto& name : TRY(list_folder(parts))) files.push_back(parts + "/" + name);
  std::ranges::sort(files);
  for (const auto& file : files) {
    if (file.ends_with(".sources")) take_stanzas(TRY(read_file(file)), suite, found);
    else if (file.ends_with(".list"))
      for (const auto& line : split(TRY(read_file(file)), '\n')) take_line(line, suite, found);
  }
  return found;
}

Result<Bootstrap> bootstrap_debian(std::string_view suite, const std::string& tmp) {
  if (!is_suite(suite)) return fail(Code::invalid, "'{}' is not the name of a suite of Debian", suite);
  // Without a mode it would fall back on fakechroot, whose images are subtly broken.
  std::vector<std::string> argv{"mmdebstrap", geteuid() == 0 ? "--mode=root" : "--mode=unshare", "--variant=apt",
                                "--include=python3"};
  for (const char* option : kDpkgOptions) argv.push_back(fmt::format("--dpkgopt={}", option));
  argv.emplace_back(suite);
  argv.emplace_back("-");
  for (auto& line : TRY(apt_sources("/etc/apt", suite))) argv.push_back(std::move(line));

  auto scratch = TRY(content::Scratch::make_file(tmp));
  FileSink file(TRY(scratch.fd().duplicate()), scratch.path());
  auto deflater = TRY(archive::Deflater::make(archive::Compression::gzip, file));
  TRY(run_mmdebstrap(std::move(argv), *deflater, tmp));
  TRY(deflater->finish());
  Bootstrap made{.layer = TRY(scratch.fd().duplicate()), .options = {.changes = {R"(CMD ["bash"])"}}};
  if (lseek(made.layer.get(), 0, SEEK_SET) < 0) return Error::system("rewind {}", scratch.path());
  return made;
}

}  // namespace gantry::transfer
