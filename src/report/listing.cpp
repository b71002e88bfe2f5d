#include "report/listing.hpp"

#include "base/text.hpp"
#include "options/print.hpp"
#include "report/table.hpp"

#include <boost/json/serialize.hpp>

namespace gantry::report {

namespace json = boost::json;

Result<Listing> Listing::make(const ListingOptions& options, std::span<const Column> columns, std::string_view quiet) {
  Listing listing;
  listing.columns_ = columns;
  listing.heading_ = !options.no_heading;
  std::string_view format = options.format;
  if (options.quiet) {
    listing.quiet_ = quiet;
  } else if (format == "json" || format == "{{json .}}") {
    listing.json_ = true;
    if (format != "json") listing.lines_ = TRY(Template::parse(format));
  } else if (format.starts_with("table")) {
    std::string_view cells = trim(format.substr(5));
    if (!cells.empty()) listing.cells_ = TRY(Template::parse(cells));
  } else if (!format.empty()) {
    listing.lines_ = TRY(Template::parse(format));
  }
  return listing;
}

std::string Listing::heading_of(const std::string& field) const {
  for (const auto& column : columns_)
    if (to_lower(column.field) == to_lower(field)) return std::string(column.heading);
  std::string heading = field;
  for (char& c : heading)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return heading;
}

Result<std::string> Listing::table() const {
  Table table;
  if (heading_) {
    std::vector<std::string> headings;
    if (cells_)
      for (const auto& field : cells_->cell_fields()) headings.push_back(heading_of(field));
    else
      for (const auto& column : columns_)
        if (column.shown) headings.emplace_back(column.heading);
    table.add(std::move(headings));
  }
  for (const auto& row : rows_) {
    std::vector<std::string> cells;
    if (cells_) cells = TRY(cells_->render_cells(row));
    else
      for (const auto& column : columns_)
        if (column.shown) cells.push_back(go_text(row.get_object().at(column.field)));
    table.add(std::move(cells));
  }
  return table.text();
}

Result<> Listing::print() const {
  std::string out;
  if (!quiet_.empty()) {
    for (const auto& row : rows_) (out += go_text(row.get_object().at(quiet_))) += '\n';
  } else if (lines_) {
    for (const auto& row : rows_) (out += TRY(lines_->render(row))) += '\n';
  } else {
    out = json_ ? pretty(rows_) : TRY(table());
  }
  return options::print(out);
}

namespace {

void add_pretty(std::string& out, const json::value& value, std::size_t depth) {
  auto line = [&](std::size_t indent) { out.append(1, '\n').append(indent * 4, ' '); };
  bool first = true;
  auto next = [&] {
    if (!first) out += ',';
    first = false;
    line(depth + 1);
  };
  if (auto* list = value.if_array(); list && !list->empty()) {
    out += '[';
    for (const auto& item : *list) {
      next();
      add_pretty(out, item, depth + 1);
    }
    line(depth);
    out += ']';
  } else if (auto* object = value.if_object(); object && !object->empty()) {
    out += '{';
    for (const auto& [key, item] : *object) {
      next();
      out += json::serialize(key) + ": ";
      add_pretty(out, item, depth + 1);
    }
    line(depth);
    out += '}';
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string pretty(const json::value& value) {
  std::string out;
  add_pretty(out, value, 0);
  return out + '\n';
}

Result<> print_object(const json::value& value, const std::string& format) {
  if (format.empty() || format == "json") return options::print(pretty(value));
  auto parsed = TRY(Template::parse(format));
  return options::print(TRY(parsed.render(value)) + "\n");
}

}  // namespace gantry::report
