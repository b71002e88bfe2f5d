#include "net/diagram.hpp"

#include <algorithm>

namespace gantry::net {

namespace {

std::string driver_text(const Network& network) {
  std::string text = network.driver == Driver::bridge    ? "bridge"
                     : network.driver == Driver::macvlan ? "macvlan"
                                                         : "ipvlan";
  if (!network.network_interface.empty()) text += " " + network.network_interface;
  if (network.internal) text += ", internal";
  return text;
}

std::string subnets_text(const Network& network) {
  std::string text;
  for (const Subnet& subnet : network.subnets) (text += text.empty() ? "" : ", ") += subnet.subnet.text();
  return text;
}

std::string addresses_text(const Attachment& attachment) {
  std::string text;
  for (const AttachedAddress& one : attachment.addresses)
    (text += text.empty() ? "" : ", ") += one.address.address.text();
  return text;
}

std::string range_text(unsigned first, unsigned count) {
  return count == 1 ? fmt::format("{}", first) : fmt::format("{}-{}", first, first + count - 1);
}

std::string port_line(const PublishedPort& port) {
  return fmt::format("{}:{} -> {}/{}", port.host_ip ? port.host_ip->text() : "*",
                     range_text(port.host_port, port.count), range_text(port.container_port, port.count),
                     port.protocol);
}

/// Names come from images and users.
std::string escaped(std::string_view text) {
  std::string safe;
  for (char c : text) {
    if (c == '<') safe += "&lt;";
    else if (c == '&') safe += "&amp;";
    else if (c == '"') safe += "&quot;";
    else safe += static_cast<unsigned char>(c) < ' ' ? '?' : c;
  }
  return safe;
}

// Sizes in the units of the picture.
constexpr int kHostX = 20, kHostWidth = 120, kBarX = 190, kBoxWidth = 190, kBoxHeight = 64, kGap = 18, kRowHeight = 190;
constexpr int kTop = 30, kBarHeight = 34, kLineHeight = 15;

void text_at(std::string& svg, int x, int y, std::string_view kind, std::string_view text) {
  svg += fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\">{}</text>\n", x, y, kind, escaped(text));
}

void box_at(std::string& svg, int x, int y, int width, int height, std::string_view kind) {
  svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\" class=\"{}\"/>\n", x, y, width,
                     height, kind);
}

void draw_member(std::string& svg, const DiagramMember& member, int x, int bar_bottom) {
  const int y = bar_bottom + 30;
  svg += fmt::format("<path d=\"M{} {}V{}\" class=\"wire\"/>\n", x + kBoxWidth / 2, bar_bottom, y);
  box_at(svg, x, y, kBoxWidth, kBoxHeight, "container");
  text_at(svg, x + 12, y + 22, "name", member.container);
  text_at(svg, x + 12, y + 40, "detail", member.attachment.interface + "  " + addresses_text(member.attachment));
  int line = y + kBoxHeight + kLineHeight;
  for (const PublishedPort& port : member.ports) {
    text_at(svg, x + 12, line, "port", port_line(port));
    line += kLineHeight;
  }
}

constexpr const char* kStyle =
    "<style>text{font:13px system-ui,sans-serif;fill:#1d2733}.name{font-weight:600}.detail{font-size:11px;fill:#4a5a6a}"
    ".port{font-size:11px;fill:#7a3e00}.host{fill:#e8edf2;stroke:#8090a0}.network{fill:#d5e6f7;stroke:#4d86bd}"
    ".internal{fill:#f3e3e3;stroke:#b06a6a}.container{fill:#fff;stroke:#4d86bd}.wire{stroke:#4d86bd;stroke-width:2;"
    "fill:none}</style>\n";

}  // namespace

std::string diagram_text(const std::vector<DiagramNetwork>& networks) {
  std::string text = "host\n";
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const DiagramNetwork& one = networks[i];
    const bool last = i + 1 == networks.size();
    text += fmt::format("{} {} ({})  {}\n", last ? "└─" : "├─", one.network.name, driver_text(one.network),
                        subnets_text(one.network));
    for (std::size_t k = 0; k < one.members.size(); ++k) {
      const DiagramMember& member = one.members[k];
      const bool end = k + 1 == one.members.size();
      const char* margin = last ? "   " : "│  ";
      text += fmt::format("{}{} {}  {} {}\n", margin, end ? "└─" : "├─", member.container, member.attachment.interface,
                          addresses_text(member.attachment));
      for (const PublishedPort& port : member.ports)
        text += fmt::format("{}{}    {}\n", margin, end ? "  " : "│ ", port_line(port));
    }
  }
  return text;
}

std::string diagram_svg(const std::vector<DiagramNetwork>& networks) {
  std::size_t widest = 1;
  for (const DiagramNetwork& one : networks) widest = std::max(widest, one.members.size());
  const int bar_width = static_cast<int>(widest) * (kBoxWidth + kGap) + kGap;
  const int rows = std::max<int>(1, static_cast<int>(networks.size()));
  const int width = kBarX + bar_width + kHostX, height = kTop + rows * kRowHeight;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\">\n{2}", width,
      height, kStyle);
  box_at(svg, kHostX, kTop, kHostWidth, rows * kRowHeight - kTop, "host");
  text_at(svg, kHostX + 14, kTop + 24, "name", "host");
  int y = kTop;
  for (const DiagramNetwork& one : networks) {
    if (!one.network.internal)
      svg += fmt::format("<path d=\"M{} {}H{}\" class=\"wire\"/>\n", kHostX + kHostWidth, y + kBarHeight / 2, kBarX);
    box_at(svg, kBarX, y, bar_width, kBarHeight, one.network.internal ? "internal" : "network");
    text_at(svg, kBarX + 12, y + 22, "name", one.network.name);
    text_at(svg, kBarX + 130, y + 22, "detail", driver_text(one.network) + "   " + subnets_text(one.network));
    int x = kBarX + kGap;
    for (const DiagramMember& member : one.members) {
      draw_member(svg, member, x, y + kBarHeight);
      x += kBoxWidth + kGap;
    }
    y += kRowHeight;
  }
  return svg + "</svg>\n";
}

}  // namespace gantry::net
