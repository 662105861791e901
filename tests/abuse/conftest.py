"""Commands are given in this process, reports draw coarse pictures, and terminals are those of tests/terminal."""

import sys

from tests.cli.support import command
from tests.report.conftest import coarse_pictures

__all__ = ["coarse_pictures", "command"]

if sys.platform != "win32":
    from tests.terminal.support import terminal

    __all__ += ["terminal"]
