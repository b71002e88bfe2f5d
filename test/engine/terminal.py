"""gantry with a terminal. argv[1] names a scenario; the image is busybox."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios


class OnTerminal:
    """`gantry ARGUMENT…` on a terminal of its own, of 33 rows and 77 columns."""

    def __init__(self, *arguments):
        signal.alarm(120)
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.read(0, 1)  # until the size is set
            os.execvp("gantry", ["gantry", *arguments])
        self.resize(33, 77)
        self.before = termios.tcgetattr(self.master)
        self.type(b"\n")
        self.read_to(rb"\r\n")

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_to(self, pattern):
        text = b""
        while not (match := re.search(pattern, text)):
            text += os.read(self.master, 4096)
        return match

    def type(self, text):
        os.write(self.master, text)

    def is_raw(self):
        return termios.tcgetattr(self.master)[3] & (termios.ICANON | termios.ECHO) == 0

    def wait(self):
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def assert_restored(self):
        assert termios.tcgetattr(self.master) == self.before, "the terminal was not restored"


def gantry(*arguments):
    return subprocess.run(["gantry", *arguments], capture_output=True, text=True, check=True).stdout.strip()


def size():
    """The container's terminal begins with our size and follows it; ours is raw meanwhile and restored afterwards."""
    t = OnTerminal("run", "-it", "--rm", "busybox", "sh", "-c", "trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done")
    t.read_to(rb"33 77\r\n")
    assert t.is_raw()
    t.resize(40, 99)
    t.read_to(rb"40 99\r\n")
    t.type(b"\x03")
    assert t.wait() == 130
    t.assert_restored()


def keys():
    """What is typed goes through, the interrupt key too: the signal is made by the container's own terminal."""
    t = OnTerminal("run", "-it", "--rm", "busybox", "sh", "-c",
                   "trap 'echo interrupted' INT; echo ready; until read line; do :; done; echo got $line; exit 5")
    t.read_to(rb"ready\r\n")
    t.type(b"\x03")
    t.read_to(rb"interrupted")
    t.type(b"typed\n")
    t.read_to(rb"got typed")
    assert t.wait() == 5


def detach():
    """ctrl-p ctrl-q leaves the container running; attach goes back, and sees its end."""
    t = OnTerminal("run", "-it", "--name", "left", "busybox", "sh", "-c", "echo ready; read line; echo got $line; exit 6")
    t.read_to(rb"ready\r\n")
    t.type(b"\x10\x11")
    assert t.wait() == 0
    t.assert_restored()
    assert gantry("inspect", "--format", "{{.State.Status}}", "left") == "running"
    t = OnTerminal("attach", "left")
    t.type(b"back\n")
    t.read_to(rb"got back")
    assert t.wait() == 6
    t.assert_restored()
    gantry("rm", "left")


def other_keys():
    """--detach-keys replaces the usual ones, which then go through."""
    t = OnTerminal("run", "-it", "--name", "left", "--detach-keys", "ctrl-x,d", "busybox", "sh", "-c",
                   "stty raw -echo; echo ready; dd bs=1 count=2 2>/dev/null | od -An -tx1; sleep 60")
    t.read_to(rb"ready")
    t.type(b"\x10\x11")
    t.read_to(rb"10 11")
    t.type(b"\x18d")
    assert t.wait() == 0
    gantry("rm", "-f", "left")


def exec_in():
    """exec has a terminal of its own, of our size."""
    gantry("run", "-d", "--name", "host", "busybox", "sleep", "100")
    t = OnTerminal("exec", "-it", "host", "sh", "-c", "stty size; tty; read line; exit $line")
    t.read_to(rb"33 77\r\n/dev/pts/\d+\r\n")
    t.type(b"7\n")
    assert t.wait() == 7
    t.assert_restored()
    gantry("rm", "-f", "host")


def terminated():
    """A signal that ends gantry itself leaves the terminal as it was."""
    t = OnTerminal("run", "-it", "--sig-proxy=false", "--name", "left", "busybox", "sh", "-c", "echo ready; sleep 60")
    t.read_to(rb"ready")
    assert t.is_raw()
    os.kill(t.pid, signal.SIGTERM)
    assert t.wait() == -signal.SIGTERM
    t.assert_restored()
    gantry("rm", "-f", "left")


def end_of_input():
    """The end-of-file key ends what reads from the terminal."""
    t = OnTerminal("run", "-it", "--rm", "busybox", "sh", "-c", "echo ready; cat; echo over")
    t.read_to(rb"ready\r\n")
    t.type(b"line\n\x04")
    t.read_to(rb"line\r\nline\r\nover")
    assert t.wait() == 0


globals()[sys.argv[1]]()
