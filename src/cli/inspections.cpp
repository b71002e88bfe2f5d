#include "cli/inspections.hpp"

#include "base/log.hpp"
#include "cli/image_row.hpp"
#include "options/print.hpp"
#include "report/listing.hpp"

namespace gantry::cli {

Result<int> print_inspections(const std::vector<std::string>& names, const std::string& format,
                              const std::function<Result<boost::json::object>(const std::string&)>& inspect) {
  boost::json::array found;
  std::vector<Error> errors;
  for (const auto& name : names) {
    auto object = inspect(name);
    if (object) found.emplace_back(std::move(*object));
    else errors.push_back(std::move(object.error()));
  }
  if (format.empty() || format == "json") {
    TRY(options::print(report::pretty(found)));
  } else {
    for (const auto& object : found) TRY(report::print_object(object, format));
  }
  for (const auto& error : errors) log::error("{}", error.message());
  return errors.empty() ? 0 : 125;
}

Result<boost::json::object> inspect_image(engine::Engine& engine, const std::string& name) {
  const store::Store& store = *TRY(engine.images());
  return image_inspection(store, TRY(store.images().find(name)));
}

}  // namespace gantry::cli
