"""What the screen knows of a run: its state, its latest picture, what happened. It knows no screen and no panel."""

import contextlib
from bisect import insort
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tui_rnn import published
from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.config import RunConfig, finite
from tui_rnn.engine.errors import ConfigError
from tui_rnn.engine.events import (
    CENTRAL,
    COMPLEX,
    Adjusted,
    BookRead,
    Checkpointed,
    Compiled,
    Compiling,
    Done,
    Event,
    GradientChecked,
    HeldOut,
    NGramsCounted,
    NotFinite,
    NotSaved,
    Paused,
    Progress,
    Sample,
    Started,
    Viewed,
)
from tui_rnn.engine.goal import Goal, prolonged
from tui_rnn.engine.kinds import CheckpointKind, Ending
from tui_rnn.engine.recent import smooth_loss_lags
from tui_rnn.engine.text import held_out_length, updates_per_epoch
from tui_rnn.runs.manifest import Origin
from tui_rnn.tui.chart.series import Reference, Series
from tui_rnn.tui.header.status import Checked, Status
from tui_rnn.tui.marks import Marks
from tui_rnn.tui.messages import RunPicture
from tui_rnn.tui.on_disk import OnDisk


def _goal_in(options: Mapping[str, Any]) -> Goal | None:
    """The goal in the options of a start, if they hold one that can be used."""
    steps, minutes = options.get("steps"), options.get("minutes")
    usable = type(steps) is int and steps >= 0 and (minutes is None or (finite(minutes) and minutes > 0))
    return Goal(steps, minutes) if usable and type(steps) is int else None


class RunState:
    """The run as its events and pictures show it. All times come from the caller's one clock."""

    def __init__(self, config: RunConfig, goal: Goal, run: str) -> None:
        """`run` is the run directory as the user sees it."""
        self.config, self.goal, self.run = config, goal, run
        self.state = "reading"  # of header.status.STATES
        self.is_viewed = False  # only looked at: no key changes it
        self.origin: Origin | None = None  # of a branch
        self.twin_of: str | None = None  # the run whose options these are, but for some
        self.text_size = ""  # in words, as far as it is known before the run has begun
        self.picture: RunPicture | None = None  # the latest picture that was looked at
        self.kept = OnDisk()
        self.held_out = Marks[HeldOut](lambda event: event.step)
        self.why_diverged = ""
        self.compiling_seconds = 0  # that compiling the kernel takes, about, while it is compiled
        self.started: Started | None = None
        self.checks: dict[str, GradientChecked] = {}  # the latest of each method
        self.book: BookRead | None = None
        self.sample_steps = Marks[int](int)
        self.newest_sample: Sample | None = None
        self.hyperparameters = Hyperparameters.of(config)
        self.adjusted = Marks[Adjusted](lambda event: event.step)  # what was changed, without what was refused
        self.ngrams: tuple[float, ...] = ()  # what counting reaches, nats per character, by order from 1
        self.seconds = Marks[tuple[int, float]](lambda mark: mark[0])  # (step, seconds trained), ascending

    def take_picture(self, live: RunPicture | None) -> None:
        """Take the worker's latest picture."""
        if live is not self.picture and live is not None and (not self.seconds or live.step > self.seconds[-1][0]):
            self.seconds.append((live.step, live.elapsed_seconds))
        self.picture = live

    @property
    def step(self) -> int:
        """Updates made, as far as it is shown."""
        return self.picture.step if self.picture else 0

    @property
    def updates_per_second(self) -> float | None:
        """The rate of the updates that are being made, if any are."""
        return self.picture.updates_per_second if self.picture and self.state == "training" else None

    @property
    def is_over(self) -> bool:
        """Whether it makes no more updates, or was asked to make none."""
        return self.state in ("done", "stopped", "cut off", "diverged", "saving")

    @property
    def is_unsaved(self) -> bool:
        """Whether updates were made since the last checkpoint; once it is over, whether the disk refused the last."""
        return bool(self.kept.refused) if self.is_over else self.step > self.kept.step

    def take(self, event: Event, now: float | None, *, paused: bool) -> None:
        """Take an event; one without a time happened before this process began. `paused`: the run is paused now."""
        match event:
            case Started():
                self.state = "checking" if self.started is None else "training"
                self.started = event
                self.goal = _goal_in(event.config) or self.goal
                self.kept.begun(event)
            case GradientChecked():
                self.checks[event.method] = event
                if event.method == COMPLEX and self.state == "checking":
                    self.state = "compiling" if self.compiling_seconds else "training"
            case Compiling():
                self.compiling_seconds = event.seconds
            case Compiled():
                self.compiling_seconds = 0
                if self.state == "compiling":
                    self.state = "training"
            case Paused() if paused and self.state in ("training", "checking", "compiling"):
                self.state = "paused"
            case BookRead():
                self.book = event
            case Progress():  # of an earlier process: of this one's the pictures tell
                insort(self.seconds, (event.step, event.elapsed_seconds))
            case NGramsCounted(losses=losses):
                self.ngrams = losses
            case Sample():
                self.newest_sample = event
                self.sample_steps.append(event.step)
            case HeldOut():
                self.held_out.append(event)
            case Adjusted() if not event.refused_because:
                self.adjusted.append(event)
                if now is not None:  # else it is part of what the run goes on with
                    self._adjust(event)
            case Checkpointed():
                self.kept.saved(event, now)
            case Viewed():
                self.kept.found(event.saved_step)
            case NotSaved():
                self.kept.not_saved(event)
                if event.kind == CheckpointKind.FINAL:  # tried again and again
                    self.state = "saving"
            case NotFinite():
                self.why_diverged = event.message
                self.kept.diverged()
            case Done():
                self.state = {Ending.STEPS: "done", Ending.DIVERGED: "diverged"}.get(event.reason, "saving")

    def _adjust(self, event: Adjusted) -> None:
        with contextlib.suppress(ConfigError):  # of a newer version's log
            self.hyperparameters = self.hyperparameters.with_value(self.config, event.name, event.value)
            self.config = self.hyperparameters.in_force(self.config)

    @property
    def further(self) -> Goal:
        """The goal of as many updates, or minutes, again; for a run that is done."""
        seconds = self.picture.elapsed_seconds if self.picture else 0.0
        return prolonged(self.config.goal, self.goal, self.step, seconds)

    def asked_to_go_on(self) -> None:
        """A key lets the run go on; shown at once, before the loop answers."""
        self.state = "training"

    def asked_to_end(self) -> None:
        """A key ends the run: unless it has ended before, it is saving now."""
        if self.state not in ("done", "diverged"):
            self.state = "saving"

    def question(self) -> str:
        """What to ask before the screen is left; empty once the run is over and all of it saved."""
        return "" if self.is_over and not self.is_unsaved else self.kept.question(self.step, self.state == "diverged")

    def status(self, now: float) -> Status:
        """What the header shows."""
        config, T = self.config, self.config.seq_length
        status = Status(
            state=self.state,
            corpus=config.corpus,
            size=self.text_size,
            recipe=config.recipe,
            goal=self.goal,
            is_viewed=self.is_viewed,
            seq_length=T,
            batch_size=config.batch_size,
            uniform=self.started.uniform_loss / T if self.started else None,
            saved_seconds_ago=None if self.kept.saved_at is None else round(now - self.kept.saved_at),
            saved_step=self.kept.step,
            unsaved_steps=self.step - self.kept.step,
            unsaved_reason=self.kept.refused,
            checked=self._checked(),
            compiling_seconds=self.compiling_seconds,
            why_diverged=self.why_diverged,
            eta_back=None if self.is_viewed else config.eta / 2,
            further=self.further if self.state == "done" else None,
        )
        if held_out := self.last_held_out:
            status = replace(
                status,
                held_out=held_out.nats_per_char,
                held_out_step=held_out.step,
                best_held_out=held_out.best_nats_per_char,
            )
        if live := self.picture:
            status = replace(
                status,
                step=live.step,
                epoch=live.epoch,
                smooth=live.smooth_loss / T,
                recent=None if live.recent_loss is None else live.recent_loss / T,
                lags=smooth_loss_lags(live.step),
                best=live.best_smooth_loss / T,
                best_step=live.best_step,
                updates_per_second=self.updates_per_second,
                elapsed_seconds=live.elapsed_seconds,
            )
        return status

    def _checked(self) -> Checked | None:
        """The gradient check that says most: the proof, where it was made."""
        check = self.checks.get(COMPLEX) or self.checks.get(CENTRAL)
        return None if check is None else Checked(check.passed, check.worst.relative_error, check.worst.parameter)

    def series(self) -> Series:
        """What the loss chart is drawn of: the latest picture with the marks of what happened."""
        live = self.picture
        if live is None:
            return Series()
        T, B, started = self.config.seq_length, self.config.batch_size, self.started
        return Series(
            steps=live.steps,
            smooth=tuple(loss / T for loss in live.smooth),
            raw=tuple(loss / T for loss in live.raw),
            stride=live.steps[0] if live.steps else 1,
            held_out=tuple((each.step, each.nats_per_char) for each in self.held_out if each.nats_per_char is not None),
            samples=tuple(self.sample_steps),
            saved=tuple(self.kept.steps),
            adjusted=tuple(event.step for event in self.adjusted),
            references=self._references(),
            uniform=started.uniform_loss / T if started else None,
            now=live.smooth_loss / T,
            recent=None if live.recent_loss is None else live.recent_loss / T,
            best=(live.best_step, live.best_smooth_loss / T) if live.best_step else None,
            steps_per_epoch=self._updates_per_epoch(),
            characters_per_step=T * B,
            seconds=((0, 0.0), *self.seconds),
        )

    def _references(self) -> tuple[Reference, ...]:
        """What counting reaches, and what others published, where it may stand beside this run."""
        counted = tuple(Reference(loss, (f"{order}-gram",)) for order, loss in enumerate(self.ngrams, 1))
        vocab_size = self.started.corpus.get("vocab_size") if self.started else None
        beside = published.level_beside(self.config, vocab_size) if type(vocab_size) is int else None
        if beside is None:
            return counted
        words = beside[1].split()  # as the 2021 report
        return (*counted, Reference(beside[0], tuple(" ".join(words[k:]) for k in range(len(words)))))

    def _updates_per_epoch(self) -> int | None:
        """Windows of the text that is trained on; None where its length is not known, or others were read before it."""
        corpus = self.started.corpus if self.started else {}
        characters = corpus.get("characters")
        if type(characters) is not int or corpus.get("begun_at"):
            return None
        config = self.config
        trained = characters - held_out_length(characters, config.holdout)
        return updates_per_epoch(trained, config.seq_length, config.batch_size, config.order, config.chunks) or None

    @property
    def last_held_out(self) -> HeldOut | None:
        """As last measured, if ever."""
        return self.held_out[-1] if self.held_out else None
