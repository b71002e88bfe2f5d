#include "yaml/yaml.hpp"

#include <gtest/gtest.h>

namespace gantry::yaml {

namespace {

/// A node as JSON has it; scalars in quotes, an alias as *name.
std::string shown(const Node& node) {
  std::string text;
  switch (node.kind) {
    case Node::Kind::null:
      return "null";
    case Node::Kind::alias:
      return "*" + node.text;
    case Node::Kind::scalar:
      return '"' + node.text + '"';
    case Node::Kind::list:
      for (const auto& item : node.items) text += (text.empty() ? "" : ",") + shown(item);
      return "[" + text + "]";
    case Node::Kind::map:
      for (const auto& item : node.items) text += (text.empty() ? "" : ",") + item.key + ":" + shown(item);
      return "{" + text + "}";
  }
  return text;
}

std::string read(std::string_view text) {
  auto documents = parse(text, "x.yaml");
  if (!documents) return documents.error().message();
  std::string all;
  for (const auto& document : *documents) all += (all.empty() ? "" : " ") + shown(document);
  return all;
}

}  // namespace

TEST(Yaml, MapsAndListsNestByTheirIndentation) {
  EXPECT_EQ(read("a: 1\nb:\n  c: x y\n  d:\n    - 1\n    - e: 2\n      f: 3\n    -\n      g: 4\nh:\n"),
            R"({a:"1",b:{c:"x y",d:["1",{e:"2",f:"3"},{g:"4"}]},h:null})");
  EXPECT_EQ(read("a:\n- 1\n- b:\n  - 2\n  c: 3\nd: 4\n"), R"({a:["1",{b:["2"],c:"3"}],d:"4"})");
  EXPECT_EQ(read("- - 1\n  - 2\n- 3\n"), R"([["1","2"],"3"])");
  EXPECT_EQ(read("-\n- 1\n"), R"([null,"1"])");
  EXPECT_EQ(read("a:\nb:\n  \n"), "{a:null,b:null}");
}

TEST(Yaml, CommentsAreNoPartOfValues) {
  EXPECT_EQ(read("# one\na: b # two\n  # three\nc: d#e\nf: 'g # h' # i\n"), R"({a:"b",c:"d#e",f:"g # h"})");
}

TEST(Yaml, QuotesAndEscapes) {
  EXPECT_EQ(read(R"(a: "x\ty\u00e9\x41")"), "{a:\"x\ty\xc3\xa9\x41\"}");
  EXPECT_EQ(read("a: 'it''s: #1'\n'b c': d\n"), R"({a:"it's: #1",b c:"d"})");
  EXPECT_EQ(read("a: \"one\n  two\n\n  three\"\n"), "{a:\"one two\nthree\"}");
  EXPECT_EQ(read("a: 127.0.0.1:5000/app:1\n"), R"({a:"127.0.0.1:5000/app:1"})");
}

TEST(Yaml, BlocksOfText) {
  EXPECT_EQ(read("a: |\n  image: no\n   more\n\n  end\nb: 1\n"), "{a:\"image: no\n more\n\nend\n\",b:\"1\"}");
  EXPECT_EQ(read("a: |-\n  x\nb: >\n  y\n  z\n"), "{a:\"x\",b:\"y z\n\"}");
  EXPECT_EQ(read("- |+\n  x\n\n- y\n"), "[\"x\n\n\",\"y\"]");
  EXPECT_EQ(read("a: |\n"), R"({a:""})");
}

TEST(Yaml, FlowsAsJson) {
  EXPECT_EQ(read(R"({"a":[1, "b", {c: d}], e: [], f: {}})"), R"({a:["1","b",{c:"d"}],e:[],f:{}})");
  EXPECT_EQ(read("a: [x,\n  y, # z\n  ]\nb: {image: app:1}\n"), R"({a:["x","y"],b:{image:"app:1"}})");
}

TEST(Yaml, DocumentsAnchorsTagsAndAliases) {
  EXPECT_EQ(read("%YAML 1.2\n---\na: &x 1\nb: *x\n---\n- !t 2\n...\n"), R"({a:"1",b:*x} ["2"])");
  EXPECT_EQ(read("a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n"), R"({a:{b:"1"},c:{<<:*x,d:"2"}})");
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("--- \n"), "null");
}

TEST(Yaml, LongPlainValuesGoOnInTheNextLine) { EXPECT_EQ(read("a: one\n  two\nb: 3\n"), R"({a:"one two",b:"3"})"); }

TEST(Yaml, APlaceIsThatOfTheWholeScalar) {
  const std::string text = "a:\r\n  - image: \"b:1\"  # c\r\n    d: e f   \r\n";
  auto documents = parse(text, "x");
  ASSERT_TRUE(documents) << documents.error().message();
  const Node& item = documents->at(0).find("a")->items.at(0);
  const Node& image = *item.find("image");
  EXPECT_EQ(text.substr(image.begin, image.end - image.begin), "\"b:1\"");
  EXPECT_EQ(image.line, 2);
  const Node& other = *item.find("d");
  EXPECT_EQ(text.substr(other.begin, other.end - other.begin), "e f");
}

TEST(Yaml, ErrorsSayTheLine) {
  EXPECT_EQ(read("a: 1\nb: c: d\n"), "x.yaml: line 2: a map begins on a line of its own");
  EXPECT_EQ(read("a: 1\na: 2\n"), "x.yaml: line 2: the key 'a' is there twice");
  EXPECT_EQ(read("a:\n\t- 1\n"), "x.yaml: line 2: it is indented by a tab");
  EXPECT_NE(read("a: \"b").find("a quote is missing"), std::string::npos);
  EXPECT_NE(read("a: [1, 2").find("missing"), std::string::npos);
  EXPECT_NE(read("? [a]\n: b\n").find("lists or maps"), std::string::npos);
  EXPECT_NE(read("a: 1\n  b: 2\n").find("line"), std::string::npos);
  EXPECT_NE(read("  a: 1\n b: 2\n").find("belongs to nothing"), std::string::npos);
  EXPECT_NE(read(std::string(200, '[')).find("too deep"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_NE(read(deep).find("too deep"), std::string::npos);
}

}  // namespace gantry::yaml
