#pragma once

#include <map>
#include <string>

// What a described struct needs to say about its JSON form. Without Boost.JSON and without the codec, so that the
// headers of data types stay cheap to include.

namespace gantry::json {

/// A value that is carried and not interpreted, as JSON text; empty: absent.
struct Raw {
  std::string text;
  bool operator==(const Raw&) const = default;
};

/// A struct with a member of this type keeps the members that it does not know, and they are written again.
struct Unknown {
  std::map<std::string, Raw> members;
  bool operator==(const Unknown&) const = default;
};

/// How the C++ name `kernel_limit` reads in JSON. An underscore at the end, as in `default_`, is not part of the name.
enum class Style {
  standard,  ///< of a member: kernelLimit; of an enumerator: kernel_limit
  pascal,    ///< KernelLimit
  snake,     ///< kernel_limit
  upper,     ///< KERNEL_LIMIT
};

/// A name that does not follow the style.
struct Rename {
  const char* member = nullptr;
  const char* name = nullptr;
};

/// Found by a function beside the described type; the compiler refuses names that are not its members:
///   constexpr json::Options json_options(const Platform*) {
///     return {.names = {{"os_version", "os.version"}}, .required = {"architecture", "os"}};
///   }
struct Options {
  Style style = Style::standard;
  const char* prefix = "";  ///< in front of an enumerator's name, as "SCMP_ACT_"
  Rename names[8] = {};     ///< members by their C++ name, or enumerators
  /// Members, by their C++ name, without which a document is refused. They are written even when empty; of the
  /// others, absent optionals, empty strings, lists, maps and structs, and `false` are left out.
  const char* required[8] = {};
};

}  // namespace gantry::json
