#!/usr/bin/env python3
"""Kills processes at random moments: killer.py COUNT SECONDS PROGRAMS WORLD [PAUSE]

Victims run a program whose path begins with PROGRAMS, or such a program from memory, and have GANTRY_TEST_WORLD=WORLD
in their environment. Most live for a few milliseconds, so new pids are looked at as they come, and each victim is hit
a random part of that time after it was seen; one in five is a process that has been there for longer. At least PAUSE
seconds (default 0.02) lie between two kills, so that something is made in between. Prints how many processes were
killed: COUNT, or as many as SECONDS allow.
"""

import os
import random
import signal
import sys
import time

LIFE = 0.03  # seconds that a command takes, about
YOUNG = 0.05  # seconds in which a process may still become one of ours by exec


def is_victim(pid, programs, mark):
    try:
        program = os.readlink(f"/proc/{pid}/exe")
        if not program.startswith(programs) and not program.startswith("/memfd:gantry"):
            return False
        with open(f"/proc/{pid}/environ", "rb") as environment:
            return mark in environment.read().split(b"\0")
    except OSError:
        return False


def kill(pid, programs, mark):
    # By descriptor: the pid may have been given to another process since it was seen.
    try:
        process = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if not is_victim(pid, programs, mark):
            return False
        signal.pidfd_send_signal(process, signal.SIGKILL)
        return True
    except OSError:
        return False
    finally:
        os.close(process)


class Watch:
    """The victims among the processes that come and go."""

    def __init__(self, programs, mark):
        self.programs, self.mark = programs, mark
        self.known = set()
        self.young = {}
        self.victims = set()

    def look(self):
        """Those that have become victims since the last look."""
        now = time.monotonic()
        pids = {int(name) for name in os.listdir("/proc") if name.isdigit()}
        for pid in pids - self.known:
            self.young[pid] = now + YOUNG
        self.known = pids
        self.victims &= pids
        fresh = []
        for pid, end in list(self.young.items()):
            if is_victim(pid, self.programs, self.mark):
                fresh.append(pid)
                self.victims.add(pid)
            elif now < end and pid in pids:
                continue
            del self.young[pid]
        return fresh


def main():
    count, seconds = int(sys.argv[1]), float(sys.argv[2])
    programs, mark = sys.argv[3], f"GANTRY_TEST_WORLD={sys.argv[4]}".encode()
    pause = float(sys.argv[5]) if len(sys.argv) > 5 else 0.02
    watch = Watch(programs, mark)
    kills, end, next_kill = 0, time.monotonic() + seconds, 0.0
    aim, shot = None, 0.0
    while kills < count and time.monotonic() < end:
        fresh = watch.look()
        now = time.monotonic()
        if aim is None and now >= next_kill:
            if random.random() < 0.2 and watch.victims:
                aim, shot = random.choice(list(watch.victims)), now
            elif fresh:
                aim, shot = random.choice(fresh), now + random.uniform(0, LIFE)
        if aim is not None and now >= shot:
            if kill(aim, programs, mark):
                kills += 1
                next_kill = now + pause
            aim = None
        time.sleep(0.0005)
    print(kills)


main()
