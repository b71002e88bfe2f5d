#pragma once

#include "oci/digest.hpp"
#include "registry/answers.hpp"
#include "serve/message.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace gantry::registry {

/// What GET is answered of a blob and of a manifest.
std::shared_ptr<Answers::Stored> blob_answer(const oci::Digest& digest, Fd file, std::uint64_t size);
std::shared_ptr<Answers::Stored> manifest_answer(const oci::Digest& digest, std::string_view media_type,
                                                 std::string bytes);

/// The answer to a request that may want less than all of what is stored: a range, or nothing when it has it already.
serve::Response select(const serve::Request& request, const Answers::Stored& stored);

}  // namespace gantry::registry
