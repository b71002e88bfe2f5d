#include "lab/graph.hpp"

#include <cmath>
#include <numbers>

namespace gantry::lab {

namespace {

struct Point {
  double x = 0, y = 0;
};

constexpr double kWidth = 960, kHeight = 720, kRadius = 280;

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '<') result += "&lt;";
    else if (c == '>') result += "&gt;";
    else if (c == '&') result += "&amp;";
    else if (c == '"') result += "&quot;";
    else result += c;
  }
  return result;
}

std::string end_text(const Endpoint& end) {
  std::string text = end.node + ":" + end.interface;
  for (const linux::IpNetwork& address : end.addresses) text += " " + address.text();
  return text;
}

class Page {
 public:
  explicit Page(const Topology& topology) : topology_(topology) {}

  std::string draw() {
    std::string body;
    for (const Link& link : topology_.links) body += draw(link);
    for (std::size_t i = 0; i < topology_.nodes.size(); ++i) body += draw(topology_.nodes[i], at(i));
    if (uses_host_) body += box("host", "", "host", at(topology_.nodes.size()));
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title>\n<style>body{{font:14px "
        "sans-serif}}text{{text-anchor:middle;fill:#222}}.small{{font-size:11px;fill:#555}}line{{stroke:#888;"
        "stroke-width:2}}.linux{{fill:#e8f0fe}}.bridge{{fill:#e6f4ea}}.host{{fill:#fef7e0}}rect{{stroke:#444}}</style>"
        "</head>\n<body><h1>{0}</h1>\n<svg viewBox=\"0 0 {1} {2}\" width=\"{1}\" height=\"{2}\">\n{3}</svg>\n"
        "</body></html>\n",
        escaped(topology_.name), kWidth, kHeight, body);
  }

 private:
  Point at(std::size_t i) const {
    const double all = static_cast<double>(topology_.nodes.size()) + 1;
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / all - std::numbers::pi / 2;
    return {kWidth / 2 + kRadius * std::cos(angle), kHeight / 2 + kRadius * std::sin(angle)};
  }

  Point place(const std::string& node) {
    for (std::size_t i = 0; i < topology_.nodes.size(); ++i)
      if (topology_.nodes[i].name == node) return at(i);
    uses_host_ = true;
    return at(topology_.nodes.size());
  }

  std::string draw(const Link& link) {
    const Point a = place(link.a.node), b = place(link.b.node);
    std::string text =
        fmt::format("<line x1=\"{:.0f}\" y1=\"{:.0f}\" x2=\"{:.0f}\" y2=\"{:.0f}\"/>\n", a.x, a.y, b.x, b.y);
    // Nearer to its own end, beside the line that comes from there.
    auto label = [&](const Endpoint& end, Point from, Point to) {
      text +=
          fmt::format("<text class=\"small\" x=\"{:.0f}\" y=\"{:.0f}\">{}</text>\n", from.x + (to.x - from.x) * 0.25,
                      from.y + (to.y - from.y) * 0.25, escaped(end_text(end).substr(end.node.size() + 1)));
    };
    label(link.a, a, b);
    label(link.b, b, a);
    return text;
  }

  static std::string box(std::string_view name, std::string_view image, const char* kind, Point at) {
    std::string text = fmt::format(
        "<rect class=\"{}\" x=\"{:.0f}\" y=\"{:.0f}\" width=\"120\" height=\"44\" rx=\"6\"/>\n<text x=\"{:.0f}\" "
        "y=\"{:.0f}\">{}</text>\n",
        kind, at.x - 60, at.y - 22, at.x, at.y - 2, escaped(name));
    if (!image.empty())
      text +=
          fmt::format("<text class=\"small\" x=\"{:.0f}\" y=\"{:.0f}\">{}</text>\n", at.x, at.y + 14, escaped(image));
    return text;
  }

  static std::string draw(const Node& node, Point at) {
    const bool bridge = node.kind == NodeKind::bridge;
    return box(node.name, bridge ? "bridge" : node.image, bridge ? "bridge" : "linux", at);
  }

  const Topology& topology_;
  bool uses_host_ = false;
};

}  // namespace

std::string graph_text(const Topology& topology) {
  std::string text;
  for (const Link& link : topology.links) text += fmt::format("{} ---- {}\n", end_text(link.a), end_text(link.b));
  for (const Node& node : topology.nodes) {
    bool linked = false;
    for (const Link& link : topology.links) linked = linked || link.a.node == node.name || link.b.node == node.name;
    if (!linked) text += node.name + "\n";
  }
  return text;
}

std::string graph_page(const Topology& topology) { return Page(topology).draw(); }

}  // namespace gantry::lab
