#include "store/limits.hpp"

namespace gantry::store {

Error over_limit(std::string text) {
  return Error(Code::no_space, std::move(text))
      .with_cure("gantry image prune --all makes room, and --storage-opt more");
}

}  // namespace gantry::store
