#include "base/text.hpp"
#include "view/layer_report.hpp"

#include <algorithm>

namespace gantry::view {

namespace {

/// More rows than these nobody reads, and browsers grow slow.
constexpr std::size_t kMaxRows = 20'000;

constexpr std::string_view kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222;"
    "background:#fff}"
    "h1{font-size:1.4rem;overflow-wrap:anywhere}h2{font-size:1.1rem;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.15rem .6rem;text-align:left;vertical-align:top}"
    "td.n,th.n{text-align:right;white-space:nowrap}td.p{overflow-wrap:anywhere;font-family:ui-monospace,monospace}"
    "details{border:1px solid #ccc;border-radius:.4rem;margin:.5rem 0;padding:.4rem .8rem}"
    "summary{cursor:pointer;overflow-wrap:anywhere}code{font-family:ui-monospace,monospace}"
    ".bar{height:.4rem;background:#eee;border-radius:.2rem;margin:.3rem 0}"
    ".bar i{display:block;height:100%;background:#3a7bd5;border-radius:.2rem}"
    ".added{color:#17702b}.changed{color:#8a5a00}.removed{color:#b3261e}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}details{border-color:#444}"
    ".bar{background:#333}.added{color:#6ecf84}.changed{color:#e0b050}.removed{color:#ff8a80}}";

/// All text of an image is its author's.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) out += ' ';
    else out += c;
  }
  return out;
}

std::string_view name_of(Change::Kind kind) {
  if (kind == Change::Kind::added) return "added";
  return kind == Change::Kind::changed ? "changed" : "removed";
}

void add_changes(std::string& page, const LayerReport& layer) {
  page += "<table><tr><th>Change<th class=n>Size<th>Path</tr>\n";
  for (std::size_t i = 0; i < std::min(layer.changes.size(), kMaxRows); ++i) {
    const Change& change = layer.changes[i];
    auto kind = name_of(change.kind);
    page +=
        fmt::format("<tr><td class={}>{}<td class=n>{}<td class=p>/{}{}</tr>\n", kind, kind, human_size(change.size),
                    escaped(change.path), change.file == archive::Kind::directory ? "/" : "");
  }
  page += "</table>\n";
  if (layer.changes.size() > kMaxRows) page += fmt::format("<p>and {} more</p>\n", layer.changes.size() - kMaxRows);
}

void add_layer(std::string& page, const LayerReport& layer, std::size_t number, std::uint64_t all) {
  const std::uint64_t share = all == 0 ? 0 : layer.size * 100 / all;
  page += fmt::format(
      "<details><summary><b>{}</b> {} <code>{}</code><div class=bar><i style=\"width:{}%\"></i></div>"
      "<span class=added>{} added</span>, <span class=changed>{} changed</span>, <span class=removed>{} removed</span>"
      "</summary>\n<p><code>{}</code>, {} as it is in the registry{}</p>\n",
      number, human_size(layer.size), escaped(layer.created_by.empty() ? "(no history)" : layer.created_by), share,
      layer.added, layer.changed, layer.removed, layer.descriptor.digest.text(),
      human_size(static_cast<std::uint64_t>(layer.descriptor.size)),
      layer.created.empty() ? "" : ", made " + escaped(layer.created));
  add_changes(page, layer);
  page += "</details>\n";
}

void add_waste(std::string& page, const ImageReport& report) {
  if (report.waste.empty()) return;
  page += "<h2>Wasted</h2>\n<table><tr><th class=n>Size<th class=n>Times<th>Path</tr>\n";
  for (std::size_t i = 0; i < std::min(report.waste.size(), kMaxRows); ++i) {
    const Waste& waste = report.waste[i];
    page += fmt::format("<tr><td class=n>{}<td class=n>{}<td class=p>/{}</tr>\n", human_size(waste.size), waste.times,
                        escaped(waste.path));
  }
  page += "</table>\n";
}

}  // namespace

std::string html_page(const std::string& title, const ImageReport& report) {
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=en><meta charset=utf-8>"
      "<meta name=viewport content=\"width=device-width\">"
      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">"
      "<title>{}</title><style>{}</style>\n<h1>{}</h1>\n<p>{} in {} layers, of which {} are wasted: efficiency "
      "{:.1f} %</p>\n<h2>Layers, the base first</h2>\n",
      escaped(title), kStyle, escaped(title), human_size(report.size), report.layers.size(), human_size(report.wasted),
      report.efficiency() * 100);
  for (std::size_t i = 0; i < report.layers.size(); ++i) add_layer(page, report.layers[i], i + 1, report.size);
  add_waste(page, report);
  return page;
}

}  // namespace gantry::view
