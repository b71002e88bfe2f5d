#include "archive/hash.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/pump.hpp"
#include "base/version.hpp"
#include "http/client.hpp"
#include "options/print.hpp"
#include "remote/commands.hpp"

#include <fcntl.h>
#include <boost/describe/class.hpp>

namespace gantry::remote {

namespace {

struct DownloadArguments {
  std::string etag;
  std::vector<std::string> words;  ///< URL FILE
};

/// What is told of a download.
struct DownloadReport {
  std::string digest;  ///< sha256 of the file; empty: it is the one that the tag names
  std::string etag;
};
BOOST_DESCRIBE_STRUCT(DownloadReport, (), (digest, etag))

constexpr int kNotModified = 304;

Result<std::string> receive(Source& answer, const std::string& path) {
  Fd file = TRY(open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  FileSink out(std::move(file), path);
  archive::HashingSink hashing(out);
  TRY(pump(answer, hashing));
  return hashing.finish().text();
}

Result<int> run_download(const Globals&, const DownloadArguments& arguments) {
  const std::string& url = arguments.words[0];
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    return fail(Code::invalid, "'{}' is no URL of http or https", url);
  http::Client client({.user_agent = fmt::format("gantry/{}", version())});
  http::Request request{.url = url};
  if (!arguments.etag.empty()) request.headers.push_back({"If-None-Match", arguments.etag});
  const auto answer = TRY(client.send(request));
  DownloadReport report{.digest = {}, .etag = std::string(answer->header("etag"))};
  if (answer->status() == kNotModified && !arguments.etag.empty()) report.etag = arguments.etag;
  else if (answer->status() != 200) return fail(Code::failed, "{}: the server answers {}", url, answer->status());
  else report.digest = TRY(with_context(receive(*answer, arguments.words[1]), "{}", url));
  TRY(options::print(json::encode(report) + "\n"));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&DownloadArguments::etag>(0, "etag", "TAG", "Fetch nothing when the server has this version still"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};

}  // namespace

constinit const Command kDownload = options::command<run_download>({
    .name = "download",
    .summary = "Fetch a file by HTTP",
    .synopsis = "[OPTIONS] URL FILE",
    .description = "Writes what the URL has into FILE and prints its digest and the server's tag for it, as JSON. The "
                   "part of a build that fetches what ADD and contexts name.",
    .groups = kGroups,
    .words = options::words<&DownloadArguments::words>({.name = "URL and FILE", .least = 2, .most = 2}),
});

}  // namespace gantry::remote
