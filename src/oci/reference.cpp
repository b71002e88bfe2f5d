#include "oci/reference.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry::oci {

namespace {

constexpr std::string_view kDefaultRegistry = "docker.io";
constexpr std::string_view kOldDefaultRegistry = "index.docker.io";
constexpr std::string_view kOfficial = "library/";
constexpr std::string_view kDefaultTag = "latest";
constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxTag = 128;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alphanumeric(char c) { return is_lower(c) || is_digit(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_image_id(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) { return is_hex(c) && !is_upper(c); });
}

/// Whether the first part of a name is a registry: else it is a folder of the default one.
bool looks_like_registry(std::string_view part) {
  return part == "localhost" || part.find_first_of(".:") != std::string_view::npos ||
         std::ranges::any_of(part, is_upper);
}

/// domain-component *('.' domain-component), or an IPv6 address in brackets.
bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    if (host.size() < 4 || !host.ends_with(']')) return false;
    return std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) { return is_hex(c) || c == ':'; });
  }
  while (true) {
    const auto [part, rest, more] = cut(host, '.');
    auto fits = [](char c) { return is_alphanumeric(c) || is_upper(c) || c == '-'; };
    if (part.empty() || part.starts_with('-') || part.ends_with('-') || !std::ranges::all_of(part, fits)) return false;
    if (!more) return true;
    host = rest;
  }
}

bool is_registry(std::string_view registry) {
  const auto colon = registry.find(':', registry.starts_with('[') ? std::min(registry.find(']'), registry.size()) : 0);
  if (colon == std::string_view::npos) return is_host(registry);
  const std::string_view port = registry.substr(colon + 1);
  const auto number = parse_unsigned(port);
  return is_host(registry.substr(0, colon)) && std::ranges::all_of(port, is_digit) && number && *number <= 65535;
}

/// Letters and digits, with single dots, one or two underscores, or any number of dashes between them.
bool is_path_component(std::string_view part) {
  while (true) {
    const auto word = std::ranges::find_if_not(part, is_alphanumeric) - part.begin();
    if (word == 0) return false;
    part.remove_prefix(static_cast<std::size_t>(word));
    if (part.empty()) return true;
    const auto separator = std::min(part.find_first_not_of(part[0]), part.size());
    const std::size_t most = part[0] == '-' ? separator : part[0] == '_' ? 2 : part[0] == '.' ? 1 : 0;
    if (separator > most) return false;
    part.remove_prefix(separator);
  }
}

/// Why it is no repository, or nothing.
std::string_view fault_of_repository(std::string_view repository) {
  if (repository.empty()) return "it has no name";
  if (repository.size() > kMaxName) return "its name is longer than 255 characters";
  if (std::ranges::any_of(repository, is_upper)) return "the name of a repository has no capital letters";
  while (true) {
    const auto [part, rest, more] = cut(repository, '/');
    if (!is_path_component(part)) return "each part of a name is letters and digits, joined by '.', '_', '__' or '-'";
    if (!more) return {};
    repository = rest;
  }
}

}  // namespace

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > kMaxTag || text.starts_with('.') || text.starts_with('-')) return false;
  return std::ranges::all_of(
      text, [](char c) { return is_alphanumeric(c) || is_upper(c) || c == '_' || c == '.' || c == '-'; });
}

Result<Reference> parse_reference(std::string_view text) {
  auto refuse = [&](std::string_view why) { return fail(Code::invalid, "'{}' is not an image's name: {}", text, why); };
  if (is_image_id(text)) return refuse("64 hex digits are an image's ID");

  Reference reference;
  auto [rest, digest, has_digest] = cut(text, '@');
  if (has_digest) {
    auto parsed = Digest::parse(digest);
    if (!parsed) return refuse(parsed.error().text());
    reference.digest = std::move(*parsed);
  }
  const auto colon = rest.rfind(':');
  if (colon != std::string_view::npos && rest.find('/', colon) == std::string_view::npos) {
    reference.tag = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    if (!is_tag(reference.tag))
      return refuse("a tag is up to 128 letters, digits, '_', '.' and '-', and starts with none of the last two");
  }

  const auto [first, path, has_path] = cut(rest, '/');
  const bool has_registry = has_path && looks_like_registry(first);
  reference.registry = has_registry && first != kOldDefaultRegistry ? first : kDefaultRegistry;
  reference.repository = has_registry ? path : rest;
  if (reference.registry.size() > kMaxName || !is_registry(reference.registry))
    return refuse(fmt::format("'{}' is not a registry's host, or host and port", reference.registry));
  const bool is_official = reference.registry == kDefaultRegistry && !reference.repository.contains('/');
  if (is_official && !reference.repository.empty()) reference.repository.insert(0, kOfficial);
  if (auto fault = fault_of_repository(reference.repository); !fault.empty()) return refuse(fault);
  return reference;
}

Reference with_default_tag(Reference reference) {
  if (reference.tag.empty() && !reference.digest) reference.tag = kDefaultTag;
  return reference;
}

namespace {

std::string with_suffix(std::string name, const Reference& reference) {
  if (!reference.tag.empty()) name += ":" + reference.tag;
  if (reference.digest) name += "@" + reference.digest->text();
  return name;
}

}  // namespace

std::string Reference::name() const { return registry + "/" + repository; }

std::string Reference::canonical() const { return with_suffix(name(), *this); }

std::string Reference::familiar() const {
  if (registry != kDefaultRegistry) return canonical();
  std::string_view shorter = repository;
  if (shorter.starts_with(kOfficial) && shorter.find('/', kOfficial.size()) == std::string_view::npos)
    shorter.remove_prefix(kOfficial.size());
  // What would read as something else keeps its registry.
  const auto [first, rest, more] = cut(shorter, '/');
  if (is_image_id(shorter) || (more && looks_like_registry(first))) return canonical();
  return with_suffix(std::string(shorter), *this);
}

}  // namespace gantry::oci
