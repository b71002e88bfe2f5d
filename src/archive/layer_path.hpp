#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace gantry::archive {

/// An entry's path as a plain relative one: "./a//b/" and "/a/b" give "a/b", the root gives "".
/// A ".." in it is Code::invalid: no honest layer has one.
Result<std::string> clean_entry_path(std::string_view path);

/// The folder of a clean path ("" for the root) and its last component.
struct SplitPath {
  std::string_view folder;
  std::string_view name;
};
SplitPath split_path(std::string_view clean);
/// The other way: "a/b" of "a" and "b", "b" of "" and "b".
std::string join_path(std::string_view folder, std::string_view name);

/// What a name says about lower layers (image-spec layer.md, "Whiteouts").
struct Whiteout {
  enum class Type {
    none,
    hide,      ///< ".wh.NAME": `path` of lower layers is gone
    opaque,    ///< ".wh..wh..opq": all that lower layers have in the folder `path` is gone
    metadata,  ///< other names below ".wh..wh.": left over from aufs, to be passed over
  };
  Type type = Type::none;
  std::string path = {};
};
/// Of a clean path. Names that would make a whiteout do something else than hide one name are Code::invalid.
Result<Whiteout> whiteout_of(std::string_view clean);

/// The name of the whiteout that hides a clean path: "a/.wh.b" of "a/b".
std::string whiteout_path(std::string_view clean);

inline constexpr std::string_view kWhiteoutPrefix = ".wh.";
inline constexpr std::string_view kOpaqueName = ".wh..wh..opq";

}  // namespace gantry::archive
