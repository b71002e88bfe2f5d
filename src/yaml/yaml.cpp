#include "yaml/yaml.hpp"

#include "yaml/scanner.hpp"

#include <utility>

namespace gantry::yaml {

namespace {

constexpr int kMaxDepth = 64;

class Parser {
 public:
  Parser(std::string_view text, std::string_view name) : in_(text, name) {}

  Result<std::vector<Node>> documents() {
    std::vector<Node> all;
    while (true) {
      TRY(in_.skip_lines());
      while (in_.peek() == '%' && in_.column() == 0) {
        while (!in_.is_line_end()) in_.advance();
        TRY(in_.skip_lines());
      }
      if (in_.is_end()) return all;
      const bool is_begun = in_.is_marker("---");
      if (is_begun) in_.advance(3);
      if (in_.is_marker("...")) {
        in_.advance(3);
        continue;
      }
      all.push_back(TRY(value(-1)));
      TRY(in_.skip_lines());
      if (!in_.is_end() && !at_marker()) return in_.error("this belongs to nothing before it");
    }
  }

 private:
  bool at_marker() const { return in_.is_marker("---") || in_.is_marker("..."); }
  bool at_dash() const { return in_.peek() == '-' && in_.is_blank(1); }
  /// Behind a key: ": " or ":" at a line's end; in a flow also before what ends a value.
  bool at_colon() const { return in_.peek() == ':' && (in_.is_blank(1) || (flow_ > 0 && is_flow_end(in_.peek(1)))); }
  static bool is_flow_end(char c) { return c == ',' || c == ']' || c == '}' || c == '[' || c == '{'; }

  /// What follows here, or on lines that are indented by more than `parent`.
  Result<Node> value(int parent) {
    if (++depth_ > kMaxDepth) return in_.error("it is nested too deep");
    auto node = value_here(parent);
    --depth_;
    return node;
  }

  Result<Node> value_here(int parent) {
    const int from = in_.line();
    TRY(in_.skip_lines());
    // What begins on a line of its own may be a map or a list, what goes on in a line only a compact one of a list.
    bool is_new_line = in_.line() != from || is_compact_;
    is_compact_ = false;
    if (in_.is_end() || at_marker()) return null_node();
    auto column = static_cast<int>(in_.column());
    const bool is_list_of_key = at_dash() && column == parent && is_in_map_;
    if (is_new_line && column <= parent && !is_list_of_key) return null_node();
    if (parent < 0) is_new_line = true;
    while (in_.peek() == '&' || in_.peek() == '!') {
      while (!in_.is_blank()) in_.advance();
      const int line = in_.line();
      TRY(in_.skip_lines());
      is_new_line = is_new_line || in_.line() != line;
      if (in_.is_end() || at_marker()) return null_node();
      if (in_.line() != line) {
        column = static_cast<int>(in_.column());
        if (column <= parent && !(at_dash() && column == parent && is_in_map_)) return null_node();
      }
    }
    if (at_dash()) {
      if (!is_new_line) return in_.error("a list begins on a line of its own");
      return list(static_cast<int>(in_.column()));
    }
    if (in_.peek() == '?' && in_.is_blank(1)) return no_such_keys();
    if (in_.peek() == '|' || in_.peek() == '>') return block(parent);
    return scalar_or_map(parent, column, is_new_line);
  }

  Error no_such_keys() const {
    return in_.error("keys that are lists or maps are not read").with_code(Code::unsupported);
  }

  Node null_node() const {
    Node node;
    node.line = in_.line();
    node.begin = node.end = in_.at();
    return node;
  }

  Result<Node> block(int parent) {
    Node node{.kind = Node::Kind::scalar, .quoted = true, .begin = in_.at(), .line = in_.line()};
    node.text = TRY(read_block(in_, parent));
    node.end = in_.at();
    return node;
  }

  Result<Node> scalar_or_map(int parent, int column, bool may_be_map) {
    Node first = TRY(atom());
    const std::size_t after = in_.at();
    while (in_.peek() == ' ' || in_.peek() == '\t') in_.advance();
    if (at_colon() && in_.line() == first.line && first.kind == Node::Kind::scalar) {
      if (!may_be_map) return in_.error("a map begins on a line of its own");
      return map(column, std::move(first));
    }
    in_.move_to(after);
    if (first.kind == Node::Kind::scalar && !first.quoted) TRY(continue_plain(first, parent));
    in_.skip_blanks();
    if (!in_.is_line_end()) return in_.error("something follows the value");
    return first;
  }

  /// A scalar of one line, an alias, or a flow.
  Result<Node> atom() {
    Node node{.kind = Node::Kind::scalar, .begin = in_.at(), .line = in_.line()};
    const char c = in_.peek();
    if (c == '[' || c == '{') {
      ++flow_;
      auto made = c == '[' ? flow_list() : flow_map();
      --flow_;
      return made;
    }
    if (c == '"' || c == '\'') {
      node.quoted = true;
      node.text = TRY(c == '"' ? read_double_quoted(in_) : read_single_quoted(in_));
    } else if (c == '*') {
      node.kind = Node::Kind::alias;
      in_.advance();
      while (!in_.is_blank() && !(flow_ > 0 && is_flow_end(in_.peek()))) in_.advance();
      node.text = in_.text().substr(node.begin + 1, in_.at() - node.begin - 1);
    } else if (c == '%' || c == '@' || c == '`') {
      return in_.error("no value begins with this character");
    } else {
      plain();
      node.text = in_.text().substr(node.begin, in_.at() - node.begin);
    }
    node.end = in_.at();
    return node;
  }

  /// Up to what ends a plain scalar in its line, the blanks before that not counted.
  void plain() {
    std::size_t end = in_.at();
    while (!in_.is_line_end() && !at_colon() && !(flow_ > 0 && is_flow_end(in_.peek()))) {
      if (in_.is_blank() && in_.peek(1) == '#') break;
      const bool is_text = !in_.is_blank();
      in_.advance();
      if (is_text) end = in_.at();
    }
    in_.move_to(end);
  }

  /// Further lines of a plain scalar are indented by more than `parent`.
  Result<> continue_plain(Node& node, int parent) {
    while (true) {
      const std::size_t after = in_.at();
      in_.skip_blanks();
      // A comment ends it.
      if (!in_.is_line_end() || in_.text().substr(after, in_.at() - after).contains('#')) break;
      TRY(in_.skip_lines());
      if (in_.is_end() || at_marker() || static_cast<int>(in_.column()) <= parent || in_.peek() == '#') {
        in_.move_to(after);
        break;
      }
      const std::size_t start = in_.at();
      plain();
      node.text += " " + std::string(in_.text().substr(start, in_.at() - start));
      node.end = in_.at();
      while (in_.peek() == ' ') in_.advance();
      if (at_colon()) return in_.error("a map begins on a line of its own");
      in_.move_to(node.end);
    }
    return {};
  }

  Result<Node> map(int column, Node key) {
    Node node{.kind = Node::Kind::map, .begin = key.begin, .line = key.line};
    while (true) {
      in_.advance();  // the colon
      const bool outer = std::exchange(is_in_map_, true);
      auto member = value(column);
      is_in_map_ = outer;
      if (!member) return member;
      if (node.find(key.text) != nullptr) return in_.error("the key '" + key.text + "' is there twice");
      member->key = std::move(key.text);
      node.items.push_back(std::move(*member));
      TRY(in_.skip_lines());
      if (in_.is_end() || at_marker() || static_cast<int>(in_.column()) < column) break;
      if (static_cast<int>(in_.column()) > column || at_dash())
        return in_.error("it is indented in another way than the keys above");
      if (in_.peek() == '?' && in_.is_blank(1)) return no_such_keys();
      key = TRY(atom());
      // An anchor of a key, or "<<: *defaults", which is a key as any other.
      while (in_.peek() == ' ') in_.advance();
      if (!at_colon() || key.kind == Node::Kind::list || key.kind == Node::Kind::map)
        return in_.error("a colon is missing behind the key");
    }
    node.end = in_.at();
    return node;
  }

  Result<Node> list(int column) {
    Node node{.kind = Node::Kind::list, .begin = in_.at(), .line = in_.line()};
    while (true) {
      in_.advance();
      const bool outer = std::exchange(is_in_map_, false);
      is_compact_ = true;
      auto item = value(column);
      is_compact_ = false;
      is_in_map_ = outer;
      if (!item) return item;
      node.items.push_back(std::move(*item));
      TRY(in_.skip_lines());
      if (in_.is_end() || at_marker() || static_cast<int>(in_.column()) < column) break;
      if (!at_dash() && static_cast<int>(in_.column()) == column) break;  // the next key of the map that it is in
      if (!at_dash() || static_cast<int>(in_.column()) != column)
        return in_.error("it is indented in another way than the list above");
    }
    node.end = in_.at();
    return node;
  }

  Result<Node> flow_value() {
    if (++depth_ > kMaxDepth) return in_.error("it is nested too deep");
    TRY(in_.skip_lines());
    while (in_.peek() == '&' || in_.peek() == '!') {
      while (!in_.is_blank() && !is_flow_end(in_.peek())) in_.advance();
      TRY(in_.skip_lines());
    }
    auto node = is_flow_end(in_.peek()) && in_.peek() != '[' && in_.peek() != '{' ? Result<Node>(null_node()) : atom();
    --depth_;
    if (node) TRY(in_.skip_lines());
    return node;
  }

  Result<Node> flow_list() {
    Node node{.kind = Node::Kind::list, .begin = in_.at(), .line = in_.line()};
    in_.advance();
    while (true) {
      TRY(in_.skip_lines());
      if (in_.is_end()) return in_.error("a ] is missing");
      if (in_.peek() == ']') break;
      auto item = TRY(flow_value());
      if (in_.peek() == ':' && item.kind == Node::Kind::scalar) {  // a map of one member
        Node pair{.kind = Node::Kind::map, .begin = item.begin, .line = item.line};
        in_.advance();
        pair.items.push_back(TRY(flow_value()));
        pair.items.back().key = item.text;
        pair.end = pair.items.back().end;
        item = std::move(pair);
      }
      node.items.push_back(std::move(item));
      if (in_.peek() == ',') in_.advance();
      else if (in_.peek() != ']') return in_.error("a , or ] is missing");
    }
    in_.advance();
    node.end = in_.at();
    return node;
  }

  Result<Node> flow_map() {
    Node node{.kind = Node::Kind::map, .begin = in_.at(), .line = in_.line()};
    in_.advance();
    while (true) {
      TRY(in_.skip_lines());
      if (in_.is_end()) return in_.error("a } is missing");
      if (in_.peek() == '}') break;
      auto key = TRY(flow_value());
      if (key.kind != Node::Kind::scalar) return no_such_keys();
      if (node.find(key.text) != nullptr) return in_.error("the key '" + key.text + "' is there twice");
      Node member = null_node();
      // JSON needs no blank behind the colon of a key in quotes.
      if (in_.peek() == ':') {
        in_.advance();
        member = TRY(flow_value());
      }
      member.key = std::move(key.text);
      node.items.push_back(std::move(member));
      if (in_.peek() == ',') in_.advance();
      else if (in_.peek() != '}') return in_.error("a , or } is missing");
    }
    in_.advance();
    node.end = in_.at();
    return node;
  }

  Scanner in_;
  int depth_ = 0;
  int flow_ = 0;             ///< how many [ and { are open
  bool is_in_map_ = false;   ///< the value is a key's, whose list need not be indented
  bool is_compact_ = false;  ///< the value follows "- "
};

}  // namespace

const Node* Node::find(std::string_view name) const {
  for (const auto& item : items)
    if (kind == Kind::map && item.key == name) return &item;
  return nullptr;
}

Result<std::vector<Node>> parse(std::string_view text, std::string_view name) { return Parser(text, name).documents(); }

}  // namespace gantry::yaml
