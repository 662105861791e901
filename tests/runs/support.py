"""Small runs on disk: a job ready to be trained in this process, and its training."""

from datetime import datetime
from pathlib import Path
from typing import Any

from tests.cli.support import TALE
from tui_rnn.engine.clock import RunClock
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control
from tui_rnn.engine.events import Event
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import Job, new_job
from tui_rnn.runs.session import Session

NOW = datetime(2026, 11, 23, 10, 15, 0)
OPTIONS: dict[str, Any] = {"progress_every": 10, "marker": "braille", "fps": 2.0, "theme": None}


def small_job(folder: Path, run: str = "run", recipe: str = "adagrad", text: str = TALE, **settings: Any) -> Job:
    """A new run in `folder`: m = 6, T = 8, samples of 20 characters, a tale of 2,080."""
    corpus = folder / "tale.txt"
    if not corpus.exists():
        corpus.write_text(text, newline="")
    small = {"hidden_size": 6, "seq_length": 8, "sample_length": 20, "steps": 40}
    return new_job(
        RunConfig.from_recipe(recipe, str(corpus), **{**small, **settings}), str(folder / run), dict(OPTIONS)
    )


def train(job: Job, control: Control | None = None) -> list[Event]:
    """All events of the job, trained to its goal."""
    with job, Session(job, control or Control(), progress_every=OPTIONS["progress_every"]) as session:
        return list(session.events())


class Ticking(RunClock):
    """A second passes with each look at the time trained: where a run has a budget, an update takes about that."""

    def __init__(self) -> None:
        self._passed = 1000.0
        super().__init__(lambda: self._passed)

    @property
    def elapsed_seconds(self) -> float:
        self._passed += 1
        return super().elapsed_seconds


def a_run(folder: Path, **settings: Any) -> RunDirectory:
    """The directory of a run that was trained to its end."""
    job = small_job(folder, **settings)
    train(job)
    return job.directory


def of(events: list[Event], kind: type[Event]) -> list[Event]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def damage(path: Path) -> None:
    """Turn over one bit of its last byte."""
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
