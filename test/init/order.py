"""Gives gantry-init orders as gantry-runtime does (src/wire/init.hpp). argv[1] names a scenario."""

import ctypes
import os
import signal
import socket
import struct
import subprocess
import sys
import time

PROGRAM = os.path.abspath(os.path.join(os.environ["GANTRY_BIN"], "gantry-init"))
WORK = os.environ["WORK"]
MAGIC = 0x31494747
WAIT, REAP, GUARDED = 1, 2, 4
STAGE_SECCOMP, STAGE_EXEC = 3, 5
PR_SET_NO_NEW_PRIVS = 38
PID_NAMESPACE = ("unshare", "--fork", "--pid", "--mount-proc", "--kill-child")


def equal(actual, expected):
    assert actual == expected, f"expected {expected!r}, got {actual!r}"


def order_file(order):
    fd = os.memfd_create("order", 0)
    os.write(fd, order)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


class Init:
    """gantry-init with an order and a command; report() is what it tells on its report_fd."""

    def __init__(self, command, path=None, *, flags=0, bpf=b"", filter_flags=0, env=None, under=(), listener=None):
        self.read, write = os.pipe()
        start = listener.fileno() if listener else -1
        order = order_file(struct.pack("=IIiiII", MAGIC, flags, write, start, len(bpf) // 8, filter_flags) + bpf)

        def before_exec():
            ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            signal.pthread_sigmask(signal.SIG_SETMASK, {signal.SIGUSR2})

        fds = [fd for fd in (write, start, order) if fd >= 0]
        self.process = subprocess.Popen([*under, PROGRAM, str(order), path or command[0], *command], pass_fds=fds,
                                        stdout=subprocess.PIPE, env=env, preexec_fn=before_exec)
        os.close(write)
        os.close(order)

    def report(self):
        """(stage, errno), or None when the command runs."""
        data = os.read(self.read, 100)
        return struct.unpack("=ii", data) if data else None

    def end(self):
        output = self.process.communicate(timeout=20)[0]
        return self.process.returncode, output.decode()


def becomes_command():
    """The command has path, argv, environment and signal mask as given, and none of our descriptors."""
    env = {"PATH": "/usr/bin:/bin", "ONE": "1", "EMPTY": ""}
    # The mask first: dash clears its own when it has waited for a command.
    script = """echo $$ $0 $1; while read -r name value; do [ $name != SigBlk: ] || echo $value; done </proc/$$/status
                ls /proc/$$/fd; env | grep -v ^_ | grep -v PWD | sort; exit 7"""
    for flags in (0, REAP):
        init = Init(["name", "-c", script, "zero", "first word"], path="/bin/sh", env=env, flags=flags)
        equal(init.report(), None)
        code, output = init.end()
        equal(code, 7)
        first, *rest = output.split("\n")
        pid, words = first.split(" ", 1)
        equal(int(pid) == init.process.pid, flags == 0)
        equal(words, "zero first word")
        equal(rest, ["0000000000000800", "0", "1", "2", "EMPTY=", "ONE=1", "PATH=/usr/bin:/bin", ""])


def reaps():
    """As PID 1 it runs the command as a child, reaps orphans, and ends with the command's code."""
    script = """
      i=0; while [ $i -lt 20 ]; do (true & ); i=$((i+1)); done
      until [ $(cat /proc/[0-9]*/stat 2>/dev/null | grep -c ' Z ') -eq 0 ]; do :; done
      echo $(cat /proc/1/comm) $(ls /proc/1/fd)
      kill -KILL $$"""
    init = Init(["/bin/sh", "-c", script], flags=REAP, under=PID_NAMESPACE)
    equal(init.report(), None)
    equal(init.end(), (137, "gantry-init 0 1 2\n"))


def exec_errors():
    """A command that cannot be executed is reported with its errno, also out of the child of an init."""
    for name, text, mode in (("script", "no interpreter\n", 0o755), ("plain", "", 0o644)):
        with open(f"{WORK}/{name}", "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(f"{WORK}/{name}", mode)
    os.symlink("loop", f"{WORK}/loop")
    for flags in (0, REAP):
        for path, error, code in (("/nonexistent", 2, 127), (f"{WORK}/plain/x", 20, 127), (f"{WORK}/plain", 13, 126),
                                  (f"{WORK}/script", 8, 126), (WORK, 13, 126), (f"{WORK}/loop", 40, 126)):
            init = Init(["x"], path=path, flags=flags)
            equal((init.report(), init.end()), ((STAGE_EXEC, error), (code, "")))


def wait_to_start(command, flags=0, under=()):
    """A gantry-init that waits, and the connection that starts it."""
    path = f"{WORK}/start"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        init = Init(command, flags=WAIT | flags, listener=listener, under=under)
    equal(init.report(), None)  # it is up
    os.stat(path)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    return init, connection, path


def waits():
    """With kInitWait nothing runs until somebody connects; the connection's end says that the command runs."""
    for flags in (0, REAP):
        marker = f"{WORK}/marker"
        init, connection, path = wait_to_start(["/bin/sh", "-c", f"echo $$ > {marker}; ls /proc/$$/fd"], flags)
        time.sleep(0.05)
        assert not os.path.exists(marker)
        connection.connect(path)
        equal(connection.recv(100), b"")
        equal(init.end(), (0, "0\n1\n2\n"))
        os.remove(marker)
        os.remove(path)


def waits_and_fails():
    """What goes wrong after the start is told to who started it."""
    for flags in (0, REAP):
        init, connection, path = wait_to_start(["/nonexistent"], flags)
        connection.connect(path)
        equal(connection.recv(100), struct.pack("=ii", STAGE_EXEC, 2))
        equal(init.end(), (127, ""))
        os.remove(path)


def capability_sets(pid):
    with open(f"/proc/{pid}/status") as status:
        return {line[:6]: int(line[8:], 16) for line in status if line.startswith("Cap")}


def guarded():
    """Nobody may trace it while it waits, though it has given the capability up; the command is like any other."""
    user = ("setpriv", "--reuid", "1000", "--inh-caps", "+sys_ptrace,+kill", "--ambient-caps", "+sys_ptrace,+kill")
    kill = 1 << 5
    for flags in (0, REAP):
        init, connection, path = wait_to_start(["/bin/sleep", "100"], GUARDED | flags, user)
        pid = init.process.pid
        sets = capability_sets(pid)
        equal([sets[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")], [kill] * 4)
        equal(os.stat(f"/proc/{pid}/environ").st_uid, 0)  # what cannot be traced belongs to root
        connection.connect(path)
        equal(connection.recv(100), b"")
        while os.stat(f"/proc/{pid}/environ").st_uid != 1000:
            time.sleep(0.01)
        init.process.terminate()
        init.end()
        os.remove(path)


def waits_for_nobody():
    """Who starts it and leaves at once does not take the command along."""
    init, connection, path = wait_to_start(["/nonexistent"])
    connection.connect(path)
    connection.close()
    equal(init.end(), (127, ""))


def instruction(code, if_true, if_false, value):
    return struct.pack("=HBBI", code, if_true, if_false, value)


UNAME = {"x86_64": 63}.get(os.uname().machine, 160)
REFUSE_UNAME = (instruction(0x20, 0, 0, 0) + instruction(0x15, 0, 1, UNAME) + instruction(0x06, 0, 0, 0x00050001) +
                instruction(0x06, 0, 0, 0x7FFF0000))


def seccomp():
    """The filter holds for the command, and for an init as well."""
    for flags, under in ((0, ()), (REAP, PID_NAMESPACE)):
        script = "uname 2>/dev/null || echo refused; grep Seccomp: /proc/1/status /proc/self/status"
        init = Init(["/bin/sh", "-c", script], bpf=REFUSE_UNAME, filter_flags=2, flags=flags, under=under)
        equal(init.report(), None)
        code, output = init.end()
        equal(code, 0)
        assert output.startswith("refused\n") and "self/status:Seccomp:\t2" in output, output
        assert ("/proc/1/status:Seccomp:\t2" in output) == bool(flags), output


def seccomp_errors():
    """A filter that the kernel refuses keeps the command from running."""
    for bpf, filter_flags in ((instruction(0xFFFF, 0, 0, 0), 0), (REFUSE_UNAME, 1 << 30)):
        init = Init(["/bin/echo", "ran"], bpf=bpf, filter_flags=filter_flags)
        equal((init.report(), init.end()), ((STAGE_SECCOMP, 22), (125, "")))


def longest_filter():
    """As many instructions as the kernel takes."""
    bpf = instruction(0x20, 0, 0, 0) * 4095 + instruction(0x06, 0, 0, 0x7FFF0000)
    init = Init(["/bin/echo", "ran"], bpf=bpf)
    equal((init.report(), init.end()), (None, (0, "ran\n")))


BAD = {
    "short": struct.pack("=II", MAGIC, 0),
    "magic": struct.pack("=IIiiII", 1, 0, -1, -1, 0, 0),
    "flags": struct.pack("=IIiiII", MAGIC, 8, -1, -1, 0, 0),
    "wait": struct.pack("=IIiiII", MAGIC, WAIT, -1, -1, 0, 0),
    "long_filter": struct.pack("=IIiiII", MAGIC, 0, -1, -1, 4097, 0),
    "cut_filter": struct.pack("=IIiiII", MAGIC, 0, -1, -1, 2, 0) + b"\0" * 8,
    "listener": struct.pack("=IIiiII", MAGIC, 0, -1, -1, 0, 8),
    "report": struct.pack("=IIiiII", MAGIC, 0, 300, -1, 0, 0),
}


def refused():
    """Becomes a gantry-init with the bad order that argv[2] names."""
    os.execv(PROGRAM, ["gantry-init", str(order_file(BAD[sys.argv[2]])), "/bin/echo", "echo", "ran"])


if __name__ == "__main__":
    globals()[sys.argv[1]]()
