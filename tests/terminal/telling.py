"""A child on a pseudo-terminal whose every byte is read."""

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import threading

from tests.cli.support import environment


def bytes_of(*command: str, rows: int = 40, columns: int = 120, seconds: float = 600, **more: str) -> bytes:
    """All that the command wrote to its terminal, until it ended well."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    child = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True, start_new_session=True,
        env=environment(
            TERM="xterm-256color", COLORTERM="truecolor", COLUMNS=str(columns), LINES=str(rows), **more
        ),
    )  # fmt: skip
    os.close(theirs)
    hung = threading.Timer(seconds, child.kill)
    hung.start()
    written = bytearray()
    with contextlib.suppress(OSError):  # EIO: the last one has closed it
        while data := os.read(ours, 1 << 16):
            written += data
    os.close(ours)
    code = child.wait()
    hung.cancel()
    assert code == 0, f"{command} ended with {code}:\n{bytes(written[-3000:])!r}"
    return bytes(written)


def told(how: str, seed: int, count: int, **options: int) -> str:
    """What the teller wrote, which has to be UTF-8."""
    return bytes_of(sys.executable, "-m", "tests.terminal.teller", how, str(seed), str(count), **options).decode()
