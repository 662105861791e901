"""The course of a run, read from its files: its smooth loss over updates, and what those come to in other units."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.engine.events import Done, Progress
from tui_rnn.engine.recent import recent_means, smooth_loss_lags
from tui_rnn.engine.text import held_out_length, updates_per_epoch
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.followed import FollowedRun
from tui_rnn.runs.manifest import Manifest

if TYPE_CHECKING:
    from tui_rnn.engine.checkpoint import Snapshot


@dataclass(frozen=True, slots=True)
class Course:
    """The smooth loss of one run, and the units in which it can stand beside another's."""

    name: str
    steps: tuple[float, ...]  # updates, ascending
    smooth: tuple[float, ...]  # nats per character after each
    characters_per_step: int = 1  # T B
    steps_per_epoch: float | None = None  # None: not known, or the text holds no window
    seconds: tuple[tuple[float, float], ...] = ()  # (step, seconds trained), ascending
    recent: tuple[tuple[float, float], ...] = ()  # (step, mean loss of the last 50 updates by then), where known

    @property
    def lags(self) -> bool:
        """Whether its smooth loss still lags behind the network."""
        return bool(self.steps) and smooth_loss_lags(int(self.steps[-1]))

    def by_recent(self) -> "Course":
        """The same with the recent loss as its curve; as it is where that is not known."""
        if not self.recent:
            return self
        steps, losses = zip(*self.recent, strict=True)
        return replace(self, steps=steps, smooth=losses)


def read_course(directory: RunDirectory) -> Course:
    """The course of the run in this directory, which another process may train meanwhile; nothing is locked or written.

    It has the points of the newest sound checkpoint's history, and after them those of the log's progress. Raises
    RunError where nothing says what was trained.
    """
    followed = FollowedRun(directory)
    for _ in followed.news():
        pass
    state, log = followed.snapshot(), followed.log
    known = log.corpus.get("characters") if state is None else state.corpus_characters
    characters = known if type(known) is int else None
    return course_of(directory.path.name, followed.config, characters, state, log.progress, log.done)


def course_beside(directory: RunDirectory, manifest: Manifest) -> Course | None:
    """The course of the run that this one is a branch or a twin of, at the path it had, or beside this one.

    None where there is no such run, or it is gone.
    """
    other = manifest.beside
    for place in () if other is None else (Path(other), directory.path.parent / Path(other).name):
        with suppress(TuiRnnError, OSError):
            if place.resolve() != directory.path.resolve():
                return read_course(RunDirectory(place))
    return None


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
        windows = updates_per_epoch(
            characters - held_out_length(characters, config.holdout), T, B, config.order, config.chunks
        )
    return Course(
        name,
        tuple(step for step, _ in kept),
        tuple(loss for _, loss in kept),
        characters_per_step=T * B,
        steps_per_epoch=windows or None,
        seconds=tuple(sorted(clock.items())) if len(clock) > 1 else (),
        recent=tuple(sorted(_recent(state, progress, done, T).items())),
    )


def comparable(courses: Iterable[Course]) -> list[Course]:
    """The courses as they can stand beside one another: where the smooth loss of any lags, each by its recent loss."""
    found = list(courses)
    if any(each.lags for each in found) and all(each.recent for each in found):
        return [each.by_recent() for each in found]
    return found


def _recent(state: "Snapshot | None", progress: Iterable[Progress], done: Done | None, T: int) -> dict[float, float]:
    """The recent loss by step, in nats per character, by a checkpoint's history and by the log."""
    found: dict[float, float] = {}
    if state is not None:
        steps, raw = (state.arrays[f"history.{name}"].tolist() for name in ("steps", "raw"))
        stride = int(state.arrays["history.pending"][0])
        found.update((step, mean / T) for step, mean in zip(steps, recent_means(raw, stride), strict=True))
    logged = [(each.step, each.recent_nats_per_char) for each in progress]
    logged += [(done.step, done.recent_nats_per_char)] if done is not None and done.step > 0 else []
    for step, nats in logged:
        if nats is not None:
            found.setdefault(step, nats)
    return {step: nats for step, nats in found.items() if isfinite(nats)}


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
