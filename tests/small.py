"""Small corpora, configurations and trainers, so that a law is tried in milliseconds."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tui_rnn.engine.checkpoint import Snapshot, seal
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.events import Checkpointed, Event
from tui_rnn.engine.kernels import choice
from tui_rnn.engine.loop import run
from tui_rnn.engine.saving import Saver, Store
from tui_rnn.engine.text import SourceText
from tui_rnn.engine.trainer import Trainer

TEXT = "so it goes.\nand so on, and on it goes: "  # 39 characters


def small_corpus(text: str = TEXT) -> Corpus:
    return Corpus.from_source(SourceText("made-up.txt", text, "0" * 64))


def small_config(recipe: str = "adagrad", **settings: Any) -> RunConfig:
    """4 hidden units, windows of 5 characters, samples of 30."""
    small: dict[str, Any] = {"hidden_size": 4, "seq_length": 5, "sample_length": 30}
    return RunConfig.from_recipe(recipe, "made-up.txt", **{**small, **settings})


def uncompiled(monkeypatch: Any) -> None:
    """Let a configuration name the kernel of numba where that is not installed: its loops run as they are."""
    monkeypatch.setattr(choice, "numba_is_installed", lambda: True)


def small_trainer(recipe: str = "adagrad", text: str = TEXT, **settings: Any) -> Trainer:
    return Trainer(small_config(recipe, **settings), small_corpus(text))


def trained(trainer: Trainer, updates: int) -> Trainer:
    """The same trainer after so many more updates, no loop around it."""
    for _ in range(updates):
        trainer.step()
    return trainer


def run_to(
    trainer: Trainer, step: int, control: Control | None = None, *, store: Store | None = None, **options: Any
) -> list[Event]:
    """All the events of a run up to this step."""
    control = control or Control()
    return list(run(trainer, control, step, saver=Saver(trainer, store, control.clock), **options))


def saving(store: Store, control: Control, step: int, **settings: Any) -> Iterator[Event]:
    """The run of a small trainer up to this step; its checkpoints go to the store."""
    trainer = small_trainer(**settings)
    return run(trainer, control, step, saver=Saver(trainer, store, control.clock))


class Clock:
    """Seconds as the test says; counts who looks."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now, self.reads = now, 0

    def __call__(self) -> float:
        self.reads += 1
        return self.now


class MemoryStore:
    """Keeps the sealed bytes of every checkpoint it is asked for."""

    def __init__(self) -> None:
        self.saved: list[tuple[int, str, bytes]] = []

    def save(self, snapshot: Snapshot, kind: str) -> Checkpointed:
        self.saved.append((snapshot.state.step, kind, seal(snapshot)))
        return Checkpointed(snapshot.state.step, kind, f"step-{snapshot.state.step}")


class FullDisk:
    """Fails to save, as a full disk does."""

    def save(self, snapshot: Snapshot, kind: str) -> Checkpointed:
        raise OSError(28, "No space left on device")


def of(kind: type, events: Any) -> list[Any]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def norm_wise(a: Any, b: Any) -> float:
    """||a - b|| / (||a|| + ||b||), and 0 where both are 0."""
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(np.subtract(a, b)) / size) if size else 0.0
