"""`tui-rnn runs`: the runs in a folder, newest first, once or again and again; of a sweep with what is varied in it."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tui_rnn import place, stdio
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import ConfigError, RunError
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.engine.kinds import Ending
from tui_rnn.runs.followed import INTERRUPTED, FollowedRun
from tui_rnn.runs.listing import Listing, RunLine
from tui_rnn.runs.log import as_line
from tui_rnn.runs.new_folder import RUNS
from tui_rnn.safe_text import safe_text
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.words import option_text
from tui_rnn.unlike import recipe_words
from tui_rnn.wording import age_text, duration_text, figure, setting_text, step_goal_text, time_goal_text

_LOOK_SECONDS = 2.0  # between two looks with --watch
_CLEARED = "\x1b[H\x1b[2J"
_ENDED: dict[str, str] = {Ending.STEPS: "done", Ending.SIGNAL: "stopped by a signal", INTERRUPTED: "cut off"}
_RECENT = "recent"  # of runs whose smooth loss still lags, in its place; left out where there are none
_BEST = "best nats/char"  # by the smooth loss
_HELD_OUT = "best held out"
_RECIPE = "recipe"
_HEADINGS = ("run", _RECIPE, "state", "step", _BEST, _RECENT, _HELD_OUT, "changed")
_SEED = "seed"
NO_CONFIGS: Mapping[str, RunConfig] = MappingProxyType({})
_TO_THE_RIGHT = (_BEST, _RECENT, _HELD_OUT, "changed")


@dataclass(frozen=True, slots=True)
class Varied:
    """What is varied in the sweep whose runs are listed."""

    options: tuple[str, ...] = ()  # their long names, in the plan's order; none where the runs are no sweep's
    jobs: Mapping[str, tuple[Mapping[str, Any], int]] = field(default_factory=dict)  # setting and seed by a run's name

    @classmethod
    def of(cls, plan: Plan) -> "Varied":
        """The plan's."""
        return cls(tuple(plan.varied), {job.name: (job.setting, job.seed) for job in plan.jobs})

    def cells(self, line: RunLine) -> tuple[str, ...]:
        """The values of a run, and its seed; empty ones of a run that is no part of the plan."""
        setting, seed = self.jobs.get(Path(line.run).name, ({}, None))
        values = (setting_text(name, setting[name]) if name in setting else "" for name in self.options)
        return (*(safe_text(value, one_line=True) for value in values), "" if seed is None else str(seed))

    def record(self, line: RunLine) -> dict[str, Any]:
        """The run as a JSON object."""
        setting, seed = self.jobs.get(Path(line.run).name, ({}, None))
        return line.as_record() | ({"setting": dict(setting), "seed": seed} if self.jobs else {})


NOTHING_VARIED = Varied()


def show(folder: str | None = None, *, as_json: bool, watch: bool = False) -> int:
    """Print the runs in the folder, runs/ if none is given, or those of the sweep in it; with `watch` again and again.

    They stand under their headings, or are a JSON object each. Raises RunError where there is no such folder.
    """
    sweep = SweepFolder(Path(folder)) if folder is not None else None
    if sweep is not None and not sweep.path.is_dir():
        raise RunError(f"{folder} is no folder: name a folder of runs, or that of a sweep; without one it is {RUNS}/")
    if sweep is not None and sweep.holds_a_sweep():
        varied, listing = Varied.of(sweep.plan()), Listing(sweep.runs)
    else:
        varied, listing = NOTHING_VARIED, Listing(RUNS if sweep is None else sweep.path)
    if watch:
        return _watch(listing, varied, as_json=as_json)
    found = listing.look()
    lines = [line for line, _ in found]
    if as_json:
        sys.stdout.writelines(as_line(varied.record(line)) for line in lines)
    elif lines:
        print(*table(lines, datetime.now().timestamp(), varied, _configs(found)), sep="\n")
    else:
        begin = ": begin one with tui-rnn CORPUS, any text file" if sweep is None else ""
        stdio.write_stderr(f"{_nothing_in(listing)}{begin}\n")
    return 0


def _watch(
    listing: Listing,
    varied: Varied = NOTHING_VARIED,
    *,
    as_json: bool,
    sleep: Callable[[float], object] = time.sleep,
) -> int:
    """Until a signal ends it: the whole list on a terminal, or with `as_json` an object for each run that changed."""
    if not as_json and (why := place.why_undrawable(place.streams(), os.environ)):
        raise ConfigError(f"--watch draws the list again and again, and {why}: use a terminal, or --json")
    before: list[RunLine] = []
    while True:
        found = listing.look()
        lines = [line for line, _ in found]
        if as_json:
            sys.stdout.writelines(as_line(varied.record(line)) for line in lines if line not in before)
        else:
            height = shutil.get_terminal_size().lines - 2
            now, configs = datetime.now().timestamp(), _configs(found)
            shown = table(lines[: height - 1], now, varied, configs) if lines else [_nothing_in(listing)]
            more = [f"and {len(lines) - height + 1} more"] if len(lines) >= height else []
            print(_CLEARED + "\n".join([*shown, *more]))
        sys.stdout.flush()
        before = lines
        sleep(_LOOK_SECONDS)


def _nothing_in(listing: Listing) -> str:
    return f"no runs under {safe_text(str(listing.folder), one_line=True)}/ yet"


def _configs(found: Sequence[tuple[RunLine, FollowedRun | None]]) -> dict[str, RunConfig]:
    """The options of each run that says them, by its folder."""
    return {line.run: followed.config for line, followed in found if followed is not None}


def table(
    lines: Sequence[RunLine],
    now: float,
    varied: Varied = NOTHING_VARIED,
    configs: Mapping[str, RunConfig] = NO_CONFIGS,
) -> list[str]:
    """Headings and a row for each run, in aligned columns; names that users gave at the end.

    Beside the recipe stands what a run has unlike it, as far as the terminal has room. Of the runs of a sweep the
    folder's name alone stands there, and behind it what is varied.
    """
    digits = max(len(f"{line.step:,}") for line in lines)
    headings: tuple[str, ...] = _HEADINGS
    rows = [_row(line, now, digits) for line in lines]
    if all(not row[_HEADINGS.index(_RECENT)] for row in rows):
        at = _HEADINGS.index(_RECENT)
        headings, rows = _without(headings, at), [_without(row, at) for row in rows]
    if varied.jobs:
        options = (*(option_text(name) for name in varied.options), _SEED)
        headings = ("run", *options, *headings[1:])
        rows = [
            (safe_text(Path(line.run).name, one_line=True), *varied.cells(line), *row[1:])
            for line, row in zip(lines, rows, strict=True)
        ]
        to_the_right = (*_TO_THE_RIGHT, *options)
    else:
        to_the_right = _TO_THE_RIGHT
    names = ["", *(safe_text(line.name, one_line=True) for line in lines)]
    names[0] = "name" if any(names) else ""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    if not varied.jobs:
        at = headings.index(_RECIPE)
        taken = sum(widths) + 2 * (len(widths) - 1) + max(2 * any(names) + len(name) for name in names)
        room = widths[at] + max(0, shutil.get_terminal_size().columns - taken)
        recipes = [recipe_words(line.recipe, configs.get(line.run), room) for line in lines]
        rows = [(*row[:at], recipe, *row[at + 1 :]) for row, recipe in zip(rows, recipes, strict=True)]
        widths[at] = max(widths[at], *map(len, recipes))
    return [
        "  ".join(
            cell.rjust(width) if heading in to_the_right else cell.ljust(width)
            for heading, cell, width in zip(headings, row, widths, strict=True)
        ).rstrip()
        + (f"  {name}" if name else "")
        for row, name in zip([headings, *rows], names, strict=True)
    ]


def _without(cells: tuple[str, ...], at: int) -> tuple[str, ...]:
    return cells[:at] + cells[at + 1 :]


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
    """How it stands, in words: `training`, `paused`; `done, in use` where a screen still shows it."""
    words = "paused" if line.paused else _ENDED.get(line.state, safe_text(line.state, one_line=True))
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
