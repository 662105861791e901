"""The runs under runs/, each in a line: what `tui-rnn runs` shows."""

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tui_rnn.engine.errors import ConfigError, RunError
from tui_rnn.runs.directory import RUNS, RunDirectory
from tui_rnn.runs.job import kept_goal
from tui_rnn.runs.log import read_events


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
    state: str  # training, the reason it ended for, or interrupted
    changed: float  # seconds since the epoch, of the last event
    minutes: float | None = None  # the goal in time
    elapsed_seconds: float = 0.0  # trained so far, as last told

    def as_record(self) -> dict[str, Any]:
        """The line as a JSON object."""
        return asdict(self)


def list_runs(folder: Path = RUNS) -> list[RunLine]:
    """The runs in `folder`, newest first; none where there is no such folder."""
    found = [line for path in (folder.iterdir() if folder.is_dir() else ()) if (line := _line(path)) is not None]
    return sorted(found, key=lambda line: (-line.changed, line.run))


def _line(path: Path) -> RunLine | None:
    directory = RunDirectory(path)
    if not directory.config_file.is_file():
        return None
    try:
        config = directory.read_config()
        changed = max(file.stat().st_mtime for file in (directory.config_file, directory.events_file) if file.exists())
        return _read(str(path), config, _events(directory.events_file), changed, training=directory.is_locked())
    except (RunError, ConfigError, OSError, ValueError, TypeError, KeyError, OverflowError):
        return RunLine(str(path), "?", "?", 0, 0, None, None, 1, "damaged", path.stat().st_mtime)


def _read(
    run: str, config: dict[str, Any], events: Iterator[dict[str, Any]], changed: float, training: bool
) -> RunLine:
    step, best, best_step, state, elapsed = 0, None, None, "interrupted", 0.0
    goal = kept_goal(config)
    for event in events:
        kind = event["event"]
        step = int(event["step"]) if kind in ("progress", "checkpoint", "done") else step
        elapsed = float(event["elapsed_seconds"]) if kind in ("progress", "done") else elapsed
        state = str(event["reason"]) if kind == "done" else "interrupted" if kind == "start" else state
        if kind == "done" and event["best_smooth_loss"] is not None:
            best, best_step = float(event["best_smooth_loss"]), int(event["best_step"])
        elif kind == "progress" and event["smooth_loss"] is not None and (best is None or event["smooth_loss"] < best):
            best, best_step = float(event["smooth_loss"]), int(event["step"])
    return RunLine(
        run=run,
        corpus=str(config["corpus"]),
        recipe=str(config["recipe"]),
        step=step,
        steps=goal.steps,
        best_smooth_loss=best,
        best_step=best_step,
        seq_length=int(config["seq_length"]),
        state="training" if training else state,
        changed=changed,
        minutes=goal.minutes,
        elapsed_seconds=elapsed,
    )


def _events(path: Path) -> Iterator[dict[str, Any]]:
    with contextlib.suppress(FileNotFoundError):
        yield from read_events(path)
