#include "engine/secret_mounts.hpp"

#include "base/file.hpp"
#include "engine/chown_tree.hpp"
#include "linux/path.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace gantry::engine {

namespace {

Result<Mount> write_secret(const SecretInput& input, const SecretUse& use, const std::string& data,
                           const std::string& source) {
  const Fd file = TRY(open_file(source, O_WRONLY | O_CREAT | O_EXCL, 0600));
  TRY(write_all(file, data, source));
  // While it is still ours: an ordinary user gives it away.
  if (fchmod(file.get(), use.mode) < 0) return Error::system("set the mode of secret '{}'", use.name);
  if (use.uid != 0 || use.gid != 0 || input.maps) TRY(chown_tree(source, use.uid, use.gid, input.maps));
  const std::string target = use.target.empty() ? use.name : use.target;
  return Mount{.source = source,
               .target = target.starts_with('/') ? linux::clean_path(target) : "/run/secrets/" + target,
               .options = {"bind", "ro", "rprivate", "nosuid", "nodev", "noexec"}};
}

}  // namespace

Result<GivenSecrets> give_secrets(const SecretInput& input) {
  GivenSecrets given;
  if (input.config.secrets.empty()) return given;
  TRY(make_folders(input.folder, 0700));
  for (const SecretUse& use : input.config.secrets) {
    const secrets::Secret secret = TRY(input.store.find(use.name));
    const std::string data = TRY(input.store.data(secret));
    if (use.type == "env") {
      if (data.find('\0') != std::string::npos)
        return fail(Code::invalid, "secret '{}' has a byte that no variable can have", use.name)
            .with_cure("give it as a file: type=mount");
      given.env.push_back((use.target.empty() ? secret.name : use.target) + "=" + data);
      continue;
    }
    const std::string source = fmt::format("{}/{}", input.folder, given.mounts.size());
    given.mounts.push_back(TRY(write_secret(input, use, data, source)));
  }
  return given;
}

}  // namespace gantry::engine
