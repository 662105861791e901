"""The checkpoints of a run: the files they go to, and which one to go on from or to write text with.

No NumPy is imported before a checkpoint is read.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui_rnn.engine.errors import CheckpointError, shell_word
from tui_rnn.engine.kinds import CheckpointKind

if TYPE_CHECKING:
    from tui_rnn.engine.checkpoint import Snapshot

LAST, BEST, BEST_HELD_OUT = "last.ckpt", "best.ckpt", "best-held-out.ckpt"
_OVERWRITTEN = {  # by the next of its kind; others are kept beside as step-N.ckpt
    CheckpointKind.BEST: BEST,
    CheckpointKind.BEST_HELD_OUT: BEST_HELD_OUT,
    CheckpointKind.FINAL: LAST,
    CheckpointKind.TIMED: LAST,
}
_STEP_FILE = re.compile(r"step-(\d+)\.ckpt")


def files_of(kind: CheckpointKind, step: int) -> tuple[str, ...]:
    """The names of the files that a checkpoint of this kind is written to, in this order."""
    overwritten = _OVERWRITTEN.get(kind)
    return (LAST, step_file(step)) if overwritten is None else (overwritten,)


def step_file(step: int) -> str:
    """The name of the file that keeps the state after so many updates."""
    return f"step-{step:08}.ckpt"


def state(checkpoints: Path) -> tuple["Snapshot | None", str | None, list[str]]:
    """The newest sound state in the folder, its path, and a warning for each newer file that was refused.

    (None, None, …) where there is no checkpoint yet. Raises CheckpointError where there is one, but none is sound.
    """
    from tui_rnn.engine.checkpoint import load

    warnings: list[str] = []
    candidates = sorted(_step_files(checkpoints), reverse=True)
    last = checkpoints / LAST
    newest: tuple[Snapshot, str] | None = None
    if os.path.lexists(last):  # true also for a link that leads nowhere, which is warned of
        candidates.insert(0, (candidates[0][0] if candidates else 0, last))
    for step, path in candidates:
        if newest is not None and step <= newest[0].state.step:
            break
        try:
            snapshot = load(path)
        except CheckpointError as error:
            warnings.append(str(error))
            continue
        if snapshot.contents == "state":
            newest = (snapshot, str(path))
        else:
            warnings.append(f"{path} holds a model alone, not a state to resume")
    if newest is None and warnings:
        raise CheckpointError("; ".join(warnings))
    return (*(newest or (None, None)), warnings)


def steps(checkpoints: Path) -> list[int]:
    """The steps whose states are kept each in a file of its own, ascending."""
    return sorted(step for step, _ in _step_files(checkpoints))


def state_at(run: Path, checkpoints: Path, step: int) -> tuple["Snapshot", str]:
    """The state of this step and its path: of a file that keeps it, or the newest one's.

    Raises CheckpointError where there is none, with the nearest there are and how to come to that step; or where it is
    damaged.
    """
    from tui_rnn.engine.checkpoint import load

    path = next((path for of, path in _step_files(checkpoints) if of == step), None)
    if path is None:
        newest = _newest(checkpoints)
        if newest is not None and newest[0].state.step == step:
            return newest
        raise CheckpointError(_not_kept(run, step, steps(checkpoints), newest and newest[0].state.step))
    snapshot = load(path)
    if snapshot.contents != "state":
        raise CheckpointError(f"{path} holds a model alone, not a state to resume")
    return snapshot, str(path)


def model(run: Path, checkpoints: Path, *, last: bool, held_out: bool = False) -> tuple["Snapshot", list[str]]:
    """The best model (of the lowest smooth loss, or held-out loss) or the latest, and a warning for each file refused.

    Raises CheckpointError where there is none, or the best one is damaged.
    """
    from tui_rnn.engine.checkpoint import load

    best = checkpoints / (BEST_HELD_OUT if held_out else BEST)
    if held_out and not os.path.lexists(best):
        raise CheckpointError(
            f"{run} has no best model by held-out loss: a run trained with --holdout 0.1, or another part of the text, "
            f"has one from its first checkpoint on"
        )
    if not last and os.path.lexists(best):
        return load(best), []
    snapshot, _, warnings = state(checkpoints)
    if snapshot is None:
        raise CheckpointError(f"{run} has no checkpoint yet: train on with tui-rnn resume {shell_word(run)}")
    return snapshot, warnings


def _newest(checkpoints: Path) -> tuple["Snapshot", str] | None:
    """The newest sound state and its path, if there is one."""
    with contextlib.suppress(CheckpointError):
        snapshot, path, _ = state(checkpoints)
        if snapshot is not None and path is not None:
            return snapshot, path
    return None


def _not_kept(run: Path, step: int, kept: list[int], newest: int | None) -> str:
    """What is said where no checkpoint is of this step: the nearest ones, and a command that comes to it."""
    name, there = shell_word(run), sorted({*kept, *([] if newest is None else [newest])})
    if not there:
        return f"{run} has no checkpoint yet: leave out --at {step}, or train on with tui-rnn resume {name}"
    before, after = [of for of in there if of < step][-1:], [of for of in there if of > step][:1]
    near = " and ".join(f"{of:,}" for of in (*before, *after))
    nearest = f"the nearest are of steps {near}" if before and after else f"the nearest is of step {near}"
    if step < 1:
        return f"--at {step} cannot be used: give the step of a checkpoint, from 1; {nearest}"
    if not after:
        command = f"tui-rnn resume {name} --steps {step}"
        return f"{run} has no checkpoint of step {step:,}, which it has not reached: {nearest}; go on by {command}"
    if before:
        command = f"tui-rnn resume {name} --at {before[0]} --until {step} --headless"
        return f"{run} has no checkpoint of step {step:,}: {nearest}; come to it by {command}"
    command = f"tui-rnn {name} --until {step} --headless"
    return f"{run} has no checkpoint of step {step:,}: {nearest}; train it again to there by {command}"


def _step_files(checkpoints: Path) -> Iterator[tuple[int, Path]]:
    if os.path.isdir(checkpoints):
        for path in checkpoints.iterdir():
            if match := _STEP_FILE.fullmatch(path.name):
                yield int(match[1]), path
