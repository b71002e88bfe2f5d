#pragma once

#include "base/fd.hpp"
#include "edit/bundle.hpp"
#include "oci/image_spec.hpp"
#include "oci/runtime_spec.hpp"

namespace gantry::edit {

/// The config of a container of an image (image-spec conversion.md). `rootfs` is the image unpacked: names of users are
/// looked up there.
Result<oci::Spec> bundle_config(const oci::ImageConfig& image, const Fd& rootfs, const UnpackOptions& options);

}  // namespace gantry::edit
