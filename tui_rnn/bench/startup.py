"""How soon the program is there: its first frame beside the bare imports, its first update, its help, a short run."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tui_rnn.bench.measure import Figure
from tui_rnn.bench.terminal import program
from tui_rnn.isolation import command, python

MOST_TIMES_BARE = 1.6  # the first frame over the bare imports
# The least that any program of these two libraries does before it can begin: all of NumPy, and of Textual the App
# with the screen, widgets, styles and messages that it imports itself.
_BARE = "import numpy, textual.app"
_UNCOMPILED = "PYTHONDONTWRITEBYTECODE is set: where no installer has compiled tui-rnn, every start compiles it"


def startup(corpus: Path, rounds: int) -> list[Figure]:
    """Seconds from the start of a process, medians of so many rounds, in which the measured things take turns.

    Files are read from the system's cache: a first start after a reboot takes longer, for each of them alike.
    """
    bare, first_frame, first_update, help_, headless, ratios = [], [], [], [], [], []
    for _ in range(rounds):
        bare.append(_seconds(python(_BARE)))
        with program(corpus) as (terminal, _):
            first_frame.append(terminal.until(b"READING") - terminal.started)
            first_update.append(terminal.until(rb"[1-9][\d,]*(?:\x1b\[[\d;]*m)+ of [\d,]") - terminal.started)
        ratios.append(first_frame[-1] / bare[-1])
        help_.append(_seconds(command("--help")))
        with tempfile.TemporaryDirectory() as folder:
            run = str(Path(folder, "run"))
            headless.append(_seconds(command(str(corpus), "--headless", "--steps", "1", "--run", run)))
    return [
        Figure("first frame / bare import", median(ratios), "x", MOST_TIMES_BARE, at_least=False),
        Figure("bare import", median(bare), "s", note=_BARE),
        Figure("first frame", median(first_frame), "s", note=_UNCOMPILED if sys.dont_write_bytecode else ""),
        Figure("first update shown", median(first_update), "s"),
        Figure("--help", median(help_), "s"),
        Figure("headless, 1 step", median(headless), "s", note="gradient checks and last checkpoint included"),
    ]


def _seconds(process: tuple[list[str], dict[str, str]]) -> float:
    """How long a process takes from its start to its end. Raises CalledProcessError where it fails."""
    arguments, environment = process
    none = subprocess.DEVNULL
    begin = time.perf_counter()
    subprocess.run(arguments, env=environment, stdin=none, stdout=none, stderr=none, check=True)
    return time.perf_counter() - begin
