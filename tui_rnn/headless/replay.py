"""`tui-rnn replay`: a run again from its log, and whether the same state came of it."""

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tui_rnn import signals
from tui_rnn.engine.events import Adjusted, Done, Progress
from tui_rnn.engine.kinds import Ending
from tui_rnn.headless.training import ProgressLine
from tui_rnn.runs.replay import Replay, digest_of_newest, replay
from tui_rnn.runs.session import Session
from tui_rnn.safe_text import safe_text
from tui_rnn.wording import adjusted_text, counted, duration_text

_PROGRESS_EVERY = 1000


@dataclass(slots=True)
class _Outcome:
    """What a replay came to."""

    done: Done
    expected: str  # the run's state_sha256
    adjustments: int = 0
    parts_after: int | None = None  # the last step at which both smooth losses were the same, where they part
    parts_at: int | None = None

    @property
    def is_equal(self) -> bool:
        return self.done.state_sha256 == self.expected


def show(run: str, new_run: str | None, corpus: tuple[str, ...] = (), *, as_json: bool) -> int:
    """Repeat the run, in a run directory `new_run` or in none that stays; 0 where the digest is equal, else 1."""
    caught: list[int] = []
    with tempfile.TemporaryDirectory(prefix="tui-rnn-replay-") as scratch:
        repeated = replay(run, new_run, {"progress_every": _PROGRESS_EVERY}, corpus, Path(scratch))
        control = repeated.control

        def end(number: int) -> None:
            caught.append(number)
            control.stop(Ending.SIGNAL)

        with signals.caught(end), repeated.job:
            outcome = _replayed(repeated, speaks=not as_json)
    if caught:
        return 128 + caught[0]
    if as_json:
        print(json.dumps(_record(repeated, outcome)))
    else:
        for line in _lines(repeated, outcome, new_run):
            print(safe_text(line, one_line=True))
    return 0 if outcome.is_equal else 1


def _replayed(repeated: Replay, *, speaks: bool) -> _Outcome:
    recorded, control = repeated.recorded, repeated.control
    every = min(recorded.losses, default=_PROGRESS_EVERY)
    expected = repeated.state_sha256 or digest_of_newest(repeated)
    progress = ProgressLine(repeated.job.goal) if speaks and sys.stderr.isatty() else None
    begun_at = repeated.job.snapshot.state.step if repeated.job.snapshot else 0
    same, parts_at, adjustments, done = begun_at, None, 0, None
    if speaks:
        print(f"replaying {safe_text(repeated.run, one_line=True)} to step {repeated.step:,}", flush=True)
    with Session(repeated.job, control, progress_every=max(1, every)) as session:
        control.step_count = lambda: session.trainer.step_count
        for event in session.events():
            if progress:
                progress.clear()
            match event:
                case Adjusted():
                    adjustments += 1
                    if speaks and event.value != event.before:  # a branch begins with its own
                        print(f"step {event.step:>9,}  {safe_text(adjusted_text(event), one_line=True)}", flush=True)
                case Progress():
                    if parts_at is None and event.step in recorded.losses:
                        is_same = recorded.losses[event.step] == event.smooth_loss
                        same, parts_at = (event.step, None) if is_same else (same, event.step)
                    if progress:
                        progress.show(event)
                case Done():
                    done = event
    assert done is not None  # the last event of every run
    return _Outcome(done, expected, adjustments, same if parts_at is not None else None, parts_at)


def _record(repeated: Replay, outcome: _Outcome) -> dict[str, object]:
    return {
        "run": repeated.run,
        "step": outcome.done.step,
        "adjustments": outcome.adjustments,
        "state_sha256": outcome.done.state_sha256,
        "expected_sha256": outcome.expected,
        "equal": outcome.is_equal,
        "losses_part_at": outcome.parts_at,
    }


def _lines(repeated: Replay, outcome: _Outcome, kept_at: str | None) -> list[str]:
    done = outcome.done
    made = f"{counted(done.step, 'update')}, {counted(outcome.adjustments, 'adjustment')}"
    lines = [f"replayed  {made} in {duration_text(done.elapsed_seconds)}"]
    if kept_at is not None:
        lines.append(f"kept as   {repeated.job.run}")
    if outcome.is_equal:
        return [*lines, f"equal     state sha256 {done.state_sha256}"]
    lines += [f"different state sha256 {done.state_sha256}", f"the run's              {outcome.expected}"]
    if outcome.parts_at is not None:
        part = f"between step {outcome.parts_after:,} and step {outcome.parts_at:,}"
        return [*lines, f"the smooth losses part {part}: look there for what the log does not tell"]
    return [*lines, "the logged losses are the same as far as they go: the states part after the last of them"]
