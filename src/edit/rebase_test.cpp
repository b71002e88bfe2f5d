#include "edit/rebase.hpp"

#include "edit/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::edit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class Rebase : public EditWorkshop {
 protected:
  Draft image_of(const std::vector<std::string>& layers, std::vector<std::string> history) {
    auto config = config_of(layers);
    for (auto& text : history) config.history.push_back({.comment = text, .empty_layer = text.starts_with("-")});
    origins.push_back(open(layout(config, layers)));
    return open_draft(*origins.back(), origins.back()->list("").value().front(), {}).value();
  }
  static std::vector<std::string> history_of(const Draft& draft) {
    std::vector<std::string> texts;
    for (const auto& entry : draft.config.history) texts.push_back(entry.comment);
    return texts;
  }
  std::vector<std::unique_ptr<transfer::Origin>> origins;
};

TEST_F(Rebase, ReplacesTheLowestLayersAndTheirHistory) {
  const std::string update = transfer::tar_of({transfer::file("etc/os-release", "new")});
  auto old_base = image_of({base}, {"base", "-cmd"});
  auto new_base = image_of({update, base}, {"one", "two"});
  auto changed = image_of({base, top}, {"base", "-cmd", "-env", "top"});
  changed.config.config.env = {"A=1"};
  ASSERT_TRUE(rebase(changed, old_base, new_base, {.wanted = false}));
  EXPECT_THAT(history_of(changed), ElementsAre("one", "two", "-env", "top"));
  EXPECT_THAT(changed.config.config.env, ElementsAre("A=1"));
  auto made = finish(std::move(changed), {}).value();
  auto offer = offer_in(*made);
  ASSERT_THAT(offer.layers, SizeIs(3));
  EXPECT_EQ(tar_in(*made, offer.layers[0].descriptor), update);
  EXPECT_EQ(tar_in(*made, offer.layers[2].descriptor), top);
}

TEST_F(Rebase, RefusesABaseThatIsNotOne) {
  auto changed = image_of({base, top}, {});
  auto other = image_of({top}, {});
  auto longer = image_of({base, top, base}, {});
  auto foreign = image_of({base}, {});
  foreign.config.architecture = "s390x";
  EXPECT_THAT(rebase(changed, other, other, note).error().message(), HasSubstr("layer 1 is another one"));
  EXPECT_THAT(rebase(changed, longer, other, note).error().message(), HasSubstr("fewer layers"));
  EXPECT_THAT(rebase(changed, image_of({base}, {}), foreign, note).error().message(), HasSubstr("s390x"));
}

}  // namespace
}  // namespace gantry::edit
