#pragma once

#include "options/globals.hpp"
#include "options/option.hpp"
#include "remote/locations.hpp"
#include "remote/registry_options.hpp"
#include "view/image_files.hpp"

namespace gantry::image_cli {

/// The options of the commands that read files in images.
struct FilesArguments {
  std::optional<oci::Platform> platform;
  bool no_index = false;
};

inline constexpr options::Option kFilesOptions[] = {
    options::flag<&FilesArguments::no_index>(0, "no-index",
                                             "Read layers themselves where they have a table of contents"),
    options::option<&FilesArguments::platform, oci::parse_platform>(0, "platform", "OS/ARCH[/VARIANT]",
                                                                    "Look into the image for this platform"),
};

/// An image that is open, with what its files come from.
struct OpenedFiles {
  remote::OpenedImage image;
  view::ImageFiles files;
};
inline Result<OpenedFiles> open_files(const options::Globals& globals, const remote::RegistryOptions& registry,
                                      const FilesArguments& arguments, const std::string& image) {
  auto registries = TRY(remote::Registries::load(registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  auto opened = TRY(remote::open_image(store, registries, image));
  auto files = TRY(view::ImageFiles::open(*opened.origin, opened.image,
                                          {.platform = arguments.platform, .use_toc = !arguments.no_index}));
  return OpenedFiles{std::move(opened), std::move(files)};
}

}  // namespace gantry::image_cli
