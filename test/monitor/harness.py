"""Runs gantry-monitor over a plain process in the place of a container's init, and speaks to it as the engine does
(src/wire/monitor.hpp)."""

import fcntl
import hashlib
import os
import pty
import re
import select
import signal
import socket
import struct
import sys
import tempfile
import termios
import time

PROGRAM = os.path.abspath(os.path.join(os.environ["GANTRY_BIN"], "gantry-monitor"))
MAGIC = 0x324D4747
STDIN_ONCE = 1
INPUT, RESIZE, TAKE_OVER, OUTPUT, ERROR, EXITED = 1, 2, 3, 16, 17, 18
RECORD = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}\+00:00) (stdout|stderr) ([FP]) (.*)")
running = []  # of Monitored
DESCRIPTORS = ("stdin", "stdout", "stderr", "terminal", "log", "client", "listen", "run",
               "log_folder", "held")


def eventually(condition, what):
    """For what happens in another process without an event that could be waited for."""
    deadline = time.monotonic() + 20
    while not (value := condition()):
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.005)
    return value


def equal(actual, expected):
    assert actual == expected, f"expected {expected!r}, got {actual!r}"


def order_bytes(pid, descriptors, command=b"", magic=MAGIC, flags=0, length=None, probe=b"", restart=0, timeout=0,
                log_format=0, max_size=0, log_name=b""):
    numbers = [descriptors.get(name, -1) for name in DESCRIPTORS]
    length = len(command) if length is None else length
    policies = struct.pack("=IIIIIxxxxQQQQIxxxxQ256s", len(probe), restart, 0, 0, 0, timeout, 0, 0, 0, log_format, max_size,
                           log_name)
    return struct.pack("=IIi10iI", magic, flags, pid, *numbers, length) + policies + command + probe


class Client:
    """One end of an attach connection; every wait ends after 20 seconds."""

    def __init__(self, connection):
        self.socket = connection
        self.socket.settimeout(20)

    def receive(self):
        """(type, data), or None at the end."""
        packet = self.socket.recv(1 + 32768)
        return (packet[0], packet[1:]) if packet else None

    def expect(self, kind, text):
        """Packets of one kind until their data adds up to `text`."""
        got = b""
        while got != text and len(got) < len(text):
            packet = self.receive()
            assert packet and packet[0] == kind, f"expected a packet {kind} after {got!r}, got {packet}"
            got += packet[1]
        equal(got, text)

    def expect_exit(self, code):
        """Skips output up to the exit packet."""
        while (packet := self.receive()) and packet[0] in (OUTPUT, ERROR):
            pass
        equal(packet, (EXITED, struct.pack("=i", code)))

    def send(self, kind, data=b""):
        self.socket.send(bytes([kind]) + data)

    def resize(self, rows, columns):
        self.send(RESIZE, struct.pack("=HH", rows, columns))

    def close(self):
        self.socket.close()


class Monitored:
    """A process under gantry-monitor. `script` runs in sh."""

    def __init__(self, script, *, stdin=False, terminal=False, first=True, cleanup=None, flags=0, log=None,
                 wait_for_end=False):
        self.folder = tempfile.mkdtemp(dir=os.environ["WORK"])
        self.log_path = log or os.path.join(self.folder, "log")
        self.listen_path = os.path.join(self.folder, "attach")
        self.cleaned = os.path.join(self.folder, "cleaned")
        command = ["/bin/sh", "-c", f"echo done >> {self.cleaned}"] if cleanup is None else cleanup
        theirs = {"log": os.open(self.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                  "run": os.open(self.folder, os.O_DIRECTORY)}
        stdio = self.make_terminal(theirs) if terminal else self.make_pipes(theirs, stdin)
        self.first = None
        if first:
            ours, peer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self.first = Client(ours)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32768)  # soon full, whatever the host's default
            theirs["client"] = peer.detach()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.bind(self.listen_path)
        listener.listen()
        theirs["listen"] = listener.detach()
        leak, leaked = os.pipe()

        words = b"".join(word.encode() + b"\0" for word in command)
        started, start = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self.become_monitor(script, stdio, terminal, theirs, words, flags, leaked, start, wait_for_end)
        for fd in {*stdio, *theirs.values(), leaked, start}:
            os.close(fd)
        self.init = int(os.read(started, 20))
        running.append(self)
        os.close(started)
        equal(os.read(leak, 1), b"")  # the end: the monitor has closed what its order does not name
        os.close(leak)

    @staticmethod
    def make_pipes(theirs, stdin):
        stdio = []
        for name in ("stdin", "stdout", "stderr"):
            if name == "stdin" and not stdin:
                stdio.append(os.open("/dev/null", os.O_RDONLY))
                continue
            read, write = os.pipe()
            theirs[name], child = (write, read) if name == "stdin" else (read, write)
            stdio.append(child)
        return stdio

    @staticmethod
    def make_terminal(theirs):
        theirs["terminal"], slave = pty.openpty()
        return [slave]

    def become_monitor(self, script, stdio, terminal, theirs, words, flags, leaked, start, wait_for_end):
        try:
            init = os.fork()
            if init == 0:
                os.setsid()
                signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it
                if terminal:
                    fcntl.ioctl(stdio[0], termios.TIOCSCTTY, 0)
                for number in range(3):
                    os.dup2(stdio[number % len(stdio)], number)
                os.execv("/bin/sh", ["sh", "-c", script])
            os.write(start, str(init).encode())
            if wait_for_end:
                os.waitid(os.P_PID, init, os.WEXITED | os.WNOWAIT)
            order_read, order_write = os.pipe()
            os.write(order_write, order_bytes(init, theirs, words, flags=flags))
            for fd in {*theirs.values(), order_read, leaked}:
                os.set_inheritable(fd, True)
            os.execv(PROGRAM, ["gantry-monitor", str(order_read), "of a test"])
        finally:
            os._exit(98)

    def attach(self):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.connect(self.listen_path)
        return Client(connection)

    def log(self):
        """The log's records as (stream, F or P, text); every line must be one."""
        with open(self.log_path, "rb") as file:
            text = file.read()
        assert not text or text.endswith(b"\n"), f"the log ends within a record: {text[-200:]!r}"
        records = []
        for line in text.split(b"\n")[:-1]:
            match = RECORD.fullmatch(line)
            assert match, f"not a record: {line[:200]!r}"
            records.append((match[2].decode(), match[3].decode(), match[4]))
        return records

    def logged(self, stream="stdout"):
        """What the records of a stream say, put together again."""
        return b"".join(text + (b"\n" if tag == "F" else b"") for name, tag, text in self.log() if name == stream)

    def exit_record(self):
        try:
            with open(os.path.join(self.folder, "exit"), encoding="ascii") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def end(self):
        """Waits for the monitor, which must end well and leave no half-written record; the exit record's numbers."""
        _, status = os.waitpid(self.pid, 0)
        running.remove(self)
        equal(status, 0)
        assert not os.path.exists(os.path.join(self.folder, ".exit.new"))
        match = re.fullmatch(r"(\d+) (\d+) (\d{19})\n", self.exit_record())
        return int(match[1]), int(match[2]), int(match[3])

    def was_cleaned(self):
        return os.path.exists(self.cleaned)

    def pss(self):
        """Bytes."""
        with open(f"/proc/{self.pid}/smaps_rollup", encoding="ascii") as file:
            return int(re.search(r"^Pss: +(\d+) kB", file.read(), re.M)[1]) * 1024


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def main(scenarios):
    """Runs the scenario that argv[1] names."""
    try:
        scenarios[sys.argv[1]]()
    finally:
        for monitored in running:  # of a scenario that failed
            kill(monitored.init)
            kill(monitored.pid)
