#pragma once

#include "base/json_options.hpp"
#include "base/result.hpp"
#include "registries/credentials.hpp"
#include "registries/paths.hpp"

#include <boost/describe/class.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::registries {

/// A file with credentials, as podman login and docker login write it (containers-auth.json(5), docker's config.json).
/// What we do not know in it stays as it is.
struct AuthDocument {
  std::map<std::string, json::Raw> auths;           ///< entries by registry, namespace or URL
  std::map<std::string, std::string> cred_helpers;  ///< programs by registry
  std::string creds_store;                          ///< the program for all others
  json::Unknown unknown;
};
BOOST_DESCRIBE_STRUCT(AuthDocument, (), (auths, cred_helpers, creds_store, unknown))

/// A file that is missing or empty is an empty document. Errors name the file.
Result<AuthDocument> read_auth_file(const AuthFile& file);

/// Reads the file, has `change` done to it, and replaces it when that says true; its folder is locked meanwhile. A new
/// file has mode 0600. A broken file is an error and stays as it is.
Result<bool> change_auth_file(const AuthFile& file, const std::function<Result<bool>(AuthDocument&)>& change);

/// The key of the entry for exactly `name`, however it is spelled there; null: there is none.
const std::string* key_of(const AuthDocument& document, std::string_view name, bool old_format);

/// The helper that the file has for the host of `name` alone, as the key and the program's name; null: there is none.
const std::pair<const std::string, std::string>* helper_of(const AuthDocument& document, std::string_view name);

/// What an entry holds; nothing when it is empty, as docker leaves one for credentials that a helper has. `place` is
/// for errors, in which no secret appears.
Result<std::optional<Credentials>> read_entry(const json::Raw& entry, std::string_view place);
/// Code::invalid for a user with a colon, which the format cannot hold.
Result<json::Raw> write_entry(const Credentials& credentials);

}  // namespace gantry::registries
