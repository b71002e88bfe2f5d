#include "build/packages.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/path.hpp"

#include <fcntl.h>

#include <algorithm>
#include <functional>

namespace gantry::build {

namespace {

constexpr std::size_t kLargestDatabase = 64u << 20;

std::string read_in(const Fd& root, const std::string& path) {
  const auto file = linux::open_in_root(root, path, O_RDONLY | O_NONBLOCK);
  return file ? read_all(*file, path, kLargestDatabase).value_or("") : std::string();
}

using TakeField = std::function<void(InstalledPackage& package, std::string_view name, std::string_view value)>;

/// Paragraphs of lines "NAME:VALUE" with empty lines between; lines that begin with a blank go on.
std::vector<InstalledPackage> parse_paragraphs(std::string_view text, std::string_view type, const TakeField& take) {
  std::vector<InstalledPackage> packages;
  InstalledPackage current;
  const auto finish = [&] {
    current.source_type = type;
    if (!current.name.empty() && !current.version.empty()) packages.push_back(std::move(current));
    current = {};
  };
  while (!text.empty()) {
    const auto [line, rest, found] = cut(text, '\n');
    text = rest;
    if (trim(line).empty()) {
      finish();
    } else if (line.front() != ' ' && line.front() != '\t') {
      const auto [name, value, has_value] = cut(line, ':');
      if (has_value) take(current, name, trim(value));
    }
  }
  finish();
  return packages;
}

std::string without_quotes(std::string_view value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
    value = value.substr(1, value.size() - 2);
  return std::string(value);
}

}  // namespace

std::vector<InstalledPackage> parse_dpkg_status(std::string_view text) {
  return parse_paragraphs(text, "deb", [](InstalledPackage& package, std::string_view name, std::string_view value) {
    if (name == "Package") package.name = value;
    else if (name == "Version") package.version = value;
    else if (name == "Architecture") package.architecture = value;
    else if (name == "Status" && !value.ends_with(" installed")) package.name.clear();
  });
}

std::vector<InstalledPackage> parse_apk_installed(std::string_view text) {
  return parse_paragraphs(text, "apk", [](InstalledPackage& package, std::string_view name, std::string_view value) {
    if (name == "P") package.name = value;
    else if (name == "V") package.version = value;
    else if (name == "A") package.architecture = value;
    else if (name == "L") package.license = value;
  });
}

Result<std::vector<InstalledPackage>> find_packages(const Fd& root) {
  auto packages = parse_dpkg_status(read_in(root, "/var/lib/dpkg/status"));
  const auto add = [&](std::vector<InstalledPackage> more) { std::ranges::move(more, std::back_inserter(packages)); };
  // Images without a package manager keep a file for each package.
  if (const auto folder = linux::open_in_root(root, "/var/lib/dpkg/status.d", O_RDONLY | O_DIRECTORY))
    for (const auto& name : TRY(list_folder_at(folder->get(), ".")))
      add(parse_dpkg_status(read_in(root, "/var/lib/dpkg/status.d/" + name)));
  add(parse_apk_installed(read_in(root, "/lib/apk/db/installed")));
  std::ranges::sort(packages, {}, [](const InstalledPackage& one) { return std::tie(one.name, one.version); });
  return packages;
}

Distribution find_distribution(const Fd& root) {
  std::string text = read_in(root, "/etc/os-release");
  if (text.empty()) text = read_in(root, "/usr/lib/os-release");
  Distribution found;
  for (const auto& line : split(text, '\n')) {
    const auto [name, value, has_value] = cut(line, '=');
    if (name == "ID") found.id = without_quotes(value);
    else if (name == "VERSION_ID") found.version = without_quotes(value);
  }
  return found;
}

}  // namespace gantry::build
