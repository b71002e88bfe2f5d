#pragma once

#include "base/json_options.hpp"
#include "base/result.hpp"

#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

// Tables that tell the codec about types. They are constants: the codec itself is ordinary code in json.cpp, compiled
// once, and a described struct costs a table and an accessor a member.

namespace gantry::json {

enum class Kind : std::uint8_t {
  boolean,
  signed_integer,
  unsigned_integer,
  real,
  string,
  text,  ///< a type with parse() and text()
  enumeration,
  optional,
  list,
  map,
  structure,
  raw,
  unknown,
};

/// Of one struct, its bases' included.
inline constexpr std::size_t kMostMembers = 192;

struct Type;

struct Member {
  const char* identifier;  ///< in C++
  const char* name;        ///< in JSON; null: by the struct's style
  void* (*get)(void* object);
  const Type* type;
  bool required;
};

struct Enumerator {
  const char* identifier;
  const char* name;
  std::int64_t value;
};

using Visit = void (*)(void* visitor, const std::string* key, const void* element);

struct Type {
  Kind kind;
  std::uint8_t size = 0;  ///< of a number or an enum, in bytes
  Style style = Style::standard;
  const char* prefix = "";
  std::span<const Member> members = {};
  std::span<const Enumerator> enumerators = {};

  // Of optionals, lists and maps.
  const Type* element = nullptr;
  /// Makes an element and returns it; null when a map has that key already.
  void* (*add)(void* container, std::string_view key) = nullptr;
  /// `key` is null but for maps.
  void (*each)(const void* container, void* visitor, Visit visit) = nullptr;

  // Of text.
  Result<> (*parse)(void* object, std::string_view text) = nullptr;
  std::string (*format)(const void* object) = nullptr;
};

template <class T>
constexpr Type make_type();

template <class T>
inline constexpr Type kType = make_type<T>();

namespace detail {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};

template <class T>
concept Text = requires(const T& value, std::string_view text) {
  { T::parse(text) } -> std::same_as<Result<T>>;
  { value.text() } -> std::convertible_to<std::string>;
};

template <class T>
constexpr Options options_of() {
  if constexpr (requires { json_options(static_cast<const T*>(nullptr)); }) {
    return json_options(static_cast<const T*>(nullptr));
  } else {
    return {};
  }
}

constexpr bool same(const char* a, const char* b) { return std::string_view(a) == b; }

/// Not constexpr: reaching it while compiling is the error message.
inline void json_options_names_something_that_is_not_a_member() {}

template <class Entry, std::size_t count>
constexpr void check_names(const std::array<Entry, count>& entries, const Options& options) {
  auto check = [&](const char* wanted) {
    if (wanted == nullptr) return;
    for (const auto& entry : entries)
      if (same(entry.identifier, wanted)) return;
    json_options_names_something_that_is_not_a_member();
  };
  for (const auto& rename : options.names) check(rename.member);
  for (const char* required : options.required) check(required);
}

constexpr const char* renamed(const Options& options, const char* identifier) {
  for (const auto& rename : options.names)
    if (rename.member != nullptr && same(rename.member, identifier)) return rename.name;
  return nullptr;
}

constexpr bool is_required(const Options& options, const char* identifier) {
  for (const char* required : options.required)
    if (required != nullptr && same(required, identifier)) return true;
  return false;
}

template <class T, class Described>
constexpr Member make_member(const Options& options) {
  using Value = std::remove_reference_t<decltype(std::declval<T&>().*Described::pointer)>;
  return {Described::name, renamed(options, Described::name),
          [](void* object) -> void* { return &(static_cast<T*>(object)->*Described::pointer); }, &kType<Value>,
          is_required(options, Described::name)};
}

template <class T, template <class...> class List, class... Described>
constexpr auto make_members(List<Described...>) {
  constexpr Options options = options_of<T>();
  std::array<Member, sizeof...(Described)> members{make_member<T, Described>(options)...};
  check_names(members, options);
  return members;
}

template <class T, template <class...> class List, class... Described>
constexpr auto make_enumerators(List<Described...>) {
  constexpr Options options = options_of<T>();
  std::array<Enumerator, sizeof...(Described)> enumerators{
      Enumerator{Described::name, renamed(options, Described::name), static_cast<std::int64_t>(Described::value)}...};
  check_names(enumerators, options);
  return enumerators;
}

template <class T>
inline constexpr auto kMembers = make_members<T>(
    boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>());
template <class T>
inline constexpr auto kEnumerators = make_enumerators<T>(boost::describe::describe_enumerators<T>());

template <class T>
constexpr Type optional_type() {
  using Element = typename T::value_type;
  return {.kind = Kind::optional,
          .element = &kType<Element>,
          .add = [](void* optional, std::string_view) -> void* { return &static_cast<T*>(optional)->emplace(); },
          .each =
              [](const void* optional, void* visitor, Visit visit) {
                if (const T& value = *static_cast<const T*>(optional)) visit(visitor, nullptr, &*value);
              }};
}

template <class T>
constexpr Type list_type() {
  using Element = typename T::value_type;
  static_assert(!std::same_as<Element, bool>, "the elements of std::vector<bool> have no address");
  return {.kind = Kind::list,
          .element = &kType<Element>,
          .add = [](void* list, std::string_view) -> void* { return &static_cast<T*>(list)->emplace_back(); },
          .each =
              [](const void* list, void* visitor, Visit visit) {
                for (const Element& element : *static_cast<const T*>(list)) visit(visitor, nullptr, &element);
              }};
}

template <class T>
constexpr Type map_type() {
  return {.kind = Kind::map,
          .element = &kType<typename T::mapped_type>,
          .add = [](void* map, std::string_view key) -> void* {
            auto [place, is_new] = static_cast<T*>(map)->try_emplace(std::string(key));
            return is_new ? &place->second : nullptr;
          },
          .each =
              [](const void* map, void* visitor, Visit visit) {
                for (const auto& [key, element] : *static_cast<const T*>(map)) visit(visitor, &key, &element);
              }};
}

template <class T>
constexpr Type text_type() {
  return {.kind = Kind::text,
          .parse = [](void* object, std::string_view text) -> Result<> {
            *static_cast<T*>(object) = TRY(T::parse(text));
            return {};
          },
          .format = [](const void* object) -> std::string { return static_cast<const T*>(object)->text(); }};
}

template <class T>
constexpr Type struct_type() {
  static_assert(kMembers<T>.size() <= kMostMembers, "the codec marks members in a bitset");
  return {.kind = Kind::structure, .style = options_of<T>().style, .members = kMembers<T>};
}

template <class T>
constexpr Type enum_type() {
  constexpr Options options = options_of<T>();
  return {.kind = Kind::enumeration,
          .size = sizeof(T),
          .style = options.style == Style::standard ? Style::snake : options.style,
          .prefix = options.prefix,
          .enumerators = kEnumerators<T>};
}

}  // namespace detail

template <class T>
constexpr Type make_type() {
  if constexpr (std::same_as<T, bool>) return {.kind = Kind::boolean};
  else if constexpr (std::signed_integral<T>) return {.kind = Kind::signed_integer, .size = sizeof(T)};
  else if constexpr (std::unsigned_integral<T>) return {.kind = Kind::unsigned_integer, .size = sizeof(T)};
  else if constexpr (std::same_as<T, double>) return {.kind = Kind::real};
  else if constexpr (std::same_as<T, std::string>) return {.kind = Kind::string};
  else if constexpr (std::same_as<T, Raw>) return {.kind = Kind::raw};
  else if constexpr (std::same_as<T, Unknown>) return {.kind = Kind::unknown};
  else if constexpr (std::is_enum_v<T>) return detail::enum_type<T>();
  else if constexpr (detail::IsOptional<T>::value) return detail::optional_type<T>();
  else if constexpr (detail::IsList<T>::value) return detail::list_type<T>();
  else if constexpr (detail::IsMap<T>::value) return detail::map_type<T>();
  else if constexpr (detail::Text<T>) return detail::text_type<T>();
  else return detail::struct_type<T>();
}

}  // namespace gantry::json
