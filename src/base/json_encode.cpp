#include "base/json.hpp"
#include "base/json_name.hpp"
#include "base/json_number.hpp"

#include <cmath>

namespace gantry::json {

namespace {

/// The bytes of the UTF-8 sequence at the front of `text`; 0 when it is none (RFC 3629: no overlong form, surrogate or
/// value past U+10FFFF).
std::size_t utf8_length(std::string_view text) {
  auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u; };
  auto continues = [&](std::size_t at, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(at) >= low && byte(at) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    return continues(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf) && continues(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool second = continues(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
    return second && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  }
}

class Encoder {
 public:
  explicit Encoder(bool pretty) : pretty_(pretty) {}

  void write(const Type& type, const void* object);
  std::string take() && { return std::move(out_); }

 private:
  void write_container(const Type& type, const void* object);
  void write_struct(const Type& type, const void* object);
  void write_enum(const Type& type, const void* object);
  void write_unknown(const Unknown& unknown);
  void write_real(double number);

  void open(char bracket) {
    out_ += bracket;
    ++depth_;
    first_ = true;
  }
  /// Before each element.
  void next() {
    if (!first_) out_ += ',';
    first_ = false;
    new_line();
  }
  void key(std::string_view name) {
    next();
    append_quoted(out_, name);
    out_ += pretty_ ? ": " : ":";
  }
  void close(char bracket) {
    --depth_;
    if (!first_) new_line();
    first_ = false;
    out_ += bracket;
  }
  void new_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  bool pretty_;
  bool first_ = true;
  std::size_t depth_ = 0;
  std::string out_;
};

/// Whether a value says nothing, so that a member that holds it may be left out. Numbers and enums always speak.
bool is_empty(const Type& type, const void* object) {
  switch (type.kind) {
    case Kind::boolean:
      return !load<bool>(object);
    case Kind::string:
      return static_cast<const std::string*>(object)->empty();
    case Kind::raw:
      return static_cast<const Raw*>(object)->text.empty();
    case Kind::text:
      return type.format(object).empty();
    case Kind::unknown:
      return static_cast<const Unknown*>(object)->members.empty();
    case Kind::structure: {
      for (const Member& member : type.members) {
        // The accessors serve decoding too and take what may be written; this does not write.
        if (member.required || !is_empty(*member.type, member.get(const_cast<void*>(object)))) return false;
      }
      return true;
    }
    case Kind::optional:
    case Kind::list:
    case Kind::map: {
      bool empty = true;
      type.each(object, &empty,
                [](void* result, const std::string*, const void*) { *static_cast<bool*>(result) = false; });
      return empty;
    }
    default:
      return false;
  }
}

void Encoder::write(const Type& type, const void* object) {
  switch (type.kind) {
    case Kind::boolean:
      out_ += load<bool>(object) ? "true" : "false";
      return;
    case Kind::signed_integer:
      fmt::format_to(std::back_inserter(out_), "{}", load_signed(object, type.size));
      return;
    case Kind::unsigned_integer:
      fmt::format_to(std::back_inserter(out_), "{}", load_unsigned(object, type.size));
      return;
    case Kind::real:
      return write_real(load<double>(object));
    case Kind::string:
      return append_quoted(out_, *static_cast<const std::string*>(object));
    case Kind::text:
      return append_quoted(out_, type.format(object));
    case Kind::enumeration:
      return write_enum(type, object);
    case Kind::raw: {
      const std::string& text = static_cast<const Raw*>(object)->text;
      out_ += text.empty() ? "null" : text;
      return;
    }
    case Kind::optional:
    case Kind::list:
    case Kind::map:
      return write_container(type, object);
    case Kind::structure:
      return write_struct(type, object);
    case Kind::unknown:
      open('{');
      write_unknown(*static_cast<const Unknown*>(object));
      return close('}');
  }
}

void Encoder::write_real(double number) {
  // JSON has no word for infinity and NaN.
  if (std::isfinite(number)) fmt::format_to(std::back_inserter(out_), "{}", number);
  else out_ += "null";
}

void Encoder::write_enum(const Type& type, const void* object) {
  const std::int64_t value = load_signed(object, type.size);
  for (const Enumerator& enumerator : type.enumerators)
    if (enumerator.value == value) return append_quoted(out_, name_of(type, enumerator));
  out_ += "null";
}

void Encoder::write_container(const Type& type, const void* object) {
  struct Visitor {
    Encoder& encoder;
    const Type& element;
    bool is_list;
    bool is_empty;
  };
  Visitor visitor{*this, *type.element, type.kind == Kind::list, true};
  if (type.kind == Kind::list) open('[');
  if (type.kind == Kind::map) open('{');
  type.each(object, &visitor, [](void* context, const std::string* key, const void* element) {
    auto& visitor = *static_cast<Visitor*>(context);
    visitor.is_empty = false;
    if (key != nullptr) visitor.encoder.key(*key);
    if (visitor.is_list) visitor.encoder.next();
    visitor.encoder.write(visitor.element, element);
  });
  if (type.kind == Kind::list) close(']');
  if (type.kind == Kind::map) close('}');
  if (type.kind == Kind::optional && visitor.is_empty) out_ += "null";
}

void Encoder::write_struct(const Type& type, const void* object) {
  open('{');
  for (const Member& member : type.members) {
    const void* value = member.get(const_cast<void*>(object));
    if (member.type->kind == Kind::unknown) {
      write_unknown(*static_cast<const Unknown*>(value));
    } else if (member.required || !is_empty(*member.type, value)) {
      key(name_of(type, member));
      write(*member.type, value);
    }
  }
  close('}');
}

void Encoder::write_unknown(const Unknown& unknown) {
  for (const auto& [name, raw] : unknown.members) {
    key(name);
    out_ += raw.text.empty() ? "null" : raw.text;
  }
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const char c = text.front();
    if (length == 0) out += "\xef\xbf\xbd";
    else if (length == 1 && (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\')) append_escaped(out, c);
    else out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

std::string detail::encode(const Type& type, const void* object, bool pretty) {
  Encoder encoder(pretty);
  encoder.write(type, object);
  std::string text = std::move(encoder).take();
  if (pretty) text += '\n';
  return text;
}

}  // namespace gantry::json
