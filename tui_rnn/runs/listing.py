"""The runs under runs/, each in a line: what `tui-rnn runs` shows."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.engine.events import Checkpointed, Done, Progress, Started
from tui_rnn.engine.kinds import Ending
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.log import read_events
from tui_rnn.runs.manifest import Manifest
from tui_rnn.runs.new_folder import RUNS

_Telling: TypeAlias = Started | Progress | Checkpointed | Done  # the events that say where a run stands
_KINDS: tuple[type[_Telling], ...] = (Started, Progress, Checkpointed, Done)


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in short."""

    run: str
    corpus: str
    recipe: str
    step: int
    steps: int
    best_smooth_loss: float | None
    best_step: int | None
    seq_length: int
    state: str  # training, the reason it ended for, interrupted, or damaged
    changed: float  # seconds since the epoch, of the last event
    minutes: float | None = None  # the goal in time
    elapsed_seconds: float = 0.0  # trained so far, by the latest event that says so
    in_use: bool = False  # a process has it open: it trains, or its screen still shows a run that has ended
    saved: bool = True  # False: it ended, and the updates since its last checkpoint are lost

    def as_record(self) -> dict[str, Any]:
        """The line as a JSON object."""
        return asdict(self)


def list_runs(folder: Path = RUNS) -> list[RunLine]:
    """The runs in `folder`, newest first; none where there is no such folder."""
    found = [line for path in (folder.iterdir() if folder.is_dir() else ()) if (line := _line(path)) is not None]
    return sorted(found, key=lambda line: (-line.changed, line.run))


def _line(path: Path) -> RunLine | None:
    """The run at the path; None where there is none, where it cannot be read, or where it vanishes while it is read."""
    directory = RunDirectory(path)
    if not os.path.isfile(directory.config_file):
        return None
    with suppress(OSError):
        try:
            return _read(directory)
        except (TuiRnnError, OSError):
            return RunLine(str(path), "?", "?", 0, 0, None, None, 1, "damaged", path.stat().st_mtime)
    return None


def _read(directory: RunDirectory) -> RunLine:
    manifest = Manifest.read(directory)
    config, goal = manifest.config, manifest.goal
    files = (directory.config_file, directory.events_file)
    changed = max(file.stat().st_mtime for file in files if file.exists())
    step, best, best_step, ended, elapsed, saved = 0, None, None, "", 0.0, True
    for event in _events(directory.events_file):
        if isinstance(event, Started):
            ended, saved = "", True
            if 0 <= event.resumed_step < step:  # what a crash undid is made again
                step = event.resumed_step
                if best_step is not None and best_step > step:
                    best = best_step = None
            continue
        step = max(step, event.step)  # a best model is saved later than the update it was reached at
        if isinstance(event, Done):
            ended, elapsed, saved = event.reason, event.elapsed_seconds, event.saved
            if event.best_smooth_loss is not None:
                best, best_step = event.best_smooth_loss, event.best_step
        elif isinstance(event, Progress):
            elapsed = event.elapsed_seconds
            if best is None or event.smooth_loss < best:
                best, best_step = event.smooth_loss, event.step
    in_use = directory.is_locked()
    return RunLine(
        run=str(directory.path),
        corpus=config.corpus,
        recipe=config.recipe,
        step=step,
        steps=goal.steps,
        best_smooth_loss=best,
        best_step=best_step,
        seq_length=config.seq_length,
        state=ended or ("training" if in_use else "interrupted"),
        changed=changed,
        minutes=goal.minutes,
        elapsed_seconds=elapsed,
        in_use=in_use,
        saved=saved or ended == Ending.DIVERGED,  # of which nothing later than its last good checkpoint is worth having
    )


def _events(path: Path) -> Iterator[_Telling]:
    with suppress(FileNotFoundError):
        yield from read_events(path, *_KINDS)
