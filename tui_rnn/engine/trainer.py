"""The trainer, which owns the weights, and run(), the only training loop."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite, log

import numpy as np

from tui_rnn.engine import held_out, services, state
from tui_rnn.engine.checkpoint import Snapshot
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control, GradientCheckRequest, Request, SampleRequest, SaveRequest
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.errors import Diverged, InputError
from tui_rnn.engine.events import Done, Event, NotFinite, Paused, StepDone, Warned
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.held_out import BestHeldOut
from tui_rnn.engine.history import LossHistory
from tui_rnn.engine.model import Model
from tui_rnn.engine.optimizers import clip, eta_at, make_optimizer
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.stopwatch import Stopwatch
from tui_rnn.engine.streams import stream
from tui_rnn.engine.text import check_length
from tui_rnn.engine.windows import Order, Sequential

_TRAINED_PER_HELD_OUT = 2  # characters at least, between two measurements of the held-out loss
_HOPELESS = 2.0  # times the loss of guessing: finite, but no learning rate that learns gets there
SMOOTHING = 0.999  # smooth_loss = 0.999 smooth_loss + 0.001 loss


@dataclass(slots=True)
class Best:
    """A copy of the weights that had the lowest smooth loss so far."""

    theta: Parameters
    step: int = 0  # 0 before the first update
    smooth_loss: float = float("inf")
    saved: bool = True  # whether this model, if there is one, is on disk


class Trainer:
    """One model in training: `step` makes an update, `serve` answers a request; neither knows of threads."""

    def __init__(self, config: RunConfig, corpus: Corpus) -> None:
        """A run at its beginning. Raises CorpusError where the corpus is too short for the config's windows."""
        self.config = config
        check_length("the corpus", len(corpus), config.seq_length, config.batch_size, config.holdout)
        self.corpus = corpus.holding_out(config.holdout)
        self.order: Order = Sequential(self.corpus.train, config.seq_length, config.batch_size)
        self.model = Model.from_config(config, len(corpus.vocabulary))
        dtype = np.dtype(config.dtype)
        self.theta = self.model.init(stream(config.seed, "init"), dtype, config.init, config.sig)
        self.optimizer = make_optimizer(config, self.theta, self.model.rates(config))
        self.state: Array = self.model.zero_state(config.batch_size, dtype)  # (B, S), carried from window to window
        self._zeros = self.state.copy()  # the state of a fresh start
        self.step_count = 0
        self.smooth_loss: float | None = None  # None before the first update
        self.best = Best(self.theta.copy())
        self.held_out = BestHeldOut(self.theta.copy()) if config.holdout else None
        self.history = LossHistory()
        self.elapsed_seconds = 0.0  # time trained, as whoever holds the clock last wrote it here
        self.diverged = ""  # why no further update can be made
        self.between_updates = True  # false while an update is under way, and where one was broken off
        self.sampled_step = 0  # the update before which the last scheduled sample was taken
        self.saved_step: int | None = None  # at which the state on disk stands; None where there is none
        self.gradient = Parameters(self.model.shapes, dtype)
        self.workspace = self.model.workspace(config.seq_length, config.batch_size, dtype)
        self._scale = 1.0 / config.seq_length if config.reduction == "mean" else 1.0
        self._requested_samples = 0

    @property
    def uniform_loss(self) -> float:
        """T ln K nats: the loss of guessing every character alike."""
        return self.config.seq_length * log(len(self.corpus.vocabulary))

    def step(self) -> StepDone:
        """Make one update. Raises Diverged, the state as it was before it, where a number is not finite."""
        config, order, theta, g = self.config, self.order, self.theta, self.gradient
        self.between_updates = False
        place, window = order.place, order.next()
        before = self._zeros if window.fresh else self.state
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is caught by name, below
            loss = self.model.loss_and_gradient(theta, window.x, window.y, before, self.workspace, g, self._scale)
            if not isfinite(loss) or not clip(g.flat, config.clip, config.clip_norm):
                self.diverged = services.what_diverged(self, window, loss)
                order.restore(place)
                self.between_updates = True
                raise Diverged(self.diverged)
            self.smooth_loss = (
                loss if self.smooth_loss is None else SMOOTHING * self.smooth_loss + (1 - SMOOTHING) * loss
            )
            self.step_count += 1
            if self.smooth_loss < self.best.smooth_loss:
                # The weights this loss was measured with, so a finite loss vouches for them; a copy, not an alias.
                np.copyto(self.best.theta.flat, theta.flat)
                self.best.step, self.best.smooth_loss, self.best.saved = self.step_count, self.smooth_loss, False
            eta = eta_at(self.step_count, config, self.elapsed_seconds)
            self.optimizer.update(theta.flat, g.flat, eta, self.step_count)
        self.state[...] = self.workspace.state
        self.history.append(self.step_count, loss, self.smooth_loss)
        self.between_updates = True
        return StepDone(self.step_count, loss, self.smooth_loss)

    def serve(self, request: Request, control: Control) -> Iterator[Event]:
        """Answer a sample or gradient check request; ends early where control is stopped."""
        if isinstance(request, SampleRequest):
            yield from services.write_sample(self, request, control)
        elif isinstance(request, GradientCheckRequest):
            yield from services.check_gradient(self, request, control)

    def count_request(self) -> int:
        """The number of the next sample that is asked for out of turn, from 1."""
        self._requested_samples += 1
        return self._requested_samples

    def sample_due(self) -> SampleRequest | None:
        """The scheduled sample that is to be taken before the next update, if any."""
        if self.step_count + 1 == self.sampled_step or not self._scheduled:
            return None
        return SampleRequest(self.config.sample_length, kind="scheduled", number=0)

    def evaluation_due(self) -> bool:
        """Whether the held-out loss is to be measured before the next update.

        It is at scheduled samples, but not before twice as many characters were trained on as it reads, so that a
        recipe with frequent samples is not slowed down by it.
        """
        if self.held_out is None or not self._scheduled:
            return False
        if self.held_out.updates is None:
            return True
        read = (self.step_count - self.held_out.updates) * self.config.seq_length * self.config.batch_size
        return read > 0 and read >= _TRAINED_PER_HELD_OUT * len(self.corpus.held_out)

    @property
    def _scheduled(self) -> bool:
        """Whether the next update is the first, or one of every sample_every."""
        return self.step_count == 0 or (self.step_count + 1) % self.config.sample_every == 0

    def snapshot(self) -> Snapshot:
        """All a resumed run needs, by reference: to be sealed before the next update. Raises Diverged if not finite."""
        return state.snapshot(self)

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot, corpus: Corpus) -> "Trainer":
        """A trainer that goes on exactly where the one of this snapshot stood, on the same corpus."""
        trainer = cls(snapshot.config, corpus)
        state.restore(trainer, snapshot)
        return trainer

    def state_sha256(self) -> str:
        """A digest of everything the next update depends on: equal digests, equal futures."""
        return state.sha256(self)


def run(
    trainer: Trainer,
    control: Control,
    max_steps: int,
    *,
    max_minutes: float | None = None,
    saver: Saver | None = None,
    progress_every: int = 1000,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Event]:
    """Train until step `max_steps` or until control says stop; everything that happens comes out as an event.

    `max_minutes` of training, counted as `elapsed_seconds` is (on `clock`, pauses left out), end it too. Requests are
    served between two updates, so nobody sees a half-updated theta. Without a `saver` nothing is saved. The last event
    is Done, after the final checkpoint, which is tried again and again where the disk refuses it and control is
    patient. A number that is not finite ends the run before anything is saved over a good state.
    """
    watch = Stopwatch(trainer, control, clock)
    saver = saver or Saver(trainer, None)
    goal = Goal(max_steps, max_minutes)
    # The clock is read before each update only where the update, or whether there is one, depends on it.
    timed = max_minutes is not None or trainer.config.minutes is not None
    reason, warned = "steps", False
    try:
        while not goal.reached(trainer.step_count, watch.read() if timed else 0.0):
            if control.paused:
                yield Paused(trainer.step_count)
            for request in control.requests(saver.patience()):
                yield from _serve(trainer, request, control, saver)
                if control.paused:  # perhaps while this was served
                    yield Paused(trainer.step_count)
            granted = control.take_step()
            if saver.overdue:
                watch.read()
                yield from saver.save("timed")
            if not control.stopped and (due := trainer.sample_due()):
                yield from trainer.serve(due, control)
            if not control.stopped and trainer.evaluation_due():
                yield from held_out.evaluate(trainer, "scheduled", control)
            if control.stopped:
                break
            if control.paused and not granted:
                continue
            done = trainer.step()
            yield done
            if done.step % progress_every == 0:
                yield watch.progress(done)
                if not warned and done.smooth_loss > _HOPELESS * trainer.uniform_loss:
                    warned = True
                    yield Warned(services.what_is_hopeless(trainer, done.smooth_loss))
            if done.step % trainer.config.checkpoint_every == 0 and not saver.waits:
                watch.read()
                yield from saver.save("periodic")
        if goal.reached(trainer.step_count, watch.read()):
            yield from held_out.evaluate(trainer, "final", control)
        else:
            reason = control.stop_reason or reason
        if control.save_at_end:
            yield from saver.save("final")
        yield from _wait_for_room(trainer, control, saver, "final")
    except Diverged as error:
        watch.read()
        reason, trainer.diverged = "diverged", trainer.diverged or str(error)
        yield NotFinite(str(error))
        yield from saver.save("best")
    best, by_held_out = trainer.best, trainer.held_out
    yield Done(
        step=trainer.step_count,
        reason=reason,
        smooth_loss=trainer.smooth_loss,
        best_smooth_loss=best.smooth_loss if best.step else None,
        best_step=best.step,
        elapsed_seconds=trainer.elapsed_seconds,
        state_sha256=trainer.state_sha256(),
        saved=trainer.saved_step == trainer.step_count,
        best_saved=best.step > 0 and best.saved,
        held_out_nats_per_char=by_held_out.latest if by_held_out else None,
        best_held_out_nats_per_char=by_held_out.loss if by_held_out else None,
        best_held_out_step=by_held_out.step if by_held_out else None,
    )


def attend(trainer: Trainer, control: Control, saver: Saver) -> Iterator[Event]:
    """Serve requests, and make no update, until control says stop: for a screen that stays when training is over."""
    kind = "best" if trainer.diverged else "timed"
    while not control.stopped:
        control.pause()
        if saver.overdue:
            yield from saver.save(kind)
        for request in control.requests(saver.patience()):
            try:
                yield from _serve(trainer, request, control, saver)
            except Diverged as error:  # the weights as they ended cannot be saved
                yield Warned(str(error))
    yield from _wait_for_room(trainer, control, saver, kind)


def _wait_for_room(trainer: Trainer, control: Control, saver: Saver, kind: str) -> Iterator[Event]:
    """Where the disk has refused what is to be saved and control is patient, try until it takes it."""
    while control.is_patient and saver.unsaved:
        for request in control.requests_within(saver.patience() or 0.0):
            yield from _serve(trainer, request, control, saver)
        if control.is_patient and saver.overdue:
            yield from saver.save(kind)


def _serve(trainer: Trainer, request: Request, control: Control, saver: Saver) -> Iterator[Event]:
    if isinstance(request, SaveRequest):
        yield from saver.save("requested")
        return
    try:
        yield from trainer.serve(request, control)
    except InputError as error:  # a prime with a character that the model does not know
        yield Warned(str(error))
