"""A run as a row of the list and of a comparison: what its files say, and what the screen that trains it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import Adjusted
from tui_rnn.engine.joined_text import short_name
from tui_rnn.runs.followed import INTERRUPTED, TRAINING, FollowedRun
from tui_rnn.runs.listing import DAMAGED, RunLine, uniform_nats
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.messages import RunPicture

# Glyph, word and role in the palette, by the state of a RunLine.
STATES: Mapping[str, tuple[str, str, str]] = {
    TRAINING: ("▶", "training", "success"),
    "steps": ("✓", "done", "muted"),
    "stopped": ("‖", "stopped", "warning"),
    "signal": ("‖", "by signal", "warning"),
    INTERRUPTED: ("╳", "cut off", "error"),
    "diverged": ("✖", "diverged", "error"),
    DAMAGED: ("?", "damaged", "error"),
}
PAUSED = ("‖", "paused", "warning")  # of a run in training
OFF_COURSE = ("▲", "off course", "error")


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as the list and the comparison show it."""

    line: RunLine
    name: str  # safe to show
    corpus: str
    course: tuple[tuple[float, float], ...]  # (step, nats per character)
    uniform: float | None  # ln K
    config: RunConfig | None
    last_sample: str = ""
    text_sha256: str | None = None  # of the text that it is trained on, where its files say it
    changes: tuple[Adjusted, ...] = ()  # of its hyperparameters, in its course
    weights: int | None = None  # of its network, where its log says it

    @property
    def state(self) -> tuple[str, str, str]:
        """Glyph, word and role in the palette."""
        if self.line.paused:
            return PAUSED
        ended = self.line.state not in (TRAINING, DAMAGED, "diverged")
        return OFF_COURSE if self.line.off_course and ended else STATES[self.line.state]

    @property
    def characters(self) -> int:
        """Read in all."""
        return self.line.step * self.config.seq_length * self.config.batch_size if self.config else 0

    def as_on_screen(self, picture: RunPicture, *, is_paused: bool) -> "RunRow":
        """The row with the figures of the screen that trains the run: what is logged is some updates behind."""
        if self.config is None or self.line.state != TRAINING:
            return self
        line = replace(self.line, step=picture.step, elapsed_seconds=picture.elapsed_seconds, paused=is_paused)
        if picture.step > 0:
            T, recent = self.config.seq_length, picture.recent_loss
            line = replace(
                line,
                best_smooth_loss=picture.best_smooth_loss,
                best_step=picture.best_step,
                nats_per_char=picture.best_smooth_loss / T,
                recent_nats_per_char=None if recent is None else recent / T,
            )
        return replace(self, line=line)

    def has_another_text(self, other: "RunRow") -> bool:
        """Whether the two are known to be trained on different texts."""
        return None not in (self.text_sha256, other.text_sha256) and self.text_sha256 != other.text_sha256


def row_of(line: RunLine, followed: FollowedRun | None) -> RunRow:
    """The row of a run of which all was read."""
    name = safe_text(line.name or line.run.replace("\\", "/").rsplit("/", 1)[-1], one_line=True)
    corpus = safe_text(short_name(line.corpus), one_line=True)
    if followed is None:
        return RunRow(line, name, corpus, (), None, None)
    T, uniform = followed.config.seq_length, uniform_nats(followed)
    begin = [(1.0, uniform)] if uniform is not None else []
    course = [(float(step), loss / T) for step, loss in followed.log.course]
    sample = followed.log.last_sample
    return RunRow(
        line,
        name,
        corpus,
        (*begin, *course),
        uniform,
        followed.config,
        sample.text[:2000] if sample is not None else "",
        followed.manifest.corpus.sha256,
        tuple(followed.log.changes),
        followed.log.start.parameters if followed.log.start is not None else None,
    )
