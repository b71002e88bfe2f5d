#pragma once

#include "build/graph.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::build {

/// Who is told how far a build has come.
class Observer {
 public:
  virtual ~Observer() = default;
  enum class End {
    done,
    cached,  ///< it was there from an earlier build
    failed,
  };

  /// So many nodes have something to do.
  virtual void expect(std::size_t steps) = 0;
  virtual void begin(NodeId node, const Node& step) = 0;
  virtual void output(NodeId node, std::string_view text) = 0;
  virtual void end(NodeId node, End how, std::int64_t nanoseconds) = 0;
  /// Time has passed; on a terminal what is shown moves.
  virtual void tick() {}
};

}  // namespace gantry::build
