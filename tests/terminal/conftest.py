"""The program on a pseudo-terminal, where the system has them."""

import sys

if sys.platform != "win32":
    from tests.terminal.support import terminal

    __all__ = ["terminal"]
