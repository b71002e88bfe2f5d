"""gantry-init between a terminal and a command. argv[1] names a scenario."""

import os
import pty
import re
import signal
import sys

PROGRAM = os.path.abspath(os.path.join(os.environ["GANTRY_BIN"], "gantry-init"))


class OnTerminal:
    """A command line of sh on a terminal of its own."""

    def __init__(self, script, *options):
        signal.alarm(30)
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execv(PROGRAM, ["gantry-init", *options, "--", "/bin/sh", "-c", script])

    def read_to(self, pattern):
        text = b""
        while not (match := re.search(pattern, text)):
            text += os.read(self.master, 4096)
        return match

    def type(self, text):
        os.write(self.master, text)

    def wait(self, options=0):
        return os.waitpid(self.pid, options)[1]


def foreground():
    """The command's group is the terminal's foreground, so that the terminal's signals reach it."""
    t = OnTerminal("cut -d' ' -f5,8 /proc/$$/stat; echo $$; trap 'echo interrupted; exit 3' INT; echo ready; "
                   "while :; do sleep 0.01; done")
    group, owner, pid = t.read_to(rb"(\d+) (\d+)\r\n(\d+)\r\nready").groups()
    assert group == owner == pid, (group, owner, pid)
    t.type(b"\x03")
    t.read_to(rb"interrupted")
    assert os.waitstatus_to_exitcode(t.wait()) == 3


def stop():
    """When the terminal stops the command, the init stops too, so that a shell notices; and both go on together."""
    t = OnTerminal("echo ready; read x; echo got $x; exit 4")
    t.read_to(rb"ready")
    t.type(b"\x1a")
    assert os.WIFSTOPPED(t.wait(os.WUNTRACED))
    os.kill(t.pid, signal.SIGCONT)
    t.type(b"word\n")
    t.read_to(rb"got word")
    assert os.waitstatus_to_exitcode(t.wait()) == 4


def background():
    """A job in the background does not take the foreground."""
    t = OnTerminal(f"exec bash -mc '{PROGRAM} -- sh -c \"cut -d\\  -f5,8 /proc/\\$\\$/stat\" & wait'")
    group, owner = t.read_to(rb"(\d+) (\d+)\r\n").groups()
    assert group != owner
    t.wait()


globals()[sys.argv[1]]()
