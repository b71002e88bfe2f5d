#include "view/lock.hpp"

#include <gtest/gtest.h>

namespace gantry::view {

namespace {

std::string locked(std::string_view text) {
  auto result = lock_images(text, "f.yaml", [](const NamedImage& image) -> Result<std::string> {
    if (image.name == "bad") return fail(Code::not_found, "no image");
    return image.name.contains('@') ? image.name : image.name + "@digest";
  });
  return result ? *result : result.error().message();
}

}  // namespace

TEST(Lock, OnlyTheNamesChange) {
  EXPECT_EQ(
      locked("# a\nspec:\n  containers:\n  - name:  x   # y\n    image: app:1   # z\n    command: [ 'image: no' ]\n"
             "---\nservices: {web: {\"image\": \"b:2\", ports: [80]}}\n"),
      "# a\nspec:\n  containers:\n  - name:  x   # y\n    image: app:1@digest   # z\n    command: [ 'image: no' ]\n"
      "---\nservices: {web: {\"image\": \"b:2@digest\", ports: [80]}}\n");
  EXPECT_EQ(locked("image: 'a'\r\nx: |\n  image: b\n"), "image: 'a@digest'\r\nx: |\n  image: b\n");
}

TEST(Lock, AnImageOfSeveralPartsIsLeftAlone) {
  EXPECT_EQ(locked("image:\n  repository: a\n  tag: b\n"), "image:\n  repository: a\n  tag: b\n");
  EXPECT_EQ(locked("image:\n  reference: a\n  pullPolicy: Always\n"),
            "image:\n  reference: a@digest\n  pullPolicy: Always\n");
  EXPECT_EQ(locked("image: a@b\nother:\n  image:\n"), "image: a@b\nother:\n  image:\n");
}

TEST(Lock, AnErrorSaysWhere) { EXPECT_EQ(locked("a:\n  image: bad\n"), "f.yaml: line 2: no image"); }

TEST(Lock, NamesAreListed) {
  auto images = images_in("a: {image: x}\nb:\n- image: y\n", "f");
  ASSERT_TRUE(images);
  ASSERT_EQ(images->size(), 2U);
  EXPECT_EQ(images->at(1).name, "y");
  EXPECT_EQ(images->at(1).line, 3);
}

}  // namespace gantry::view
