#include "base/json.hpp"
#include "base/json_name.hpp"
#include "base/json_number.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <bitset>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace gantry::json {

namespace {

using boost::json::error_code;

constexpr std::size_t kMaxDepth = 64;

/// Where a value goes.
struct Slot {
  const Type* type = nullptr;
  void* object = nullptr;
};

/// Members of a struct, by their place in its table.
using MemberSet = std::bitset<kMostMembers>;

/// An object or a list that is being read into a struct, a map or a vector.
struct Frame {
  Slot slot;
  const Member* member = nullptr;  ///< of a struct: the one whose value comes next
  Slot element;                    ///< of a map: likewise
  std::string key;                 ///< of a map: likewise, for the path in errors
  std::size_t count = 0;           ///< of a list: elements so far
  MemberSet seen;                  ///< of a struct
  MemberSet given;                 ///< those of them that were not null
};

void append_pointer(std::string& path, std::string_view step) {
  path += '/';
  for (char c : step) {  // RFC 6901
    if (c == '~') path += "~0";
    else if (c == '/') path += "~1";
    else path += c;
  }
}

const Member* find_member(const Type& type, std::string_view name) {
  for (const Member& member : type.members)
    if (member.type->kind != Kind::unknown && is_named(type, member, name)) return &member;
  return nullptr;
}

Unknown* unknown_of(const Slot& structure) {
  for (const Member& member : structure.type->members)
    if (member.type->kind == Kind::unknown) return static_cast<Unknown*>(member.get(structure.object));
  return nullptr;
}

std::size_t index_of(const Type& structure, const Member& member) {
  return static_cast<std::size_t>(&member - structure.members.data());
}

std::string_view wanted(const Type& type) {
  switch (type.kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::signed_integer:
    case Kind::unsigned_integer:
      return "a whole number";
    case Kind::real:
      return "a number";
    case Kind::string:
    case Kind::text:
    case Kind::enumeration:
      return "a string";
    case Kind::list:
      return "a list";
    default:
      return "an object";
  }
}

/// Handler of Boost.JSON's parser, which calls it for each token. Returning false ends the parse; `problem` has the
/// reason then.
class Decoder {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  Decoder(Slot root, std::string_view name) : root_(root), name_(name) {}

  std::optional<Error> problem;

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_comment_part(std::string_view, error_code&) { return true; }
  bool on_comment(std::string_view, error_code&) { return true; }
  bool on_number_part(std::string_view, error_code&) { return true; }  // the document is one part

  bool on_object_begin(error_code& ec) { return begin(Kind::structure, '{', ec); }
  bool on_object_end(std::size_t, error_code& ec);
  bool on_array_begin(error_code& ec) { return begin(Kind::list, '[', ec); }
  bool on_array_end(std::size_t, error_code&);

  bool on_key_part(std::string_view part, std::size_t, error_code&) { return collect(part); }
  bool on_key(std::string_view part, std::size_t, error_code& ec);
  bool on_string_part(std::string_view part, std::size_t, error_code&) { return collect(part); }
  bool on_string(std::string_view part, std::size_t, error_code& ec);
  bool on_int64(std::int64_t number, std::string_view, error_code& ec) {
    const auto bits = static_cast<std::uint64_t>(number);
    return number < 0 ? on_integer(0 - bits, true, ec) : on_integer(bits, false, ec);
  }
  bool on_uint64(std::uint64_t number, std::string_view, error_code& ec) { return on_integer(number, false, ec); }
  bool on_double(double number, std::string_view text, error_code& ec);
  bool on_bool(bool value, error_code& ec);
  bool on_null(error_code& ec);

 private:
  bool begin(Kind kind, char bracket, error_code& ec);
  bool on_integer(std::uint64_t magnitude, bool negative, error_code& ec);
  bool take_string(const Slot& slot, std::string_view text, error_code& ec);
  bool take_key(Frame& frame, std::string_view key, error_code& ec);

  Slot next_slot();
  bool refuse_type(const Slot& slot, std::string_view found, error_code& ec);
  bool refuse(error_code& ec, std::string_view text, const Frame* without = nullptr);
  std::string path(const Frame* without) const;

  bool collect(std::string_view part) {
    text_ += part;
    return true;
  }
  std::string_view whole(std::string_view part) {
    if (text_.empty()) return part;
    return text_ += part;
  }

  /// A value that is carried or ignored: its tokens are copied, or not, until it ends.
  bool is_foreign() const { return foreign_depth_ > 0 || foreign_next_; }
  void start_foreign(std::string* copy) {
    foreign_next_ = true;
    copy_ = copy;
  }
  bool copy(std::string_view token, int deeper = 0);
  bool copy_string(std::string_view text);

  Slot root_;
  std::string_view name_;
  std::vector<Frame> frames_;
  std::string text_;  ///< earlier parts of a key or string that has escapes
  bool foreign_next_ = false;
  int foreign_depth_ = 0;
  std::string* copy_ = nullptr;
};

bool Decoder::refuse(error_code& ec, std::string_view text, const Frame* without) {
  const std::string where = path(without);
  problem = fail(Code::invalid, "{}: {}{}{}", name_, where, where.empty() ? "" : ": ", text);
  ec = boost::json::error::exception;  // any: `problem` is what counts
  return false;
}

bool Decoder::refuse_type(const Slot& slot, std::string_view found, error_code& ec) {
  return refuse(ec, fmt::format("expected {}, found {}", wanted(*slot.type), found));
}

/// The JSON pointer of the value that is being read, or of the object in the frame `without`.
std::string Decoder::path(const Frame* without) const {
  std::string path;
  for (const Frame& frame : frames_) {
    if (&frame == without) break;
    if (frame.slot.type->kind == Kind::list) append_pointer(path, std::to_string(frame.count - 1));
    else if (frame.slot.type->kind == Kind::map) append_pointer(path, frame.key);
    else if (frame.member != nullptr) append_pointer(path, name_of(*frame.slot.type, *frame.member));
  }
  return path;
}

/// The place of the value that starts here. A raw one becomes foreign.
Slot Decoder::next_slot() {
  Slot slot = root_;
  if (!frames_.empty()) {
    Frame& frame = frames_.back();
    const Type& type = *frame.slot.type;
    if (type.kind == Kind::list) {
      slot = {type.element, type.add(frame.slot.object, {})};
      ++frame.count;
    } else if (type.kind == Kind::map) {
      slot = frame.element;
    } else {
      slot = {frame.member->type, frame.member->get(frame.slot.object)};
      frame.given.set(index_of(type, *frame.member));
    }
  }
  while (slot.type->kind == Kind::optional) slot = {slot.type->element, slot.type->add(slot.object, {})};
  if (slot.type->kind == Kind::raw) start_foreign(&static_cast<Raw*>(slot.object)->text);
  return slot;
}

bool Decoder::copy(std::string_view token, int deeper) {
  if (copy_ != nullptr) {
    const char last = copy_->empty() ? '[' : copy_->back();
    const bool closes = token == "}" || token == "]";
    if (last != '[' && last != '{' && last != ':' && !closes) *copy_ += ',';
    *copy_ += token;
  }
  foreign_next_ = false;
  foreign_depth_ += deeper;
  return true;
}

bool Decoder::copy_string(std::string_view text) {
  std::string quoted;
  if (copy_ != nullptr) append_quoted(quoted, text);
  return copy(quoted);
}

bool Decoder::begin(Kind kind, char bracket, error_code& ec) {
  Slot slot;
  if (!is_foreign()) slot = next_slot();
  if (is_foreign()) return copy({&bracket, 1}, +1);
  const Kind found = slot.type->kind == Kind::map ? Kind::structure : slot.type->kind;
  if (found != kind) return refuse_type(slot, kind == Kind::list ? "a list" : "an object", ec);
  frames_.push_back({.slot = slot});
  return true;
}

bool Decoder::on_object_end(std::size_t, error_code& ec) {
  if (foreign_depth_ > 0) return copy("}", -1);
  Frame& frame = frames_.back();
  const Type& type = *frame.slot.type;
  for (const Member& member : type.members)
    if (member.required && !frame.given[index_of(type, member)])
      return refuse(ec, fmt::format("the member '{}' is missing", name_of(type, member)), &frame);
  frames_.pop_back();
  return true;
}

bool Decoder::on_array_end(std::size_t, error_code&) {
  if (foreign_depth_ > 0) return copy("]", -1);
  frames_.pop_back();
  return true;
}

bool Decoder::on_key(std::string_view part, std::size_t, error_code& ec) {
  const std::string_view key = whole(part);
  bool taken = true;
  if (foreign_depth_ > 0) {
    copy_string(key);
    if (copy_ != nullptr) *copy_ += ':';
  } else {
    taken = take_key(frames_.back(), key, ec);
  }
  text_.clear();
  return taken;
}

bool Decoder::take_key(Frame& frame, std::string_view key, error_code& ec) {
  auto twice = [&] { return refuse(ec, fmt::format("the member '{}' is there twice", key), &frame); };
  if (key.find('\0') != std::string_view::npos) return refuse(ec, "the name of a member contains NUL", &frame);
  const Type& type = *frame.slot.type;
  if (type.kind == Kind::map) {
    void* element = type.add(frame.slot.object, key);
    if (element == nullptr) return twice();
    frame.key = key;
    frame.element = {type.element, element};
    return true;
  }
  frame.member = find_member(type, key);
  if (frame.member != nullptr) {
    const std::size_t index = index_of(type, *frame.member);
    if (frame.seen[index]) return twice();
    frame.seen.set(index);
    return true;
  }
  std::string* copy = nullptr;
  if (Unknown* unknown = unknown_of(frame.slot)) {
    auto [place, is_new] = unknown->members.try_emplace(std::string(key));
    if (!is_new) return twice();
    copy = &place->second.text;
  }
  start_foreign(copy);
  return true;
}

bool Decoder::on_string(std::string_view part, std::size_t, error_code& ec) {
  const std::string_view text = whole(part);
  Slot slot;
  if (!is_foreign()) slot = next_slot();
  const bool taken = is_foreign() ? copy_string(text) : take_string(slot, text, ec);
  text_.clear();
  return taken;
}

bool Decoder::take_string(const Slot& slot, std::string_view text, error_code& ec) {
  const Type& type = *slot.type;
  if (type.kind != Kind::string && type.kind != Kind::text && type.kind != Kind::enumeration)
    return refuse_type(slot, "a string", ec);
  if (text.find('\0') != std::string_view::npos) return refuse(ec, "the string contains NUL");
  if (type.kind == Kind::string) {
    *static_cast<std::string*>(slot.object) = text;
    return true;
  }
  if (type.kind == Kind::text) {
    auto parsed = type.parse(slot.object, text);
    return parsed || refuse(ec, parsed.error().message());
  }
  for (const Enumerator& enumerator : type.enumerators) {
    if (!is_named(type, enumerator, text)) continue;
    store_integer(slot.object, type.size, static_cast<std::uint64_t>(enumerator.value));
    return true;
  }
  std::string names;
  for (const Enumerator& enumerator : type.enumerators)
    names += (names.empty() ? "" : ", ") + name_of(type, enumerator);
  return refuse(ec, fmt::format("'{}' is not one of {}", text, names));
}

/// The number is `magnitude` or its negative.
bool Decoder::on_integer(std::uint64_t magnitude, bool negative, error_code& ec) {
  Slot slot;
  if (!is_foreign()) slot = next_slot();
  if (is_foreign()) return copy(fmt::format("{}{}", negative ? "-" : "", magnitude));
  const Type& type = *slot.type;
  if (type.kind == Kind::real) {
    const double number = static_cast<double>(magnitude);
    *static_cast<double*>(slot.object) = negative ? -number : number;
    return true;
  }
  if (type.kind != Kind::signed_integer && type.kind != Kind::unsigned_integer)
    return refuse_type(slot, "a number", ec);
  const bool is_signed = type.kind == Kind::signed_integer;
  const std::uint64_t most = ~std::uint64_t{0} >> (64 - 8 * type.size + (is_signed ? 1 : 0));
  const std::uint64_t limit = !negative ? most : is_signed ? most + 1 : 0;
  if (magnitude > limit) {
    const std::string least = is_signed ? fmt::format("-{}", most + 1) : "0";
    return refuse(ec, fmt::format("{}{} is not in the range {} to {}", negative ? "-" : "", magnitude, least, most));
  }
  store_integer(slot.object, type.size, negative ? 0 - magnitude : magnitude);
  return true;
}

bool Decoder::on_double(double number, std::string_view text, error_code& ec) {
  Slot slot;
  if (!is_foreign()) slot = next_slot();
  if (is_foreign()) return copy(text);
  if (slot.type->kind == Kind::signed_integer || slot.type->kind == Kind::unsigned_integer)
    return refuse(ec, fmt::format("'{}' is not a whole number, or too large", text));
  if (slot.type->kind != Kind::real) return refuse_type(slot, "a number", ec);
  // The parser's own value may be off by one in the last place.
  std::from_chars(text.data(), text.data() + text.size(), number);
  *static_cast<double*>(slot.object) = number;
  return true;
}

bool Decoder::on_bool(bool value, error_code& ec) {
  Slot slot;
  if (!is_foreign()) slot = next_slot();
  if (is_foreign()) return copy(value ? "true" : "false");
  if (slot.type->kind != Kind::boolean) return refuse_type(slot, value ? "true" : "false", ec);
  *static_cast<bool*>(slot.object) = value;
  return true;
}

/// Go writes nil slices, maps and pointers as null: such a member is absent, such an element is empty.
bool Decoder::on_null(error_code& ec) {
  if (is_foreign()) return copy("null");
  if (frames_.empty()) return refuse_type(root_, "null", ec);
  Frame& frame = frames_.back();
  const Type& type = *frame.slot.type;
  if (type.kind == Kind::structure) return true;
  if (type.kind == Kind::list) {
    type.add(frame.slot.object, {});
    ++frame.count;
  }
  switch (type.element->kind) {
    case Kind::optional:
    case Kind::list:
    case Kind::map:
    case Kind::structure:
    case Kind::raw:
      return true;
    default:
      return refuse_type({type.element}, "null", ec);
  }
}

/// "line 3, column 14" of a place in a text, counted from 1, columns in bytes.
std::string place_of(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const auto newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? at : at - newline - 1;
  return fmt::format("line {}, column {}", 1 + std::count(before.begin(), before.end(), '\n'), column + 1);
}

std::string_view reason_of(const error_code& ec) {
  if (ec == boost::json::error::incomplete) return "the document ends too early";
  if (ec == boost::json::error::extra_data) return "something follows the document";
  if (ec == boost::json::error::too_deep) return "lists and objects are nested too deep";
  if (ec == boost::json::error::exponent_overflow) return "the exponent of the number is too large";
  if (ec == boost::json::error::expected_hex_digit || ec == boost::json::error::expected_utf16_escape ||
      ec == boost::json::error::illegal_leading_surrogate || ec == boost::json::error::illegal_trailing_surrogate)
    return "a \\u escape is not a character";
  return "this is not JSON";
}

}  // namespace

Result<> detail::decode(const Type& type, void* object, std::string_view text, std::string_view name) {
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::basic_parser<Decoder> parser(options, Slot{&type, object}, name);
  error_code ec;
  const std::size_t end = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && end < text.size()) ec = boost::json::error::extra_data;
  if (!ec) return {};
  if (parser.handler().problem) return std::move(*parser.handler().problem);
  return fail(Code::invalid, "{}: {}: {}", name, place_of(text, end), reason_of(ec));
}

}  // namespace gantry::json
