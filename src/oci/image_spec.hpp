#pragma once

#include "base/json_options.hpp"
#include "base/result.hpp"
#include "oci/digest.hpp"
#include "oci/platform.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The documents of image-spec 1.1. Docker's manifests, lists and configs (v2, schema 2) read into the same types.
// Members that a type does not know are kept and written again where it has a member `unknown`.

namespace gantry::oci {

using Annotations = std::map<std::string, std::string>;

/// A reference to content: descriptor.md.
struct Descriptor {
  std::string media_type;
  Digest digest;
  std::int64_t size = 0;  ///< bytes
  std::vector<std::string> urls;
  Annotations annotations;
  std::string data;           ///< the content itself, in base64
  std::string artifact_type;  ///< of the manifest that it points to
  std::optional<Platform> platform;
  json::Unknown unknown;

  bool operator==(const Descriptor&) const = default;
};
BOOST_DESCRIBE_STRUCT(Descriptor, (),
                      (media_type, digest, size, urls, annotations, data, artifact_type, platform, unknown))
constexpr json::Options json_options(const Descriptor*) { return {.required = {"media_type", "digest", "size"}}; }

/// One image for one platform: manifest.md.
struct Manifest {
  int schema_version = 2;
  std::string media_type;
  std::string artifact_type;
  Descriptor config;
  std::vector<Descriptor> layers;  ///< the base first
  std::optional<Descriptor> subject;
  Annotations annotations;
  json::Unknown unknown;

  bool operator==(const Manifest&) const = default;
};
BOOST_DESCRIBE_STRUCT(Manifest, (),
                      (schema_version, media_type, artifact_type, config, layers, subject, annotations, unknown))
constexpr json::Options json_options(const Manifest*) { return {.required = {"schema_version", "config", "layers"}}; }

/// Images for several platforms, or the top of an image layout: image-index.md.
struct Index {
  int schema_version = 2;
  std::string media_type;
  std::string artifact_type;
  std::vector<Descriptor> manifests;
  std::optional<Descriptor> subject;
  Annotations annotations;
  json::Unknown unknown;

  bool operator==(const Index&) const = default;
};
BOOST_DESCRIBE_STRUCT(Index, (), (schema_version, media_type, artifact_type, manifests, subject, annotations, unknown))
constexpr json::Options json_options(const Index*) { return {.required = {"schema_version", "manifests"}}; }

/// Go's struct{}: the value of a set that is written as a map.
struct Empty {
  bool operator==(const Empty&) const = default;
};
BOOST_DESCRIBE_STRUCT(Empty, (), ())

/// How to tell whether a container is well: Docker's "Healthcheck".
struct Healthcheck {
  std::vector<std::string> test;  ///< {"NONE"}, {"CMD", argv…} or {"CMD-SHELL", command}; empty: inherit
  std::int64_t interval = 0;      ///< nanoseconds, as are all times here; 0: inherit
  std::int64_t timeout = 0;
  std::int64_t start_period = 0;
  std::int64_t start_interval = 0;
  int retries = 0;

  bool operator==(const Healthcheck&) const = default;
};
BOOST_DESCRIBE_STRUCT(Healthcheck, (), (test, interval, timeout, start_period, start_interval, retries))
constexpr json::Options json_options(const Healthcheck*) { return {.style = json::Style::pascal}; }

/// How an image wants to be run: config.md, "config"; and what Docker adds.
struct ExecutionConfig {
  std::string user;                            ///< "user", "uid", "user:group", "uid:gid", …
  std::map<std::string, Empty> exposed_ports;  ///< "8080/tcp", "53/udp", "80"
  std::vector<std::string> env;                ///< "NAME=value"
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::map<std::string, Empty> volumes;  ///< paths in the container
  std::string working_dir;
  std::map<std::string, std::string> labels;
  std::string stop_signal;  ///< "SIGTERM", "15"
  bool args_escaped = false;
  std::optional<Healthcheck> healthcheck;  ///< Docker's
  std::vector<std::string> on_build;       ///< Docker's: Dockerfile lines for images that build on this one
  std::vector<std::string> shell;          ///< Docker's: of the shell form of RUN, CMD and ENTRYPOINT
  json::Unknown unknown;

  bool operator==(const ExecutionConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(ExecutionConfig, (),
                      (user, exposed_ports, env, entrypoint, cmd, volumes, working_dir, labels, stop_signal,
                       args_escaped, healthcheck, on_build, shell, unknown))
constexpr json::Options json_options(const ExecutionConfig*) { return {.style = json::Style::pascal}; }

/// The layers of an image by the digests of their tars: config.md, "rootfs".
struct RootFs {
  std::string type = "layers";
  std::vector<Digest> diff_ids;  ///< the base first

  bool operator==(const RootFs&) const = default;
};
BOOST_DESCRIBE_STRUCT(RootFs, (), (type, diff_ids))
constexpr json::Options json_options(const RootFs*) {
  return {.style = json::Style::snake, .required = {"type", "diff_ids"}};
}

/// How a layer came to be: config.md, "history".
struct History {
  std::string created;  ///< RFC 3339
  std::string created_by;
  std::string author;
  std::string comment;
  bool empty_layer = false;  ///< it changed no file and has no entry in diff_ids

  bool operator==(const History&) const = default;
};
BOOST_DESCRIBE_STRUCT(History, (), (created, created_by, author, comment, empty_layer))
constexpr json::Options json_options(const History*) { return {.style = json::Style::snake}; }

/// The configuration of an image: config.md. Its digest is the image's ID.
struct ImageConfig {
  std::string created;  ///< RFC 3339
  std::string author;
  std::string architecture;
  std::string os;
  std::string os_version;
  std::vector<std::string> os_features;
  std::string variant;
  ExecutionConfig config;
  RootFs rootfs;
  std::vector<History> history;
  json::Unknown unknown;

  bool operator==(const ImageConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(ImageConfig, (),
                      (created, author, architecture, os, os_version, os_features, variant, config, rootfs, history,
                       unknown))
constexpr json::Options json_options(const ImageConfig*) {
  return {.names = {{"os_version", "os.version"}, {"os_features", "os.features"}},
          .required = {"architecture", "os", "rootfs"}};
}
Platform platform_of(const ImageConfig& config);

/// The file `oci-layout` of an image layout: image-layout.md.
struct ImageLayout {
  std::string image_layout_version = "1.0.0";

  bool operator==(const ImageLayout&) const = default;
};
BOOST_DESCRIBE_STRUCT(ImageLayout, (), (image_layout_version))
constexpr json::Options json_options(const ImageLayout*) { return {.required = {"image_layout_version"}}; }

/// Annotations of index.json: the reference of an image, or its tag.
inline constexpr const char* kRefName = "org.opencontainers.image.ref.name";
/// containerd's: the whole reference of an image.
inline constexpr const char* kImageName = "io.containerd.image.name";

// `name` is the document's name in errors: "index.json", "manifest sha256:…". Code::invalid when a document is not
// what its specification says, which includes schemaVersion 2, known values of rootfs.type, sizes that are not
// negative, and a mediaType that, if there, is one of this kind of document.
Result<Manifest> parse_manifest(std::string_view text, std::string_view name);
Result<Index> parse_index(std::string_view text, std::string_view name);
Result<ImageConfig> parse_image_config(std::string_view text, std::string_view name);
/// Code::unsupported for another version than 1.0.0.
Result<ImageLayout> parse_image_layout(std::string_view text, std::string_view name);

// Compact JSON with members in a fixed order, so that equal values have equal digests.
std::string write_manifest(const Manifest& manifest);
std::string write_index(const Index& index);
std::string write_image_config(const ImageConfig& config);
std::string write_image_layout(const ImageLayout& layout);

/// Media type, digest and size alone: without what somebody else says of it.
Descriptor bare(const Descriptor& descriptor);

/// How deep indexes in indexes are followed.
inline constexpr int kMaxIndexDepth = 4;

/// The media type that a manifest or index states, or the one that its members tell; empty when it is neither.
std::string detect_media_type(std::string_view text);

}  // namespace gantry::oci
