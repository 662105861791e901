"""The real app with a made-up run: no worker trains; tests tell the screen what happened and read what it paints."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from textual.message import Message
from textual.pilot import Pilot

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control, ObserveRequest, Request
from tui_rnn.engine.events import (
    Checkpointed,
    Done,
    Event,
    GradientChecked,
    GradientRow,
    NotSaved,
    Sample,
    Started,
)
from tui_rnn.engine.text import SourceText
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import Job
from tui_rnn.runs.manifest import Manifest
from tui_rnn.tui import app
from tui_rnn.tui.app import TuiRnnApp
from tui_rnn.tui.header.header import RunHeader
from tui_rnn.tui.messages import EventPosted, RunPicture
from tui_rnn.tui.panels import PANELS
from tui_rnn.tui.panels.base import ScreenOptions

T, K = 25, 75
UNIFORM = 107.94
ROUNDS = 800  # of the event loop, before a condition that should hold soon is given up


class RecordedControl(Control):
    """Writes down what the screen asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []
        self.watched: list[ObserveRequest] = []  # what panels had instruments look at, by being seen

    def post(self, request: Request) -> None:
        (self.watched if isinstance(request, ObserveRequest) else self.asked).append(request)

    def pause(self) -> None:
        self.asked.append("pause")
        super().pause()

    def resume(self) -> None:
        self.asked.append("resume")
        super().resume()

    def one_step(self) -> None:
        self.asked.append("one step")

    def stop(self, reason: str = "stopped", *, save: bool = True, patient: bool = False) -> None:
        self.asked.append(("stop", reason, save))
        super().stop(reason, save=save, patient=patient)


class MadeUpRun:
    """Stands where the worker does: a picture to look at, and no work."""

    picture: RunPicture | None = None

    def work(self) -> None:
        """Train nothing."""


class MadeUpApp(TuiRnnApp):
    """The app, whose run is told by the tests."""

    CSS_PATH = Path(app.__file__).with_name("tui_rnn.tcss")
    control: RecordedControl
    worker: MadeUpRun  # type: ignore[assignment]

    def __init__(
        self,
        run: str = "runs/made-up",
        goal: int = 1000,
        *,
        theme: str | None = None,
        marker: str = "braille",
        fps: float = 2.0,
        **settings: Any,
    ) -> None:
        config = RunConfig.from_recipe("adagrad", "made-up.txt", steps=goal, **settings)
        source = SourceText("made-up.txt", "", "0" * 64)
        job = Job(RunDirectory(Path(run)), Manifest(config, config.goal), source)
        super().__init__(job, ScreenOptions(marker, fps, theme))
        self.control, self.worker = RecordedControl(), MadeUpRun()

    def asked(self, kind: type | str) -> list[Any]:
        """The requests of this kind, or the words to the control that were this one."""
        asked = [*self.control.asked, *self.control.watched]
        return [a for a in asked if (isinstance(a, kind) if isinstance(kind, type) else a == kind)]


async def tell(pilot: Pilot[None], *events: Event | Message) -> None:
    """Have the worker tell these, and wait until they are shown."""
    for event in events:
        pilot.app.post_message(EventPosted(event) if isinstance(event, Event) else event)
    await pilot.pause()
    pilot.app.training.poll()  # type: ignore[attr-defined]
    await pilot.pause()


async def picture(pilot: Pilot[None], live: RunPicture) -> None:
    """Publish this picture of the run, and wait until the screen has looked at it."""
    pilot.app.worker.picture = live  # type: ignore[attr-defined]
    pilot.app.training.poll()  # type: ignore[attr-defined]
    await pilot.pause()


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    """Let the app go on until this holds."""
    for _ in range(ROUNDS):
        if holds():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"still not so:\n{painted(pilot)}")


async def sees(pilot: Pilot[None], *texts: str, where: Callable[[Pilot[None]], str] | None = None) -> None:
    """Let the app go on until all these stand on the screen, or in that part of it."""
    await until(pilot, lambda: all(text in (where or painted)(pilot) for text in texts))


async def unseen(pilot: Pilot[None], *texts: str, where: Callable[[Pilot[None]], str] | None = None) -> None:
    """Let the app go on until none of these stands on the screen, or in that part of it."""
    await until(pilot, lambda: not any(text in (where or painted)(pilot) for text in texts))


async def settled(pilot: Pilot[None]) -> str:
    """What stands on the screen once it has come to rest."""
    before = None
    while (now := painted(pilot)) != before:
        before = now
        await pilot.pause(0.05)
    return now


def painted(pilot: Pilot[None]) -> str:
    """What stands on the screen, row by row."""
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


def status(pilot: Pilot[None]) -> str:
    """The rows of the header."""
    line = pilot.app.training.query_one(RunHeader)  # type: ignore[attr-defined]
    return "\n".join(strip.text for strip in line.render_lines(line.size.region))


def shown(pilot: Pilot[None]) -> set[str]:
    """The panels that are displayed."""
    return {panel.id for panel in pilot.app.training.query("#panels > *") if panel.display}  # type: ignore


def in_front(numbers: Iterable[int]) -> str:
    """Of the panels of these numbers, which share a place, the one that stands in front at first."""
    return min((panel.number, name) for name, panel in PANELS.items() if panel.number in set(numbers))[1]


async def shows(pilot: Pilot[None], *panels: str, only: bool = False) -> None:
    """Let the app go on until these panels are displayed, or these alone."""
    await until(pilot, lambda: shown(pilot) == set(panels) if only else shown(pilot) >= set(panels))


def words(text: str) -> str:
    """The text with each run of blanks as one."""
    return re.sub(r"\s+", " ", text)


# What a run of the report's size would tell


def started(run: str = "runs/made-up", **changes: Any) -> Started:
    corpus = {"path": "made-up.txt", "characters": 882_242, "vocab_size": K, "sha256": "0" * 64}
    return Started(
        **{
            "version": "0",
            "run": run,
            "corpus": corpus,
            "config": {},
            "parameters": 25_175,
            "uniform_loss": UNIFORM,
            "resumed_from": None,
            **changes,
        }
    )


def checked(method: str = "central", verdict: str = "pass") -> GradientChecked:
    shapes = {"b": (100,), "c": (K,), "U": (K, 100), "W": (100, 100), "V": (100, K)}
    rows = tuple(
        GradientRow(name, shape, 128, 1.5e-9, 2.5e-7, tuple(n - 1 for n in shape), 3.5e-11, verdict)
        for name, shape in shapes.items()
    )
    return GradientChecked(method, 1e-4 if method == "central" else 1e-20, 100, T, verdict == "pass", rows)


def sampled(step: int = 1, text: str = "Emma said nothing.", **changes: Any) -> Sample:
    return Sample(
        **{"step": step, "smooth_loss": 100.0, "temperature": 1.0, "top_p": 1.0, "text": text, **_KIND, **changes}
    )


_KIND = {"kind": "scheduled", "model": "live"}


def saved(step: int, kind: str = "periodic", path: str = "runs/made-up/checkpoints/step.ckpt") -> Checkpointed:
    return Checkpointed(step, kind, path)


def refused(step: int = 500, kind: str = "periodic", reason: str = "No space left on device") -> NotSaved:
    return NotSaved(f"step {step} is not saved ({reason}: runs/made-up/checkpoints)", step, kind, reason)


def done(step: int = 1000, reason: str = "steps", **changes: Any) -> Done:
    facts = {"smooth_loss": 50.0, "best_smooth_loss": 48.0, "best_step": 900, "elapsed_seconds": 61.0}
    return Done(**{"step": step, "reason": reason, "state_sha256": "ab" * 32, **facts, **changes})


def live(step: int = 500, **changes: Any) -> RunPicture:
    """A run at this step, with a point each 5 updates of a loss that falls from 108 to about 50."""
    steps = tuple(range(5, step + 1, 5))
    smooth = tuple(50 + 58 / (1 + s / 60) for s in steps)
    raw = tuple(s + (7 * i % 11) - 5 for i, s in enumerate(smooth))
    facts = {"epoch": step * T / 882_242, "loss": 51.0, "smooth_loss": 52.5, "best_smooth_loss": 52.25}
    rest = {"best_step": step - 1, "updates_per_second": 1234.0, "elapsed_seconds": 0.4}
    return RunPicture(**{"step": step, **facts, **rest, "steps": steps, "smooth": smooth, "raw": raw, **changes})


async def begin(pilot: Pilot[None], step: int = 500) -> None:
    """A run in training at this step, both gradient checks passed, one sample written."""
    for event in (started(), checked(), checked("complex"), sampled()):
        pilot.app.post_message(EventPosted(event))
    await pilot.pause()
    await picture(pilot, live(step))  # which the screen looks at once, with all that was told
