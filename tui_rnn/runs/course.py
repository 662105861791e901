"""The course of a run, read from its files: its smooth loss over updates, and what those come to in other units."""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import TYPE_CHECKING

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import CheckpointError, RunError
from tui_rnn.engine.events import Done, Progress, Started
from tui_rnn.engine.text import held_out_length, updates_per_epoch
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.log import read_events
from tui_rnn.runs.manifest import Manifest

if TYPE_CHECKING:
    from tui_rnn.engine.checkpoint import Snapshot

MOST_PROGRESS = 4096  # events of the log that a course is made from; even, since every other one goes


@dataclass(frozen=True, slots=True)
class Course:
    """The smooth loss of one run, and the units in which it can stand beside another's."""

    name: str
    steps: tuple[float, ...]  # updates, ascending
    smooth: tuple[float, ...]  # nats per character after each
    characters_per_step: int = 1  # T B
    steps_per_epoch: float | None = None  # None: not known, or the text holds no window
    seconds: tuple[tuple[float, float], ...] = ()  # (step, seconds trained), ascending


def read_course(directory: RunDirectory) -> Course:
    """The course of the run in this directory, which another process may train meanwhile; nothing is locked or written.

    It has the points of the newest sound checkpoint's history, and after them those of the log's progress. Raises
    RunError where nothing says what was trained.
    """
    state = None
    with contextlib.suppress(CheckpointError, OSError):
        state = directory.latest()[0]
    start, progress, done = _read_log(directory)
    config = _config(directory, state)
    characters = state.corpus_characters if state is not None else start.corpus.get("characters") if start else None
    known = characters if type(characters) is int else None
    return course_of(directory.path.name, config, known, state, progress, done)


def course_of(
    name: str,
    config: RunConfig,
    characters: int | None,
    state: "Snapshot | None",
    progress: Sequence[Progress],
    done: Done | None = None,
) -> Course:
    """The course of a run of this configuration on a text of so many characters; what of it is None is left out."""
    T, B = config.seq_length, config.batch_size
    points = loss_points(state, progress, done)
    kept = [(step, points[step][0] / T) for step in sorted(points) if isfinite(points[step][0])]
    clock = {0: 0.0} | {each.step: each.elapsed_seconds for each in progress}
    if done is not None:
        clock[done.step] = done.elapsed_seconds
    windows = 0
    if characters is not None:
        windows = updates_per_epoch(characters - held_out_length(characters, config.holdout), T, B)
    return Course(
        name,
        tuple(step for step, _ in kept),
        tuple(loss for _, loss in kept),
        characters_per_step=T * B,
        steps_per_epoch=windows or None,
        seconds=tuple(sorted(clock.items())) if len(clock) > 1 else (),
    )


def loss_points(
    state: "Snapshot | None", progress: Iterable[Progress], done: Done | None
) -> dict[int, tuple[float, float]]:
    """(smooth loss, raw loss) by step, in nats summed over seq_length: a checkpoint's history, then what was logged.

    A raw loss that is not of the history's kind, the mean over the updates of a point, is a NaN; without a checkpoint
    those of single updates stand there.
    """
    points: dict[int, tuple[float, float]] = {}
    if state is not None:
        columns = (state.arrays[f"history.{name}"].tolist() for name in ("steps", "smooth", "raw"))
        points.update({step: (smooth, raw) for step, smooth, raw in zip(*columns, strict=True)})
        if state.state.smooth_loss is not None:
            points.setdefault(state.state.step, (state.state.smooth_loss, nan))
    known = state.state.step if state is not None else 0
    for each in progress:
        if each.step > known:
            points.setdefault(each.step, (each.smooth_loss, each.loss if state is None else nan))
    if done is not None and done.smooth_loss is not None and done.step > 0:
        points.setdefault(done.step, (done.smooth_loss, nan))
    return points


def _read_log(directory: RunDirectory) -> tuple[Started | None, list[Progress], Done | None]:
    """The latest start, the progress evenly thinned, and how it ended; what a crash undid is left out."""
    start, progress, done = None, list[Progress](), None
    stride = 1
    with contextlib.suppress(OSError):
        for place, event in enumerate(read_events(directory.events_file, Started, Progress, Done)):
            if isinstance(event, Started):
                start, done = event, None
                while progress and progress[-1].step > event.resumed_step:
                    progress.pop()
            elif isinstance(event, Done):
                done = event
            elif isinstance(event, Progress) and place % stride == 0:
                progress.append(event)
                if len(progress) >= MOST_PROGRESS:
                    progress, stride = progress[1::2], 2 * stride
    return start, progress, done


def _config(directory: RunDirectory, state: "Snapshot | None") -> RunConfig:
    """What the run is trained with, as far as its units go, which no adjustment changes."""
    try:
        return state.config if state is not None else Manifest.read(directory).config
    except OSError as error:
        raise RunError(f"{directory.path}: config.json cannot be read ({error.strerror or error})") from None
