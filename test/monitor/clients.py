"""Who is attached to a container, and what they send."""

from harness import *


def stdin_passes():
    """A megabyte of input through pipes that take 64 kB, and the end of stdin."""
    m = Monitored("sha256sum; wc -c", stdin=True, flags=STDIN_ONCE)
    data = os.urandom(1 << 20)
    for i in range(0, len(data), 32768):
        m.first.send(INPUT, data[i:i + 32768])
    m.first.send(INPUT)
    m.first.expect(OUTPUT, hashlib.sha256(data).hexdigest().encode() + b"  -\n0\n")
    m.first.expect_exit(0)
    m.first.close()
    m.end()


def stdin_stays_open():
    """Without kMonitorStdinOnce the end of one client's stdin is not the end of the container's."""
    m = Monitored("head -n 2", stdin=True)
    m.first.send(INPUT, b"one\n")
    m.first.send(INPUT)
    m.first.close()
    second = m.attach()
    second.send(INPUT)
    second.send(INPUT, b"two\n")
    second.expect_exit(0)
    m.end()
    equal(m.logged(), b"one\ntwo\n")


def stdin_ends_with_first_client():
    """With kMonitorStdinOnce the first client's death ends stdin, and what it sent before arrives."""
    m = Monitored("cat; echo end", stdin=True, flags=STDIN_ONCE)
    m.first.send(INPUT, b"last words\n")
    m.first.close()
    equal(m.end()[:2], (0, 0))
    equal(m.logged(), b"last words\nend\n")
    assert m.was_cleaned()


def stdin_closed_by_container():
    """Input that nobody reads any more is dropped."""
    m = Monitored("exec <&-; trap 'exit 9' TERM; echo closed; while :; do sleep 0.01; done", stdin=True)
    m.first.expect(OUTPUT, b"closed\n")
    for _ in range(10):
        m.first.send(INPUT, b"x" * 32768)
    os.kill(m.init, signal.SIGTERM)
    m.first.expect_exit(9)
    m.first.send(TAKE_OVER)
    equal(m.end()[:2], (9, 0))


def unread_input():
    """Input that was never read does not cost the client the end of the story, nor the monitor its own."""
    go = os.path.join(os.environ["WORK"], "go")
    m = Monitored(f"until [ -e {go} ]; do sleep 0.01; done; exit 8", stdin=True)
    second = m.attach()
    for client in (m.first,) * 4 + (second,) * 2:  # 64 kB are in the pipe then, one packet is queued, the others are in sockets
        client.send(INPUT, b"x" * 32768)
    open(go, "wb").close()
    second.expect_exit(8)
    equal(second.receive(), None)
    m.first.expect_exit(8)
    m.first.send(TAKE_OVER)
    equal(m.end()[:2], (8, 0))


def terminal():
    """Output, input, size and end-of-file of a terminal."""
    m = Monitored("stty size; tty -s && echo tty; while read x; do echo got $x; stty size; done; exit 2",
                  terminal=True, flags=STDIN_ONCE)
    m.first.expect(OUTPUT, b"0 0\r\ntty\r\n")
    m.first.resize(31, 97)
    m.first.send(INPUT, b"word\n")
    m.first.expect(OUTPUT, b"word\r\ngot word\r\n31 97\r\n")
    m.first.send(INPUT)
    m.first.expect_exit(2)
    m.first.close()
    equal(m.end()[:2], (2, 0))


def terminal_reopened():
    """A terminal that nobody has open for a while is not at its end."""
    ready = os.path.join(os.environ["WORK"], "ready")
    m = Monitored(f"tty=$(tty); echo before; exec <&- >&- 2>&-; until [ -e {ready} ]; do sleep 0.01; done;"
                  "exec >$tty; echo after; exit 3", terminal=True)
    m.first.expect(OUTPUT, b"before\r\n")
    slave = eventually(lambda: open_slave(m.pid), "the monitor has opened the terminal's other side")
    assert slave.startswith("/dev/pts/"), slave
    open(ready, "wb").close()
    m.first.expect(OUTPUT, b"after\r\n")
    m.first.expect_exit(3)
    m.first.close()
    equal(m.end()[:2], (3, 0))
    equal(m.logged(), b"before\r\nafter\r\n")


def open_slave(pid):
    links = []
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            links.append(os.readlink(f"/proc/{pid}/fd/{fd}"))
        except FileNotFoundError:
            pass
    return next((link for link in links if link.startswith("/dev/pts/")), None)


def later_client():
    """Who attaches later gets what comes from then on, and the end."""
    m = Monitored("echo early; read x; echo $x", stdin=True, first=False)
    eventually(lambda: m.logged() == b"early\n", "early output")
    second = m.attach()
    second.send(INPUT, b"late\n")
    second.expect(OUTPUT, b"late\n")
    second.expect_exit(0)
    equal(second.receive(), None)
    m.end()


def slow_first_client():
    """While the first client does not read, the container waits; nothing is lost, also after its end."""
    m = Monitored("head -c 1000000 /dev/zero | tr '\\0' x; exec >&-; exit 7")
    read = eventually(lambda: settled(lambda: os.path.getsize(m.log_path)), "the stream is held up")
    assert 0 < read < 900000 and is_running(m.init), read
    got = 0
    while (packet := m.first.receive())[0] == OUTPUT:
        got += len(packet[1])
    equal((packet[0], struct.unpack("=i", packet[1])[0]), (EXITED, 7))
    m.first.send(TAKE_OVER)
    m.end()
    equal((got, len(m.logged())), (1000000, 1000000))


def settled(value, same=20):
    """The value once it has been the same, and not 0, for a while."""
    first = value()
    for _ in range(same):
        time.sleep(0.01)
        if value() != first:
            return None
    return first


def slow_first_client_at_the_end():
    """An end that the first client does not want to hear is on record, and waits for it without a limit."""
    m = Monitored("head -c 100000 /dev/zero | tr '\\0' x; exit 7")
    eventually(m.exit_record, "the exit record")
    assert is_running(m.pid) and not m.was_cleaned()
    got = 0
    while (packet := m.first.receive())[0] == OUTPUT:
        got += len(packet[1])
    equal((packet[0], got), (EXITED, 100000))
    m.first.send(TAKE_OVER)
    equal(m.end()[:2], (7, 0))
    equal(len(m.logged()), 100000)
    assert not m.was_cleaned()


def slow_first_client_leaves():
    """A client that leaves while output waits for it frees the container."""
    m = Monitored("head -c 1000000 /dev/zero | tr '\\0' x; exit 7")
    eventually(lambda: settled(lambda: os.path.getsize(m.log_path)), "the stream is held up")
    m.first.close()
    equal(m.end()[:2], (7, 0))
    equal(len(m.logged()), 1000000)
    assert m.was_cleaned()


def blocked_both_ways():
    """Input that the container does not take and output that the client does not take: the client still reads on."""
    m = Monitored("head -c 1000000 /dev/zero | tr '\\0' x; wc -c", stdin=True, flags=STDIN_ONCE)
    m.first.socket.setblocking(False)
    sent = got = 0
    text = b""
    while b"\n" not in text:
        readable, writable, _ = select.select([m.first.socket], [m.first.socket] if sent < 40 else [], [], 20)
        if writable and sent < 40:
            try:
                m.first.send(INPUT, b"y" * 32768)
                sent += 1
                if sent == 40:
                    m.first.socket.setblocking(True)
                    m.first.send(INPUT)
                    m.first.socket.setblocking(False)
            except BlockingIOError:
                pass
        elif readable:
            kind, data = m.first.receive()
            equal(kind, OUTPUT)
            got += len(data)
            text += data.strip(b"x")
    equal((int(text), got - len(text)), (40 * 32768, 1000000))
    m.first.close()
    m.end()


def slow_later_client():
    """A later client that does not read is disconnected, and holds nobody up."""
    m = Monitored("read go; head -c 1000000 /dev/zero | tr '\\0' x; read go; exit 7", stdin=True)
    slow = m.attach()
    slow.send(INPUT, b"go\n")
    got = 0
    while got < 1000000:
        got += len(m.first.receive()[1])
    m.first.send(INPUT, b"go\n")
    while packet := slow.receive():
        equal(packet[0], OUTPUT)
    m.first.expect_exit(7)
    m.first.send(TAKE_OVER)
    m.end()


def bad_packets():
    """Who breaks the protocol is disconnected; the container does not notice."""
    m = Monitored("read x; echo $x", stdin=True)
    for packet in (b"\x63", bytes([RESIZE]) + b"123", bytes([TAKE_OVER]), bytes([OUTPUT]) + b"x",
                   bytes([INPUT]) + b"x" * 32769):
        bad = m.attach()
        bad.socket.send(packet)
        equal(bad.receive(), None)
    m.first.send(INPUT, b"well\n")
    m.first.expect(OUTPUT, b"well\n")
    m.first.expect_exit(0)
    m.first.send(TAKE_OVER)
    m.end()


def many_clients():
    """Sixteen later clients; one more is turned away, and may come when another has left."""
    m = Monitored("read go; echo $go", stdin=True)
    clients = [m.attach() for _ in range(16)]
    equal(m.attach().receive(), None)
    clients.pop().close()

    def attach_again():
        client = m.attach()
        client.socket.settimeout(0.1)
        try:
            return client if client.receive() else None
        except TimeoutError:
            client.socket.settimeout(20)
            return client

    clients.append(eventually(attach_again, "a free place"))
    m.first.send(INPUT, b"go\n")
    for client in [m.first, *clients]:
        client.expect(OUTPUT, b"go\n")
        client.expect_exit(0)
    m.first.send(TAKE_OVER)
    m.end()


if __name__ == "__main__":
    main(globals())
