"""A command on a terminal of ROWSxCOLUMNS, seen as a user sees it.

    terminal.py ROWSxCOLUMNS[,ROWSxCOLUMNS] COMMAND…

The second size is given to the window once something has been drawn. Prints each picture that the screen has shown, a line
of dashes between them; exits as the command does. Complains of lines that are wider than the window, and of more than
ten pictures a second.
"""

import fcntl
import os
import pty
import re
import struct
import sys
import termios
import time


class Screen:
    """As much of a terminal as there is need for: the cursor up, to the start, and erasing below."""

    def __init__(self):
        self.lines, self.row, self.column = [""], 0, 0

    def take(self, text):
        for up, clear, start, newline, plain in re.findall(r"\x1b\[(\d+)A|(\x1b\[J)|(\r)|(\n)|([^\x1b\r\n]+)", text):
            if up:
                self.row = max(0, self.row - int(up))
            elif clear:
                self.lines = [*self.lines[:self.row], ""]
            elif start:
                self.column = 0
            elif newline:
                self.row += 1
                self.lines += [""] * (self.row + 1 - len(self.lines))
            else:
                line = self.lines[self.row].ljust(self.column)
                self.lines[self.row] = line[:self.column] + plain + line[self.column + len(plain):]
                self.column += len(plain)


def resize(master, size):
    rows, columns = map(int, size.split("x"))
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return columns


def main():
    sizes, command = sys.argv[1].split(","), sys.argv[2:]
    pid, master = pty.fork()
    if pid == 0:
        os.read(0, 1)  # until the size is set
        os.environ["TERM"] = "xterm"
        os.execvp(command[0], command)
    columns = resize(master, sizes[0])
    os.write(master, b"\n")
    screen, drawings, start = Screen(), 0, time.monotonic()
    while True:
        try:
            text = os.read(master, 65536).decode()
        except OSError:  # the command has ended
            break
        if not text:
            break
        screen.take(text)
        drawings += text.count("\x1b[J")
        print("\n".join(screen.lines), "-" * 20, sep="\n")
        if len(sizes) > 1 and "Total" in text:
            columns = resize(master, sizes.pop())
        elif len(sizes) == 1:
            for line in text.replace("\r", "").split("\n"):
                live = re.sub(r"\x1b\[\d*[A-Z]", "", line)
                assert len(live) < columns or " / " not in live, f"too wide: {live}"
    assert drawings <= 2 + 11 * (time.monotonic() - start), f"{drawings} drawings"
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()
