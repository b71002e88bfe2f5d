"""Where a container's output goes."""

import os

from harness import *

LINES = "i=0; while [ $i -lt {n} ]; do echo line $i of the output; i=$((i+1)); done"


def records():
    """A line that comes in two writes is a partial record and a full one; stderr has its own stream."""
    m = Monitored(r"printf 'one\n\nthr'; read go; printf 'ee\n'; printf oops >&2", stdin=True)
    m.first.expect(OUTPUT, b"one\n\nthr")
    before = time.time_ns()
    m.first.send(INPUT, b"go\n")
    m.first.expect(OUTPUT, b"ee\n")
    m.first.expect(ERROR, b"oops")
    m.first.expect_exit(0)
    m.first.send(TAKE_OVER)
    equal(m.end()[:2], (0, 0))
    equal(m.log(), [("stdout", "F", b"one"), ("stdout", "F", b""), ("stdout", "P", b"thr"), ("stdout", "F", b"ee"),
                    ("stderr", "P", b"oops")])
    with open(m.log_path, encoding="ascii") as file:
        times = [line.split(" ")[0] for line in file]
    equal(times, sorted(times))
    assert times[2] < rfc3339(before) < times[3] < rfc3339(time.time_ns()), times


def rfc3339(nanoseconds):
    seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(nanoseconds // 10**9))
    return f"{seconds}.{nanoseconds % 10**9:09}+00:00"


def binary():
    """Any byte passes, also where a batch holds more lines than one write takes."""
    m = Monitored("i=0; while [ $i -lt 30 ]; do cat /bin/sh; i=$((i+1)); done; yes '' | head -c 100000")
    with open("/bin/sh", "rb") as file:
        expected = file.read() * 30 + b"\n" * 100000
    got = b""
    while (packet := m.first.receive())[0] == OUTPUT:
        got += packet[1]
    m.first.close()
    m.end()
    assert got == expected and m.logged() == expected


def ten_megabytes():
    """Nothing is lost on the way to the log and to the first client."""
    m = Monitored("head -c 10000000 /dev/urandom | base64 -w 100 | head -c 10000000; echo; echo end >&2")
    start = time.monotonic()
    output, error = hashlib.sha256(), b""
    size = 0
    while (packet := m.first.receive())[0] != EXITED:
        if packet[0] == OUTPUT:
            output.update(packet[1])
            size += len(packet[1])
        else:
            error += packet[1]
    print(f"10 MB in {time.monotonic() - start:.3f} s, {m.pss() // 1024} kB PSS")
    m.first.send(TAKE_OVER)
    equal(m.end()[:2], (0, 0))
    equal((size, error), (10000001, b"end\n"))
    equal(hashlib.sha256(m.logged()).digest(), output.digest())


def without_clients():
    """The end waits for nobody."""
    m = Monitored(LINES.format(n=1000) + "; exit 3", first=False)
    equal(m.end()[:2], (3, 0))
    equal(m.logged(), b"".join(b"line %d of the output\n" % i for i in range(1000)))
    assert m.was_cleaned()


def left_behind():
    """A process that outlives the init and keeps its output open holds nobody up; what was written before is there."""
    m = Monitored("sleep 1000 & echo $!; head -c 60000 /dev/zero | tr '\\0' x; exit 4")
    try:
        m.first.expect_exit(4)
        m.first.send(TAKE_OVER)
        equal(m.end()[:2], (4, 0))
        sleeper, text = m.logged().split(b"\n")
        equal(text, b"x" * 60000)
        assert is_running(int(sleeper))
    finally:
        kill(int(m.logged().split(b"\n")[0]))


def left_behind_writing():
    """One that goes on writing does not hold the end up either."""
    m = Monitored("yes & echo $! >&2; exit 5")
    m.first.expect_exit(5)
    m.first.send(TAKE_OVER)
    try:
        equal(m.end()[:2], (5, 0))
    finally:
        kill(int(m.logged("stderr")))


def closed_output():
    """A container that closes its output goes on."""
    m = Monitored("exec >&- 2>&-; read go; exit 6", stdin=True)
    m.first.send(INPUT, b"go\n")
    m.first.expect_exit(6)
    m.first.close()
    equal(m.end()[:2], (6, 0))


def full_disk():
    """The container goes on while its log's disk is full; the log holds whole records, and tells how much is missing.
    $LOGS is a small file system of its own."""
    filler = os.path.join(os.environ["LOGS"], "filler")
    log = os.path.join(os.environ["LOGS"], "log")
    with open(filler, "wb") as file:
        file.write(b"x" * 16384)
    m = Monitored("yes 'a line of some length' | head -c 230000; read go; echo works again", stdin=True, log=log)
    size = 0
    while size < 230000:
        size += len(m.first.receive()[1])
    logged = m.log()
    assert 0 < len(logged) < 2000, len(logged)
    os.remove(filler)
    m.first.send(INPUT, b"go\n")
    m.first.expect(OUTPUT, b"works again\n")
    m.first.expect_exit(0)
    m.first.send(TAKE_OVER)
    m.end()
    records = m.log()
    equal(records[:len(logged)], logged)
    (stream, tag, told), again = records[len(logged):]
    equal((stream, tag), ("stderr", "F"))
    lost = int(re.fullmatch(rb"gantry-monitor: (\d+) bytes of output could not be logged here: No space left on device",
                            told)[1])
    equal(lost, 230000 - sum(len(text) + (tag == "F") for _, tag, text in logged))
    equal(again, ("stdout", "F", b"works again"))


def memory():
    """At most 1 MB a container, also after every buffer was used."""
    m = Monitored("cat; " + LINES.format(n=20000) + "; echo x >&2; exec sleep 1000", stdin=True, flags=STDIN_ONCE)
    idle = eventually(lambda: m.pss() if is_running(m.init) else 0, "the container runs")
    for _ in range(100):
        m.first.send(INPUT, b"x" * 32768)
        m.first.expect(OUTPUT, b"x" * 32768)
    m.first.send(INPUT)
    while m.first.receive()[0] != ERROR:
        pass
    busy = m.pss()
    print(f"PSS {idle // 1024} kB at first, {busy // 1024} kB after work")
    kill(m.init)
    m.first.expect_exit(137)
    m.first.close()
    m.end()
    assert busy < 300 * 1024, busy


if __name__ == "__main__":
    main(globals())
