"""How a container ends, and who cleans up."""

from harness import *


def exit_codes():
    """The record and the packet say the same as a shell; the record is there before the packet."""
    for script, code, number in (("exit 0", 0, 0), ("exit 255", 255, 0), ("kill -KILL $$", 137, 9),
                                 ("kill -TERM $$", 143, 15), ("kill -SEGV $$", 139, 11)):
        before = time.time_ns()
        m = Monitored(script)
        m.first.expect_exit(code)
        recorded = m.exit_record()
        m.first.send(TAKE_OVER)
        record = m.end()
        equal(m.exit_record(), recorded)
        equal(record[:2], (code, number))
        assert before < record[2] < time.time_ns()


def ended_before():
    """An init that has ended before the monitor began is seen."""
    m = Monitored("echo quick; exit 4", wait_for_end=True)
    m.first.expect(OUTPUT, b"quick\n")
    m.first.expect_exit(4)
    m.first.send(TAKE_OVER)
    equal(m.end()[:2], (4, 0))


def taken_over():
    """A client that takes over cleans up itself."""
    m = Monitored("exit 1")
    m.first.expect_exit(1)
    m.first.send(TAKE_OVER)
    m.end()
    assert not m.was_cleaned()


def client_gone():
    """When the first client has gone, in the middle or at the end, the monitor cleans up."""
    m = Monitored("read go", first=True, stdin=True)
    m.first.close()
    m.attach().send(INPUT, b"go\n")
    equal(m.end()[:2], (0, 0))
    assert m.was_cleaned()
    m = Monitored("exit 1")
    m.first.expect_exit(1)
    m.first.close()
    m.end()
    assert m.was_cleaned()


def client_silent():
    """A client that never answers, as it was stopped, is not waited for for ever."""
    m = Monitored("exit 1")
    m.first.expect_exit(1)
    start = time.monotonic()
    m.end()
    assert m.was_cleaned()
    assert 4 < time.monotonic() - start < 15


def early_answer():
    """An answer to a question that was not asked yet breaks the protocol: the cleanup must not depend on it."""
    m = Monitored("read go", stdin=True)
    m.first.send(TAKE_OVER)
    equal(m.first.receive(), None)
    m.attach().send(INPUT, b"go\n")
    m.end()
    assert m.was_cleaned()


def cleanup_command():
    """It gets its words as they are, an ordinary process's signals and score, and none of the monitor's files."""
    out = os.path.join(os.environ["WORK"], "out")
    with open("/proc/self/oom_score_adj", encoding="ascii") as file:
        score = file.read().strip()
    script = 'for word; do echo "<$word>"; done; ls /proc/self/fd | wc -l; grep Sig[BI] /proc/self/status;' \
             "cat /proc/self/oom_score_adj; pwd"
    m = Monitored("exit 1", first=False, cleanup=["/bin/sh", "-c", f"exec > {out}; {script}", "sh", "one word", "", "x"])
    m.end()
    with open(out, encoding="ascii") as file:
        lines = file.read().split("\n")
    # 0, 1, 2 and the folder that ls itself has open.
    equal(lines[:4], ["<one word>", "<>", "<x>", "4"])
    equal(lines[4], "SigBlk:\t0000000000000000")
    equal(lines[6:], [score, "/", ""])


def cleanup_command_missing():
    """A cleanup command that cannot be run is told on stderr; the exit is on record all the same."""
    m = Monitored("exit 1", first=False, cleanup=["/nonexistent/gantry"])
    equal(m.end()[:2], (1, 0))


def signals():
    """SIGKILL alone ends a monitor; its container goes on."""
    m = Monitored("echo ready; read go; echo $go; exec sleep 1000", stdin=True)
    m.first.expect(OUTPUT, b"ready\n")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGPIPE,
                   signal.SIGALRM, signal.SIGXFSZ):
        os.kill(m.pid, number)
    m.first.send(INPUT, b"go\n")
    m.first.expect(OUTPUT, b"go\n")
    kill(m.pid)
    equal(m.first.receive(), None)
    assert is_running(m.init)


def orphans():
    """Orphans of a container without a pid namespace come to the monitor and are reaped."""
    m = Monitored("for i in 1 2 3 4 5; do (sh -c 'echo $$' & ); done; read go", stdin=True)
    pids = b""
    while pids.count(b"\n") < 5:
        pids += m.first.receive()[1]
    for pid in pids.split():
        eventually(lambda pid=pid: not os.path.exists(f"/proc/{int(pid)}"), f"{pid} is reaped")
    m.first.send(INPUT, b"go\n")
    m.first.expect_exit(0)
    m.first.send(TAKE_OVER)
    m.end()


def detached():
    """The monitor leads a session of its own, away from its caller's folder."""
    m = Monitored("exec sleep 1000", first=False)
    eventually(lambda: os.getsid(m.pid) == m.pid, "a session")
    eventually(lambda: os.readlink(f"/proc/{m.pid}/cwd") == "/", "the root folder")
    kill(m.init)
    m.end()


if __name__ == "__main__":
    main(globals())
