#include "transfer/import.hpp"

#include "transfer/input.hpp"
#include "transfer/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::transfer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Import : public Workshop {
 protected:
  Result<LoadedImage> import_bytes(std::string_view bytes, const ImportOptions& options) {
    auto input = TRY(open_input(write("root.tar", bytes)));
    return import(*store, TRY(stream(std::move(input), folder + "/store/tmp")), "root.tar", options);
  }
};

TEST_F(Import, MakesAnImageOfOneLayer) {
  auto made = import_bytes(base, {.name = "localhost/small:latest",
                                  .changes = {R"(CMD ["sh"])", "ENV A=1"},
                                  .message = "by hand",
                                  .created_by = "a test"});
  ASSERT_TRUE(made) << made.error().message();
  auto image = store->images().find("small").value();
  EXPECT_EQ(image.id, made->id);
  EXPECT_THAT(image.config.config.cmd, ElementsAre("sh"));
  EXPECT_THAT(image.config.config.env, ElementsAre("A=1"));
  EXPECT_EQ(image.config.history[0].comment, "by hand");
  EXPECT_EQ(oci::platform_of(image.config), oci::host_platform());
  EXPECT_EQ(read_file(store->layers().paths(image.config)->front() + "/bin/sh").value(), "shell");
}

TEST_F(Import, RefusesWhatIsNoTarOrIsCutOff) {
  for (std::string bytes : {std::string("hello"), std::string(3000, 'x'), base.substr(0, 1100), std::string()}) {
    auto made = import_bytes(bytes, {});
    ASSERT_FALSE(made) << bytes.size();
    EXPECT_THAT(made.error().message(), HasSubstr("root.tar")) << bytes.size();
  }
  expect_nothing_left();
}

TEST_F(Import, RefusesAChangeBeforeItReadsAnything) {
  auto made = import_bytes(base, {.changes = {"RUN make"}});
  EXPECT_THAT(made.error().message(), HasSubstr("'run' is none of"));
  expect_nothing_left();
}

}  // namespace
}  // namespace gantry::transfer
