"""Orders that gantry-monitor must refuse: argv[1] names one. The monitor is executed in this process."""

from harness import *

# A child of the process that becomes the monitor; it goes when that process does.
ENDED, alive = os.pipe()
CHILD = os.fork()
if CHILD == 0:
    os.close(alive)
    os.read(ENDED, 1)
    os._exit(0)
os.set_inheritable(alive, True)
FOLDER = os.open("/", os.O_DIRECTORY)
PIPE, _ = os.pipe()
TERMINAL = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
GOOD = {"run": FOLDER, "stdout": PIPE}

ORDERS = {
    "short": order_bytes(CHILD, GOOD)[:20],
    "magic": order_bytes(CHILD, GOOD, magic=1),
    "flags": order_bytes(CHILD, GOOD, flags=2),
    "long_command": order_bytes(CHILD, GOOD, b"x" * 16384 + b"\0"),
    "cut_command": order_bytes(CHILD, GOOD, b"x\0", length=3),
    "unended_command": order_bytes(CHILD, GOOD, b"word\0word"),
    "many_words": order_bytes(CHILD, GOOD, b"x\0" * 65),
    "no_folder": order_bytes(CHILD, {}),
    "closed": order_bytes(CHILD, GOOD | {"log": 300}),
    "twice": order_bytes(CHILD, GOOD | {"stderr": PIPE}),
    "both": order_bytes(CHILD, GOOD | {"terminal": TERMINAL}),
    "not_a_child": order_bytes(os.getppid(), GOOD),
    "no_process": order_bytes(0, GOOD),
}

order_file = os.memfd_create("order", 0)
os.write(order_file, ORDERS[sys.argv[1]])
os.lseek(order_file, 0, os.SEEK_SET)
for fd in (FOLDER, PIPE, TERMINAL):
    os.set_inheritable(fd, True)
os.execv(PROGRAM, ["gantry-monitor", str(order_file)])
