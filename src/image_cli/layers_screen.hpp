#pragma once

#include "linux/terminal.hpp"
#include "view/layer_report.hpp"

#include <string>
#include <string_view>

namespace gantry::image_cli {

/// The layers of an image on a terminal: above, one line a layer; below, the files of the one that is chosen.
class LayersScreen {
 public:
  /// `report` outlives it.
  LayersScreen(std::string title, const view::ImageReport& report) : title_(std::move(title)), report_(report) {}

  /// What keys do, as terminals send them; false: one of them ends the view.
  bool press(std::string_view keys);
  /// The whole screen, lines ended by "\r\n" but for the last.
  std::string draw(linux::WindowSize size);

 private:
  bool press_one(std::string_view key);
  void move_files(std::ptrdiff_t by);
  void move_layer(std::ptrdiff_t by);

  std::string title_;
  const view::ImageReport& report_;
  std::size_t layer_ = 0;
  std::size_t first_layer_ = 0;  ///< that is on the screen
  std::size_t file_ = 0;         ///< the first one that is on the screen
  std::size_t rows_of_files_ = 1;
};

/// Shows it on the terminal of this process until a key or the terminal's end ends it.
Result<> show_layers(const std::string& title, const view::ImageReport& report);

}  // namespace gantry::image_cli
