"""`tui-rnn runs`: the runs under runs/, newest first, once or again and again."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from tui_rnn import place, stdio
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.engine.kinds import Ending
from tui_rnn.runs.followed import INTERRUPTED
from tui_rnn.runs.listing import Listing, RunLine
from tui_rnn.runs.log import as_line
from tui_rnn.runs.new_folder import RUNS
from tui_rnn.safe_text import safe_text
from tui_rnn.wording import age_text, duration_text, figure, step_goal_text, time_goal_text

_LOOK_SECONDS = 2.0  # between two looks with --watch
_CLEARED = "\x1b[H\x1b[2J"
_ENDED: dict[str, str] = {Ending.STEPS: "done", Ending.SIGNAL: "stopped by a signal", INTERRUPTED: "cut off"}
_RECENT = "recent"  # of runs whose smooth loss still lags, in its place; left out where there are none
_BEST = "best nats/char"  # by the smooth loss
_HELD_OUT = "best held out"
_HEADINGS = ("run", "recipe", "state", "step", _BEST, _RECENT, _HELD_OUT, "changed")
_TO_THE_RIGHT = (_BEST, _RECENT, _HELD_OUT, "changed")


def show(*, as_json: bool, watch: bool = False) -> int:
    """Print the runs under their headings, or a JSON object each; with `watch` again whenever they have changed."""
    listing = Listing()
    if watch:
        return _watch(listing, as_json=as_json)
    lines = [line for line, _ in listing.look()]
    if as_json:
        sys.stdout.writelines(as_line(line.as_record()) for line in lines)
    elif lines:
        print(*table(lines, datetime.now().timestamp()), sep="\n")
    else:
        stdio.write_stderr(f"no runs under {RUNS}/ yet: begin one with tui-rnn CORPUS, any text file\n")
    return 0


def _watch(listing: Listing, *, as_json: bool, sleep: Callable[[float], object] = time.sleep) -> int:
    """Until a signal ends it: the whole list on a terminal, or with `as_json` an object for each run that changed."""
    if not as_json and (why := place.why_undrawable(place.streams(), os.environ)):
        raise ConfigError(f"--watch draws the list again and again, and {why}: use a terminal, or --json")
    before: list[RunLine] = []
    while True:
        lines = [line for line, _ in listing.look()]
        if as_json:
            sys.stdout.writelines(as_line(line.as_record()) for line in lines if line not in before)
        else:
            height = shutil.get_terminal_size().lines - 2
            shown = table(lines[: height - 1], datetime.now().timestamp()) if lines else [f"no runs under {RUNS}/ yet"]
            more = [f"and {len(lines) - height + 1} more"] if len(lines) >= height else []
            print(_CLEARED + "\n".join([*shown, *more]))
        sys.stdout.flush()
        before = lines
        sleep(_LOOK_SECONDS)


def table(lines: Sequence[RunLine], now: float) -> list[str]:
    """Headings and a row for each run, in aligned columns; names that users gave at the end."""
    digits = max(len(f"{line.step:,}") for line in lines)
    rows = [_HEADINGS, *(_row(line, now, digits) for line in lines)]
    if all(not row[_HEADINGS.index(_RECENT)] for row in rows[1:]):
        rows = [tuple(cell for heading, cell in zip(_HEADINGS, row, strict=True) if heading != _RECENT) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    names = ["", *(safe_text(line.name, one_line=True) for line in lines)]
    names[0] = "name" if any(names) else ""
    return [
        "  ".join(
            cell.rjust(width) if heading in _TO_THE_RIGHT else cell.ljust(width)
            for heading, cell, width in zip(rows[0], row, widths, strict=True)
        ).rstrip()
        + (f"  {name}" if name else "")
        for row, name in zip(rows, names, strict=True)
    ]


def _row(line: RunLine, now: float, digits: int) -> tuple[str, ...]:
    age = age_text(now - line.changed)
    return (
        safe_text(line.run, one_line=True),
        safe_text(line.recipe, one_line=True),
        state_text(line),
        _way(line, digits),
        "" if line.lags else figure(line.nats_per_char, 3),
        figure(line.recent_nats_per_char, 3) if line.lags else "",
        figure(line.best_held_out_nats_per_char, 3),
        age if age == "now" else f"{age} ago",
    )


def state_text(line: RunLine) -> str:
    """How it stands, in words: `training`; `done, in use` where a screen still shows it."""
    words = _ENDED.get(line.state, safe_text(line.state, one_line=True))
    if line.off_course and line.state != "diverged":
        words += ", off course"
    if not line.saved:
        words += ", not saved"
    return words + ", in use" * (line.in_use and line.state != "training")


def _way(line: RunLine, digits: int) -> str:
    """How far the run has come on the way to its goal, the steps right-aligned."""
    goal = Goal(UNLIMITED if line.steps is None else line.steps, line.minutes)
    spent = "" if line.minutes is None else f" in {duration_text(line.elapsed_seconds)}{time_goal_text(goal)}"
    return f"{line.step:>{digits},}{step_goal_text(goal)}{spent}"
