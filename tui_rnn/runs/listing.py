"""The runs under runs/, each in a line: what `tui-rnn runs` and the screen of runs show."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from math import log as ln
from pathlib import Path
from typing import Any

from tui_rnn.engine.errors import RunError
from tui_rnn.engine.goal import UNLIMITED
from tui_rnn.engine.hopeless import is_hopeless
from tui_rnn.engine.recent import comparable_loss, smooth_loss_lags
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.followed import FollowedRun
from tui_rnn.runs.label import RunLabel, read_label
from tui_rnn.runs.new_folder import RUNS

DAMAGED = "damaged"  # the state of a run whose config.json or log cannot be used


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in short."""

    run: str
    corpus: str
    recipe: str
    step: int
    steps: int | None  # the goal in updates; None where the minutes alone end the run
    best_smooth_loss: float | None
    best_step: int | None
    seq_length: int
    state: str  # training, the reason it ended for, interrupted, or damaged
    changed: float  # seconds since the epoch, of the last event
    minutes: float | None = None  # the goal in time
    elapsed_seconds: float = 0.0  # trained so far, by the latest event that says so
    in_use: bool = False  # a process has it open: it trains, or its screen still shows a run that has ended
    saved: bool = True  # False: it ended, and the updates since its last checkpoint are lost
    nats_per_char: float | None = None  # of the best smooth loss
    best_held_out_nats_per_char: float | None = None
    recent_nats_per_char: float | None = None  # mean of the last 50 updates, by the latest event that says so
    paused: bool = False  # in training, and the process that trains it waits for its user
    off_course: bool = False  # its loss is far above that of guessing every character alike
    name: str = ""  # that its user gave it
    note: str = ""

    @property
    def lags(self) -> bool:
        """Whether its smooth loss still lags behind the network, and its recent loss is known."""
        return self.recent_nats_per_char is not None and smooth_loss_lags(self.step)

    @property
    def comparable_nats(self) -> float | None:
        """By which it stands beside others: its best smooth loss, or its recent one while that lags."""
        return comparable_loss(self.step, self.nats_per_char, self.recent_nats_per_char)

    def as_record(self) -> dict[str, Any]:
        """The line as a JSON object."""
        return asdict(self)


class Listing:
    """The runs in a folder; what was read of one is kept, so that a second look reads what was added since."""

    def __init__(self, folder: Path = RUNS) -> None:
        self.folder = folder
        self._known: dict[Path, FollowedRun | None] = {}  # None: nothing says what was trained

    def look(self) -> list[tuple[RunLine, FollowedRun | None]]:
        """Each run as it is now, the newest first; none where there is no such folder."""
        found = []
        for path in self._paths():
            with suppress(OSError):  # it vanishes while it is read, or may not be read
                found.append(self.line(path))
        return sorted(found, key=lambda each: (-each[0].changed, each[0].run))

    def _paths(self) -> Iterator[Path]:
        if self.folder.is_dir():
            for path in self.folder.iterdir():
                if os.path.isfile(RunDirectory(path).config_file):
                    yield path

    def line(self, path: Path) -> tuple[RunLine, FollowedRun | None]:
        """The run at this path as it is now. Raises OSError where it vanishes, or may not be read."""
        followed = self._known.get(path)
        if followed is None or followed.is_damaged:
            try:
                followed = FollowedRun.at(path)
            except RunError:
                self._known[path] = None
                return RunLine(str(path), "?", "?", 0, 0, None, None, 1, DAMAGED, _changed(path)), None
            self._known[path] = followed
        for _ in followed.news(samples=False):
            pass
        return line_of(followed, _changed(path), read_label(path)), followed


def list_runs(folder: Path = RUNS) -> list[RunLine]:
    """The runs in `folder`, newest first; none where there is no such folder."""
    return [line for line, _ in Listing(folder).look()]


def line_of(followed: FollowedRun, changed: float, label: RunLabel | None = None) -> RunLine:
    """The line of a run of which all was read; `changed` is the time of its last event."""
    config, goal, log, label = followed.config, followed.goal, followed.log, label or RunLabel()
    best, best_step, T = log.best, log.best_step, config.seq_length
    step, seconds = log.step, log.elapsed_seconds
    held_out = [event.nats_per_char for event in log.held_out if event.nats_per_char is not None]
    if (saved := followed.saved_alone()) is not None:
        step, seconds = saved.step, saved.elapsed_seconds
        best, best_step = saved.best_smooth_loss, saved.best_step
        held_out = [loss for loss in (saved.best_held_out_loss,) if loss is not None]
    return RunLine(
        run=followed.run,
        corpus=config.corpus,
        recipe=config.recipe,
        step=step,
        steps=None if goal.steps >= UNLIMITED else goal.steps,
        best_smooth_loss=best,
        best_step=best_step,
        seq_length=T,
        state=DAMAGED if followed.is_damaged else followed.state,
        changed=changed,
        minutes=goal.minutes,
        elapsed_seconds=seconds,
        in_use=followed.in_use,
        saved=followed.is_saved,
        nats_per_char=None if best is None else best / T,
        best_held_out_nats_per_char=min(held_out, default=None),
        recent_nats_per_char=latest.recent_nats_per_char if (latest := log.done or log.last_progress) else None,
        paused=followed.is_paused,
        off_course=_is_off_course(followed),
        name=label.name,
        note=label.note,
    )


def uniform_nats(followed: FollowedRun) -> float | None:
    """ln K, the loss of guessing every character alike; None where the log does not say K."""
    K = followed.log.corpus.get("vocab_size")
    return ln(K) if type(K) is int and K > 0 else None


def _is_off_course(followed: FollowedRun) -> bool:
    course, uniform = followed.log.course, uniform_nats(followed)
    return bool(course and uniform and is_hopeless(course[-1][1] / followed.config.seq_length, uniform))


def _changed(path: Path) -> float:
    """When config.json or events.jsonl was last written. Raises OSError where neither is there any more."""
    directory = RunDirectory(path)
    times = [file.stat().st_mtime for file in (directory.config_file, directory.events_file) if file.exists()]
    if not times:
        raise FileNotFoundError(path)
    return max(times)
