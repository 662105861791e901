"""All that a report of one run is made from, and the figures that follow from it."""

from dataclasses import dataclass
from datetime import datetime
from math import log

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.checkpoint import Snapshot
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import Adjusted
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.recent import smooth_loss_lags
from tui_rnn.engine.text import held_out_length
from tui_rnn.report.curve import Curve
from tui_rnn.report.log import Log
from tui_rnn.runs.manifest import FileRecord, Origin


@dataclass(frozen=True, slots=True)
class CorpusFacts:
    """What a run says of its text; None where nothing says it."""

    path: str
    characters: int | None
    vocab_size: int | None  # K
    sha256: str | None
    files: tuple[FileRecord, ...] = ()  # in order, where there are several


@dataclass(frozen=True, slots=True)
class BestText:
    """What the best model writes, and the model's own step and loss."""

    text: str
    step: int
    smooth_loss: float | None
    is_best: bool  # False: no best model is on disk, so the latest wrote
    began_with: str  # the input before the first character, in words


@dataclass(frozen=True, slots=True)
class RunRecord:
    """All that a report of one run is made from."""

    name: str  # the run directory as the user gave it
    config: RunConfig  # with the hyperparameters as they were last adjusted
    goal: Goal  # of the latest process
    log: Log
    curve: Curve
    corpus: CorpusFacts
    text: str | None  # of the corpus, where its file is still the one that was read
    state: Snapshot | None  # the newest sound one
    best_text: BestText | None
    best_model: Snapshot | None  # that wrote it
    last_written: datetime | None  # the latest event, by the file's time
    origin: Origin | None = None
    twin_of: str | None = None  # the run whose options these are, but for some
    given_name: str = ""  # by its user, safe to show
    begun: Hyperparameters | None = None  # that it began with; None: as they are now
    faults: tuple[str, ...] = ()  # what is missing or refused, a sentence each

    @property
    def step(self) -> int:
        """Updates made, as far as the run directory tells."""
        ended = [self.log.done.step] if self.log.done else []
        return max([0, *ended, *self.log.progress, *([self.state.state.step] if self.state else [])])

    @property
    def began_as(self) -> RunConfig:
        """The configuration with the hyperparameters that the run, or the branch, began with."""
        return self.config if self.begun is None else self.begun.in_force(self.config)

    @property
    def changes(self) -> list[Adjusted]:
        """The hyperparameters that were changed in its course; not what a branch was begun with."""
        branched = self.origin.step if self.origin is not None else None
        return [
            each
            for each in self.log.adjusted
            if not (each.step == branched and getattr(self.began_as, each.name, each.value) == each.value)
        ]

    @property
    def best(self) -> tuple[float, int] | None:
        """The lowest smooth loss known, summed over seq_length, in nats, and the update it was reached at."""
        found: list[tuple[float, int]] = [(each.smooth_loss, each.step) for each in self.log.progress.values()]
        state = self.state.state if self.state else None
        bests = [(source.best_smooth_loss, source.best_step) for source in (self.log.done, state) if source]
        found += [(loss, step) for loss, step in bests if loss is not None and step is not None]
        if self.best_text is not None and self.best_text.is_best and self.best_text.smooth_loss is not None:
            found.append((self.best_text.smooth_loss, self.best_text.step))
        return min(found, default=None)

    @property
    def smooth_loss(self) -> float | None:
        """The latest smooth loss known."""
        return float(self.curve.smooth[-1]) if len(self.curve.steps) else None

    @property
    def lags(self) -> bool:
        """Whether its smooth loss still lags behind the network."""
        return smooth_loss_lags(self.step)

    @property
    def recent(self) -> float | None:
        """The mean loss of its last 50 updates, in nats per character, as its latest event says."""
        last = self.log.done or (self.log.progress[max(self.log.progress)] if self.log.progress else None)
        return last.recent_nats_per_char if last is not None else None

    @property
    def elapsed_seconds(self) -> float | None:
        """Seconds trained, pauses left out."""
        seconds = self.log.elapsed_seconds
        return seconds if seconds is not None or self.state is None else self.state.state.elapsed_seconds

    @property
    def trained_characters(self) -> int | None:
        """Characters of the text that are trained on: all but its held-out end."""
        length = self.corpus.characters
        return None if length is None else length - held_out_length(length, self.config.holdout)

    @property
    def trained_text(self) -> str | None:
        """The text without its held-out end, where the file is still the one that was read."""
        return None if self.text is None else self.text[: self.trained_characters]

    @property
    def uniform_loss(self) -> float | None:
        """T ln K nats, what guessing every character alike costs."""
        K = self.corpus.vocab_size
        return self.config.seq_length * log(K) if K else None

    @property
    def version(self) -> str | None:
        """The tui-rnn that trained it last."""
        return self.log.starts[-1].version or None if self.log.starts else None
