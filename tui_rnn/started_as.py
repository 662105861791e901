"""The name under which a shell finds this program: `tui-rnn`, or where that is not on PATH, what it was started by."""

import os
import shutil
import sys

from tui_rnn.engine.errors import shell_word

_NAME = "tui-rnn"


def program() -> str:
    """The words to begin a command with that is shown to be typed: `tui-rnn`, or `.venv/bin/tui-rnn`, quoted.

    `python -m tui_rnn` is found by the Python it runs on. A process that was started by neither says `tui-rnn`.
    """
    started = sys.argv[0] if sys.argv else ""
    folder, name = os.path.split(started)
    if shutil.which(_NAME) is not None:
        return _NAME
    if os.path.splitext(name)[0] == _NAME:
        return shell_word(started)
    if name == "__main__.py" and os.path.basename(folder) == __package__:
        return f"{shell_word(sys.executable or 'python')} -m {__package__}"
    return _NAME
