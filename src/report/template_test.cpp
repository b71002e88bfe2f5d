#include "report/template.hpp"

#include <gmock/gmock.h>
#include <boost/json/parse.hpp>

namespace gantry::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TemplateText : public testing::Test {
 protected:
  std::string render(std::string_view text) {
    auto parsed = Template::parse(text);
    if (!parsed) return "error: " + parsed.error().message();
    auto rendered = parsed->render(data_);
    return rendered ? *rendered : "error: " + rendered.error().message();
  }

  boost::json::value data_ = boost::json::parse(R"({
    "ID": "0123", "Names": ["web", "site"], "State": {"Pid": 42, "Running": true, "Error": null},
    "Config": {"Labels": {"tier": "front", "a.b": "dotted"}}})");
};

TEST_F(TemplateText, ReplacesFields) { EXPECT_EQ(render("<{{.ID}}> {{ .State.Pid }}"), "<0123> 42"); }

TEST_F(TemplateText, PrintsValuesAsGoDoes) {
  EXPECT_EQ(render("{{.Names}} {{.State.Running}} {{.State.Error}} {{.Config.Labels}}"),
            "[web site] true <nil> map[tier:front a.b:dotted]");
}

TEST_F(TemplateText, PrintsJson) {
  EXPECT_EQ(render("{{json .Names}}"), R"(["web","site"])");
  EXPECT_EQ(render("{{.State | json}}"), R"({"Pid":42,"Running":true,"Error":null})");
  EXPECT_THAT(render("{{json .}}"), HasSubstr(R"("ID":"0123")"));
}

TEST_F(TemplateText, IndexesMapsAndLists) {
  EXPECT_EQ(render(R"({{index .Config.Labels "a.b"}})"), "dotted");
  EXPECT_EQ(render("{{index .Names 1}}"), "site");
  EXPECT_EQ(render(R"(<{{index .Config.Labels "missing"}}>)"), "<>");
  EXPECT_THAT(render("{{index .Names 2}}"), HasSubstr("beyond the end"));
  EXPECT_THAT(render("{{index .ID 0}}"), HasSubstr("finds nothing"));
}

TEST_F(TemplateText, UnderstandsTabsAndNewlines) { EXPECT_EQ(render("{{.ID}}\\t\\n\\x"), "0123\t\n\\x"); }

TEST_F(TemplateText, TakesIdForID) { EXPECT_EQ(render("{{.Id}} {{.state.PID}}"), "0123 42"); }

TEST_F(TemplateText, RefusesAnUnknownField) {
  EXPECT_EQ(render("{{.Nope}}"), "error: option --format: there is no field '.Nope'");
  EXPECT_EQ(render("{{.ID.More}}"), "error: option --format: there is no field '.ID.More'");
}

TEST_F(TemplateText, RefusesWhatItDoesNotUnderstand) {
  EXPECT_THAT(render("{{range .Names}}"), HasSubstr("'range .Names' is not understood"));
  EXPECT_THAT(render("{{.ID"), HasSubstr("lacks its '}}'"));
  EXPECT_THAT(render("{{.ID | upper}}"), HasSubstr("'upper' is no function"));
  EXPECT_THAT(render("{{}}"), HasSubstr("is not understood"));
  EXPECT_THAT(render("{{index .ID \"a}}"), HasSubstr("not closed"));
}

TEST_F(TemplateText, SplitsCellsAtTabs) {
  auto parsed = Template::parse("{{.ID}}\\t{{.State.Pid}}/{{.State.Running}}\\tx");
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->cell_fields(), ElementsAre("ID", "Pid", ""));
  auto cells = parsed->render_cells(data_);
  ASSERT_TRUE(cells);
  EXPECT_THAT(*cells, ElementsAre("0123", "42/true", "x"));
}

}  // namespace
}  // namespace gantry::report
