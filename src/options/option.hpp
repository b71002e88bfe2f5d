#pragma once

#include "options/value.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::options {

/// What a word names, for completion in a shell.
enum class Completes : std::uint8_t { nothing, files, folders, containers, running, images, volumes };

/// One option: a row of a constexpr table, made by flag<> and option<>.
struct Option {
  char letter = 0;         ///< `-x`; 0: it has none
  std::string_view name;   ///< `--name`
  std::string_view value;  ///< what help calls the value; "a|b|c" names all there are; empty: a flag
  std::string_view help;   ///< one line
  Result<> (*set)(void* target, std::string_view word) = nullptr;
  std::string_view owner;  ///< identity of the struct that `set` writes into
  bool repeats = false;    ///< every use adds a value
  std::string_view bare;   ///< not empty: what `--name` alone means; a value then needs `=`
  std::string_view second_name = {};
  Completes completes = Completes::nothing;
  bool hidden = false;  ///< from help, completion and the man page

 private:
  template <class T>
  consteval Option with(T Option::*member, T value) const {
    Option copy = *this;
    copy.*member = value;
    return copy;
  }

 public:
  consteval Option also(std::string_view other) const { return with(&Option::second_name, other); }
  consteval Option completing(Completes what) const { return with(&Option::completes, what); }
  consteval Option alone(std::string_view word) const { return with(&Option::bare, word); }
  consteval Option unlisted() const { return with(&Option::hidden, true); }
};

namespace detail {

/// A name that no other type has. (Not an address: g++ 12 with UBSan takes no comparison of addresses for constant.)
template <class T>
consteval std::string_view identity() {
  return __PRETTY_FUNCTION__;
}

template <class T>
struct MemberOf;
template <class S, class T>
struct MemberOf<T S::*> {
  using Owner = S;
  using Type = T;
};

/// The type that one word gives: that of a list's items, or of what an optional holds.
template <class T>
struct Item {
  using Type = T;
  static constexpr bool kList = false;
};
template <class T>
struct Item<std::optional<T>> : Item<T> {};
template <class T>
struct Item<std::vector<T>> {
  using Type = T;
  static constexpr bool kList = true;
};

template <class T>
consteval auto default_reader() {
  if constexpr (std::is_same_v<T, bool>) return &read_flag;
  else if constexpr (std::is_same_v<T, std::string>) return &read_text;
  else if constexpr (std::is_same_v<T, double>) return &read_decimal;
  else {
    static_assert(std::is_same_v<T, std::int64_t>, "name a reader for this type");
    return &read_integer;
  }
}

template <auto Member>
using ItemOf = Item<typename MemberOf<decltype(Member)>::Type>;

template <auto Member, auto Reader>
Result<> set(void* target, std::string_view word) {
  auto& place = static_cast<typename MemberOf<decltype(Member)>::Owner*>(target)->*Member;
  auto value = TRY(Reader(word));
  if constexpr (ItemOf<Member>::kList) place.push_back(std::move(value));
  else place = std::move(value);
  return {};
}

}  // namespace detail

/// An option with a value, kept in `Member`: a string, number, optional or, when it may be repeated, a vector.
template <auto Member, auto Reader = detail::default_reader<typename detail::ItemOf<Member>::Type>()>
consteval Option option(char letter, std::string_view name, std::string_view value, std::string_view help) {
  using Owner = typename detail::MemberOf<decltype(Member)>::Owner;
  return {
      letter, name, value, help, &detail::set<Member, Reader>, detail::identity<Owner>(), detail::ItemOf<Member>::kList,
      {}};
}

/// A switch, kept in a bool or optional<bool>: `--name`, `--name=false`.
template <auto Member>
consteval Option flag(char letter, std::string_view name, std::string_view help) {
  return option<Member>(letter, name, "", help).alone("true");
}

/// Options that write into one struct: the arguments of a command, or a part of them.
struct Group {
  std::string_view title;  ///< of the section in help; empty: "Options"
  std::span<const Option> options;
  std::string_view owner;                    ///< identity of the struct that holds the part
  void* (*part)(void* arguments) = nullptr;  ///< null: the arguments themselves
};

template <std::size_t N>
consteval Group group(const Option (&options)[N], std::string_view title = {}) {
  for (const auto& option : options)
    if (option.owner != options[0].owner) throw "the options of a group write into different structs";
  return {title, options, options[0].owner, nullptr};
}

/// A group for the member `Part` of the arguments, so that commands share a table of options.
template <auto Part, std::size_t N>
consteval Group group(const Option (&options)[N], std::string_view title = {}) {
  using Owner = typename detail::MemberOf<decltype(Part)>::Owner;
  using Type = typename detail::MemberOf<decltype(Part)>::Type;
  for (const auto& option : options)
    if (option.owner != detail::identity<Type>()) throw "an option of the group writes into another struct";
  return {title, options, detail::identity<Owner>(),
          [](void* arguments) -> void* { return &(static_cast<Owner*>(arguments)->*Part); }};
}

/// Likewise for the member `Inner` of the member `Part`.
template <auto Part, auto Inner, std::size_t N>
consteval Group group(const Option (&options)[N], std::string_view title = {}) {
  using Owner = typename detail::MemberOf<decltype(Part)>::Owner;
  using Type = typename detail::MemberOf<decltype(Inner)>::Type;
  for (const auto& option : options)
    if (option.owner != detail::identity<Type>()) throw "an option of the group writes into another struct";
  return {title, options, detail::identity<Owner>(),
          [](void* arguments) -> void* { return &((static_cast<Owner*>(arguments)->*Part).*Inner); }};
}

}  // namespace gantry::options
