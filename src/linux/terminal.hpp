#pragma once

#include "base/fd.hpp"

#include <string>

namespace gantry::linux {

struct WindowSize {
  unsigned short rows = 0;
  unsigned short columns = 0;
};

Result<WindowSize> window_size(int terminal);
Result<> set_window_size(int terminal, WindowSize size);

struct Pty {
  Fd master;
  Fd peer;          ///< the slave side, not anybody's controlling terminal yet
  unsigned number;  ///< its name in the devpts mount
};

/// A new pseudo-terminal of the devpts mount behind /dev/ptmx.
Result<Pty> open_pty();
/// The same in the devpts mount whose root folder is `devpts`. Both sides come from descriptors alone (TIOCGPTPEER), so
/// nothing that an image puts under /dev can stand in for them.
Result<Pty> open_pty_in(const Fd& devpts);

/// A terminal in raw mode until this goes, also when a fatal signal ends the process. One at a time in a process.
class RawTerminal {
 public:
  static Result<RawTerminal> enter(int terminal);
  RawTerminal(RawTerminal&& other) noexcept : terminal_(std::exchange(other.terminal_, -1)) {}
  RawTerminal& operator=(RawTerminal&&) = delete;
  ~RawTerminal();
  /// Back to the mode from before; enter() may be called again afterwards.
  void restore();

 private:
  explicit RawTerminal(int terminal) : terminal_(terminal) {}
  int terminal_;
};

}  // namespace gantry::linux
