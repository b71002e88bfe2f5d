#include "registries/certificates.hpp"

#include "base/file.hpp"
#include "base/log.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace gantry::registries {

namespace {

constexpr std::string_view kAuthority = ".crt";
constexpr std::string_view kCertificate = ".cert";
constexpr std::string_view kKey = ".key";

/// The other half of a pair.
std::string partner(std::string_view path, std::string_view suffix, std::string_view other) {
  return fmt::format("{}{}", path.substr(0, path.size() - suffix.size()), other);
}

Result<> add_pair(Certificates& certificates, const std::string& certificate, const std::string& key) {
  if (!path_exists(key))
    return fail(Code::invalid, "{} has no key {}", certificate, key)
        .with_cure("the certificate of an authority is named *.crt");
  if (!certificates.client_certificate.empty()) {
    log::warning("{} is not used: {} comes first", certificate, certificates.client_certificate);
    return {};
  }
  certificates.client_certificate = certificate;
  certificates.client_key = key;
  return {};
}

Result<Certificates> read_folder(const std::string& folder) {
  const Fd opened = TRY(open_folder(folder));
  auto names = TRY(list_folder_at(opened.get(), "."));
  std::ranges::sort(names);
  Certificates certificates;
  for (const auto& name : names) {
    const std::string path = fmt::format("{}/{}", folder, name);
    if (name.ends_with(kAuthority)) certificates.authorities.push_back(path);
    if (name.ends_with(kCertificate)) TRY(add_pair(certificates, path, partner(path, kCertificate, kKey)));
    if (!name.ends_with(kKey)) continue;
    const std::string certificate = partner(path, kKey, kCertificate);
    if (!path_exists(certificate)) return fail(Code::invalid, "{} has no certificate {}", path, certificate);
  }
  return certificates;
}

/// Whether the folder is there; one that we may not look into is left out, as podman does.
Result<bool> is_there(const std::string& folder) {
  struct stat info;
  if (stat(folder.c_str(), &info) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR || errno == EACCES) return false;
  return Error::system("look for certificates in {}", folder);
}

}  // namespace

Result<Certificates> certificates_for(const Paths& paths, std::string_view host) {
  if (!paths.certificates.empty()) return read_folder(paths.certificates);
  if (host.empty() || host.starts_with('.') || host.contains('/'))
    return fail(Code::invalid, "'{}' is not a registry's host", host);
  for (const auto& folder : paths.certificate_folders) {
    const std::string path = fmt::format("{}/{}", folder, host);
    if (TRY(is_there(path))) return read_folder(path);
  }
  return Certificates{};
}

}  // namespace gantry::registries
