#pragma once

#include "archive/inflate.hpp"
#include "edit/draft.hpp"
#include "transfer/offer.hpp"
#include "transfer/open_origin.hpp"
#include "transfer/test_support.hpp"

#include <memory>
#include <string>
#include <vector>

namespace gantry::edit {

/// A workshop with an image of two layers in a layout, and what edits make of it.
class EditWorkshop : public transfer::Workshop {
 protected:
  void SetUp() override {
    Workshop::SetUp();
    origin = open(layout(config_of({base, top}), {base, top}));
    image = origin->list("").value().front();
  }

  std::unique_ptr<transfer::Origin> open(const Layout& made) {
    auto opened = transfer::open_files(transfer::parse_location(write_tar(made.files)), tmp());
    EXPECT_TRUE(opened) << opened.error().message();
    return std::move(*opened);
  }
  std::string tmp() const { return folder + "/store/tmp"; }

  Draft draft() {
    auto opened = open_draft(*origin, image, {});
    EXPECT_TRUE(opened) << opened.error().message();
    return std::move(*opened);
  }

  /// The tar of a layer.
  static std::string tar_in(const transfer::Origin& origin, const oci::Descriptor& layer) {
    auto source = origin.open(layer).value();
    archive::Inflater inflater(*source);
    return read_text(inflater, 1u << 24).value().value();
  }
  static transfer::Offer offer_in(const transfer::Origin& origin) {
    auto offer = transfer::offer_of(origin, origin.list("").value().front(), {});
    EXPECT_TRUE(offer) << offer.error().message();
    return std::move(*offer);
  }

  const Note note{.time = 1000 * kSecond, .created_by = "test"};
  std::unique_ptr<transfer::Origin> origin;
  transfer::Listed image;
};

}  // namespace gantry::edit
