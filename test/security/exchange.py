"""Swaps two names as fast as it can (renameat2(2) with RENAME_EXCHANGE) until it is killed.

    exchange.py A B
"""

import ctypes
import os
import sys

AT_FDCWD = -100
RENAME_EXCHANGE = 2

libc = ctypes.CDLL(None, use_errno=True)
a, b = (os.fsencode(name) for name in sys.argv[1:])
while True:
    if libc.renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
