#pragma once

#include "options/option.hpp"
#include "report/template.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <span>

namespace gantry::report {

/// The options that every listing has.
struct ListingOptions {
  std::string format;
  bool quiet = false;
  bool no_trunc = false;
  bool no_heading = false;
};

inline constexpr options::Option kListingOptions[] = {
    options::option<&ListingOptions::format>(0, "format", "FORMAT",
                                             "Print as \"json\", or by a Go template such as \"{{.ID}} {{.Names}}\""),
    options::flag<&ListingOptions::no_trunc>(0, "no-trunc", "Print identifiers and commands in full"),
    options::flag<&ListingOptions::no_heading>(0, "noheading", "Leave out the line of headings"),
    options::flag<&ListingOptions::quiet>('q', "quiet", "Print identifiers only"),
};

/// A field that rows have, and its heading.
struct Column {
  std::string_view field;
  std::string_view heading;
  bool shown = false;  ///< in the table that is printed without --format
};

/// Rows that are printed as a table, as JSON or by a template.
class Listing {
 public:
  /// `quiet` is the field that --quiet prints.
  static Result<Listing> make(const ListingOptions& options, std::span<const Column> columns, std::string_view quiet);

  /// Whether documents are wanted, with all that is known and in machine units, and not rows of texts.
  bool json() const { return json_; }
  /// Where a row is best made: thousands of them come and go faster there.
  const boost::json::storage_ptr& storage() const { return rows_.storage(); }
  void add(boost::json::object row) { rows_.emplace_back(std::move(row)); }
  Result<> print() const;

 private:
  Result<std::string> table() const;
  std::string heading_of(const std::string& field) const;

  std::span<const Column> columns_;
  std::string_view quiet_;
  bool json_ = false;
  bool heading_ = true;
  std::optional<Template> lines_;  ///< printed once a row
  std::optional<Template> cells_;  ///< after "table"; none: the columns that are shown
  boost::json::array rows_ = boost::json::array(boost::json::make_shared_resource<boost::json::monotonic_resource>());
};

/// Indented by four blanks, with a newline at the end.
std::string pretty(const boost::json::value& value);

/// Prints one object in the way of `inspect` and `info`: by a template, or indented.
Result<> print_object(const boost::json::value& value, const std::string& format);

}  // namespace gantry::report
