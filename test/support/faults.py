"""Fails the system calls of a command of gantry-runtime one after the other, by ptrace(2), and looks at what is left.

    faults.py COMMAND BUNDLE [SHARE]

COMMAND: create, run, start, exec or delete. BUNDLE: an OCI bundle whose process is `true` for run and sleeps for the
others. SHARE: fail every SHARE-th call only (default 1: all).

A clean run is recorded first: the calls of the runtime and of every process that it makes, until each has become a
program of the container. Then there is one run for each of them, in which that one call does nothing and gives EIO.
It must either work (the call does not matter) or say one sentence; and what the host has of mounts, cgroups, processes
and state must be what it was, at once or, where something is there by right, after `delete --force`.
"""

import ctypes
import errno
import json
import os
import random
import signal
import subprocess
import sys

PTRACE_GETREGS, PTRACE_SETREGS, PTRACE_SYSCALL, PTRACE_DETACH = 12, 13, 24, 17
PTRACE_SEIZE, PTRACE_GET_SYSCALL_INFO = 0x4206, 0x420E
# TRACESYSGOOD, TRACEFORK, TRACEVFORK, TRACECLONE, TRACEEXEC
OPTIONS = 0x01 | 0x02 | 0x04 | 0x08 | 0x10
EVENT_EXEC = 4
SYSCALL_STOP = signal.SIGTRAP | 0x80
ENTRY = 1
ORIG_RAX, RAX = 15, 10
TIMEOUT = 20

# By number on x86-64. What never fails, or ends the process, says nothing; without memory there is no sentence.
EXIT, EXIT_GROUP, SIGRETURN, ARCH_PRCTL, CLOSE = 60, 231, 15, 158, 3
MEMORY = {9, 10, 11, 12}  # mmap, mprotect, munmap, brk
STARTUP = {218, 273, 334, 302, 318}  # set_tid_address, set_robust_list, rseq, prlimit64, getrandom

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def ptrace(request, pid, address=0, data=0):
    result = libc.ptrace(request, pid, address, data)
    if result < 0:
        raise ProcessLookupError(ctypes.get_errno(), "ptrace")
    return result


class Registers:
    def __init__(self, pid):
        self.pid = pid
        self.values = (ctypes.c_ulonglong * 27)()
        ptrace(PTRACE_GETREGS, pid, 0, ctypes.addressof(self.values))

    def set(self, index, value):
        self.values[index] = value & 0xFFFFFFFFFFFFFFFF
        ptrace(PTRACE_SETREGS, self.pid, 0, ctypes.addressof(self.values))


def entered_call(pid):
    """The number of the call that `pid` is about to do, or None at its end."""
    info = (ctypes.c_ulonglong * 16)()
    ptrace(PTRACE_GET_SYSCALL_INFO, pid, ctypes.sizeof(info), ctypes.addressof(info))
    return info[3] if info[0] & 0xFF == ENTRY else None


def is_ours(pid):
    """Whether it runs a program of Gantry and not yet one of the container or a helper of the host."""
    try:
        program = os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return False
    return program.startswith("/memfd:gantry") or "/gantry-" in program


class Trace:
    """One run of a command. `target`: (role, index) of the call that fails; roles count processes as they come."""

    def __init__(self, command, target=None):
        self.command, self.target = command, target
        self.roles, self.calls, self.failing = {}, [], {}
        self.hit = None

    def run(self, output):
        reading, writing = os.pipe()
        self.main = os.fork()
        if self.main == 0:
            os.read(reading, 1)
            nothing = os.open("/dev/null", os.O_RDWR)
            os.dup2(nothing, 0)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.execv(self.command[0], self.command)
        # A process made by a seized one begins with no SIGSTOP, which would outlive us and keep it stopped for ever.
        ptrace(PTRACE_SEIZE, self.main, 0, OPTIONS)
        self.known(self.main)
        os.write(writing, b".")
        while True:
            pid, status = os.waitpid(-1, 0x40000000)  # __WALL
            if os.WIFSTOPPED(status):
                try:
                    self.stopped(pid, status >> 8)
                except ProcessLookupError:
                    pass
            elif pid == self.main:
                return os.waitstatus_to_exitcode(status)

    def known(self, pid):
        if pid not in self.roles:
            self.roles[pid] = len(self.calls)
            self.calls.append([])

    def stopped(self, pid, stop):
        if pid not in self.roles:
            self.known(pid)  # its first stop, PTRACE_EVENT_STOP
            ptrace(PTRACE_SYSCALL, pid)
        elif stop == SYSCALL_STOP:
            self.at_call(pid)
            ptrace(PTRACE_SYSCALL, pid)
        elif stop >> 8 == EVENT_EXEC and not is_ours(pid):
            ptrace(PTRACE_DETACH, pid)
        elif stop >> 8:
            ptrace(PTRACE_SYSCALL, pid)
        else:
            ptrace(PTRACE_SYSCALL, pid, 0, stop)

    def at_call(self, pid):
        number = entered_call(pid)
        if number is None:
            if self.failing.pop(pid, False):
                Registers(pid).set(RAX, -errno.EIO)
            return
        calls = self.calls[self.roles[pid]]
        if self.target == (self.roles[pid], len(calls)) and number not in (EXIT, EXIT_GROUP, SIGRETURN, ARCH_PRCTL):
            self.hit = number
            self.failing[pid] = True
            # A close that fails has closed all the same.
            if number != CLOSE:
                Registers(pid).set(ORIG_RAX, -1)
        calls.append(number)


def traced(command, target=None):
    """Runs it in a child, at whose end all tracees go on by themselves: (exit code, calls, failed call, output)."""
    reading, writing = os.pipe()
    output = os.memfd_create("output")
    worker = os.fork()
    if worker == 0:
        trace = Trace(command, target)

        def give_up(*_):
            for pid in trace.roles:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            os.write(writing, json.dumps([None, [], trace.hit]).encode())
            os._exit(1)

        signal.signal(signal.SIGALRM, give_up)
        signal.alarm(TIMEOUT)
        code = trace.run(output)
        os.write(writing, json.dumps([code, trace.calls, trace.hit]).encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(worker, 0)
    with open(output, "rb") as file:
        file.seek(0)
        text = file.read().decode(errors="replace")
    code, calls, hit = json.loads(answer)
    return code, calls, hit, text


class World:
    def __init__(self, bundle):
        self.work = os.environ["WORK"]
        self.bundle = bundle
        self.root = f"{self.work}/runtime"
        self.program = [f"{os.environ['GANTRY_BIN']}/gantry-runtime", "--root", self.root]

    def runtime(self, *arguments):
        return subprocess.run(self.program + list(arguments), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=TIMEOUT)

    def clean(self, *arguments):
        done = self.runtime(*arguments)
        if done.returncode != 0:
            raise RuntimeError(f"{arguments}: {done.stderr.decode()}")

    def create(self):
        with open("/dev/null", "r+") as nothing:
            subprocess.run(self.program + ["create", "--bundle", self.bundle, "c"], stdin=nothing, stdout=nothing,
                           stderr=nothing, check=True, timeout=TIMEOUT)

    def processes(self):
        marker = f"GANTRY_TEST_WORLD={self.work}".encode()
        found = set()
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/environ", "rb") as file:
                    if marker in file.read() and int(name) not in self.own:
                        found.add(name)
            except OSError:
                pass
        return found

    def look(self):
        name = os.path.basename(self.work).split(".")[-1]
        cgroups = {folder for folder, _, _ in os.walk("/sys/fs/cgroup") if f"gantry-test-{name}" in folder}
        with open("/proc/self/mounts") as file:
            mounts = {line for line in file if self.work in line}
        state = {f"{folder}/{file}" for folder, folders, files in os.walk(self.root) for file in folders + files
                 if ".seccomp" not in f"{folder}/{file}"}
        return {"cgroup": cgroups, "mount": mounts, "process": self.processes(), "state": state}

    def remember(self):
        self.own, pid = set(), os.getpid()
        while pid > 1:
            self.own.add(pid)
            with open(f"/proc/{pid}/stat") as file:
                pid = int(file.read().rpartition(")")[2].split()[1])
        self.own |= {int(other) for other in self.processes()}
        self.before = self.look()

    def left(self):
        """What is there that was not. What is on its way out gets a second."""
        for attempt in range(100):
            now = self.look()
            left = [f"{kind} {item}" for kind in now for item in now[kind] ^ self.before[kind]]
            if not left:
                return []
            signal.sigtimedwait([], 0.01)
        return left


# Before the traced command, the command itself, and whether a failed one leaves the container to `delete --force`.
def commands(world):
    program = world.program
    return {
        "create": (lambda: None, program + ["create", "--bundle", world.bundle, "c"], False),
        "run": (lambda: None, program + ["run", "--bundle", world.bundle, "c"], True),
        "start": (world.create, program + ["start", "c"], True),
        "exec": (lambda: (world.create(), world.clean("start", "c")), program + ["exec", "c", "true"], True),
        "delete": (lambda: (world.create(), world.clean("start", "c")), program + ["delete", "--force", "c"], True),
    }


def complaint(world, command, code, number, text):
    prepare, _, kept = commands(world)[command]
    if code is None:
        return "it hangs"
    lines = text.splitlines()
    # Without its order gantry-init cannot know whom to tell, and says it itself.
    if lines and lines[0].startswith("gantry-init: "):
        lines = lines[1:] or [lines[0].replace("gantry-init: ", "gantry-runtime: ")]
    sentence = len(lines) == 1 and lines[0].startswith("gantry-runtime: ")
    if code != 0 and not sentence and number not in MEMORY | STARTUP:
        return f"exit code {code} and no sentence: {text!r}"
    # Killed for want of memory: the next command takes it away, as after a kill -9.
    if code == 0 or kept or number in MEMORY | STARTUP:
        gone = world.runtime("delete", "--force", "c")
        if gone.returncode != 0:
            return f"it cannot be deleted: {gone.stderr.decode()}"
    left = world.left()
    return f"exit code {code}, {text!r}, left behind: {left}" if left else None


def main():
    command, bundle = sys.argv[1:3]
    share = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    world = World(bundle)
    world.remember()
    prepare, line, _ = commands(world)[command]
    prepare()
    code, calls, _, text = traced(line)
    if code != 0:
        sys.exit(f"a clean {command}: exit code {code}, {text}")
    if problem := complaint(world, command, code, None, text):
        sys.exit(f"a clean {command}: {problem}")
    targets = [(role, index) for role, made in enumerate(calls) for index in range(len(made))]
    targets = targets[random.randrange(share)::share]
    problems = refused = 0
    for target in targets:
        prepare()
        code, _, number, text = traced(line, target)
        problem = complaint(world, command, code, number, text)
        if problem:
            problems += 1
            print(f"{command}, process {target[0]}, call {target[1]} (number {number}): {problem}", flush=True)
            world.runtime("delete", "--force", "c")
        refused += code != 0
    print(f"{command}: {len(targets)} calls failed, and with {refused} of them the command")
    # A run in which nothing goes wrong has failed nothing.
    sys.exit(problems > 0 or refused == 0)


main()
