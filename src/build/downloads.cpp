#include "build/downloads.hpp"

#include "archive/hash.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/json_options.hpp"
#include "base/pump.hpp"
#include "oci/digest.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <boost/describe/class.hpp>

namespace gantry::build {

namespace {

struct KnownDownload {
  std::string url;
  std::string digest;
  std::string etag;
};
BOOST_DESCRIBE_STRUCT(KnownDownload, (), (url, digest, etag))

KnownDownload read_known(const std::string& path) {
  auto text = read_file(path);
  if (!text) return {};
  return json::decode<KnownDownload>(*text, path).value_or(KnownDownload());
}

Result<> copy_file(const std::string& from, const std::string& to) {
  FileSource source(TRY(open_file(from, O_RDONLY)), from);
  FileSink sink(TRY(open_file(to, O_WRONLY | O_CREAT | O_EXCL, 0600)), to);
  return pump(source, sink);
}

}  // namespace

Result<std::string> Downloads::get(const std::string& url, const std::string& checksum, const std::string& path) const {
  if (!checksum.empty()) TRY(with_context(oci::Digest::parse(checksum), "--checksum={}", checksum));
  TRY(make_folders(folder_, 0700));
  const std::string kept = folder_ + "/" + archive::hash_of(as_bytes(url)).hex().substr(0, 32);
  const Lock lock = TRY(Lock::take(folder_, Lock::Mode::exclusive));
  KnownDownload known = read_known(kept + ".json");
  if (!path_exists(kept) || known.url != url) known = {};
  if (checksum.empty() || known.digest != checksum) {
    const auto told = TRY(fetch_(url, known.etag, kept + ".new"));
    if (!told.digest.empty()) {
      if (rename((kept + ".new").c_str(), kept.c_str()) < 0) return Error::system("keep what {} has", url);
      known = {.url = url, .digest = told.digest, .etag = told.etag};
      TRY(replace_file(kept + ".json", json::encode(known), 0600, Sync::no));
    }
  }
  if (!checksum.empty() && known.digest != checksum)
    return fail(Code::corrupt, "{} has the checksum {}, not {}", url, known.digest, checksum)
        .with_cure("find out why; write the new one if it is right");
  TRY(copy_file(kept, path));
  return known.digest;
}

}  // namespace gantry::build
