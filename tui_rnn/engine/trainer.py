"""The trainer, which owns the weights, and run(), the only training loop."""

import dataclasses
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite, log
from typing import Protocol

import numpy as np

from tui_rnn.engine import sampling
from tui_rnn.engine.checkpoint import Snapshot
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control, GradientCheckRequest, Request, SampleRequest, SaveRequest
from tui_rnn.engine.corpus import Corpus, Windows
from tui_rnn.engine.errors import Diverged
from tui_rnn.engine.events import (
    Checkpointed,
    Done,
    Event,
    Paused,
    Progress,
    Sample,
    SamplePiece,
    StepDone,
    Warned,
)
from tui_rnn.engine.gradcheck import check_text
from tui_rnn.engine.history import LossHistory
from tui_rnn.engine.model import Model
from tui_rnn.engine.optimizers import clip, eta_at, make_optimizer
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.streams import stream

SMOOTHING = 0.999  # smooth_loss = 0.999 smooth_loss + 0.001 loss
_SLICE = 25  # characters of a sample written between two looks at the control
# A loop of tiny operations holds the interpreter's lock; sleeping this long between slices hands it to the screen.
_BREATH = 0.0001
# The check that runs beside training is held to a network of this size, so that it is over in a fraction of a second.
_CHECK_HIDDEN_SIZE, _CHECK_SEQ_LENGTH = 100, 25


@dataclass(slots=True)
class Best:
    """A copy of the weights that had the lowest smooth loss so far."""

    theta: Parameters
    step: int = 0
    smooth_loss: float = float("inf")
    saved_step: int = 0  # of the best model that is on disk


class Store(Protocol):
    """Where checkpoints go."""

    def save(self, snapshot: Snapshot, kind: str) -> Checkpointed:
        """Put the snapshot on disk. Raises OSError where that fails, the previous checkpoint untouched."""


class Trainer:
    """One model in training: `step` makes an update, `serve` answers a request; neither knows of threads."""

    def __init__(self, config: RunConfig, corpus: Corpus) -> None:
        """A run at its beginning. Raises CorpusError where the corpus is too short for the config's windows."""
        self.config = config
        self.corpus = corpus
        self.windows = Windows(corpus.indices, config.seq_length, config.batch_size)
        self.model = Model(len(corpus.vocabulary), config.hidden_size)
        dtype = np.dtype(config.dtype)
        self.theta = self.model.init(stream(config.seed, "init"), dtype, config.init, config.sig)
        self.optimizer = make_optimizer(config, self.theta.flat)
        self.hprev: Array = np.zeros((config.batch_size, config.hidden_size), dtype)
        self.step_count = 0
        self.smooth_loss: float | None = None  # None before the first update
        self.best = Best(self.theta.copy())
        self.history = LossHistory()
        self.elapsed_seconds = 0.0
        self.sampled_step = 0  # the update before which the last scheduled sample was taken
        self._g = Parameters(self.model.shapes, dtype)
        self._ws = self.model.workspace(config.seq_length, config.batch_size, dtype)
        self._scale = 1.0 / config.seq_length if config.reduction == "mean" else 1.0
        self._requested_samples = 0

    @property
    def uniform_loss(self) -> float:
        """T ln K nats: the loss of guessing every character alike."""
        return self.config.seq_length * log(len(self.corpus.vocabulary))

    def step(self) -> StepDone:
        """Make one update. Raises Diverged, with theta as it was before it, where a number is no longer finite."""
        config, windows, theta, g = self.config, self.windows, self.theta, self._g
        if windows.ends_epoch:
            self.hprev.fill(0)
        x, y = windows.next()
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is caught by name, below
            loss = self.model.loss_and_gradient(theta, x, y, self.hprev, self._ws, g, self._scale)
            if not isfinite(loss) or not clip(g.flat, config.clip, config.clip_norm):
                raise Diverged(self._what_diverged(loss))
            self.smooth_loss = (
                loss if self.smooth_loss is None else SMOOTHING * self.smooth_loss + (1 - SMOOTHING) * loss
            )
            self.step_count += 1
            if self.smooth_loss < self.best.smooth_loss:
                # The weights this loss was measured with, so a finite loss vouches for them; a copy, not an alias.
                np.copyto(self.best.theta.flat, theta.flat)
                self.best.step, self.best.smooth_loss = self.step_count, self.smooth_loss
            self.optimizer.update(theta.flat, g.flat, eta_at(self.step_count, config), self.step_count)
        self.hprev[...] = self._ws.tape.H[-1]
        self.history.append(self.step_count, loss, self.smooth_loss)
        return StepDone(self.step_count, loss, self.smooth_loss)

    def serve(self, request: Request, control: Control) -> Iterator[Event]:
        """Answer a sample or gradient check request; ends early where control is stopped."""
        if isinstance(request, SampleRequest):
            yield from self._write(request, control)
        elif isinstance(request, GradientCheckRequest):
            yield from self._check(request, control)

    def sample_due(self) -> SampleRequest | None:
        """The scheduled sample that is to be taken before the next update, if any."""
        step = self.step_count + 1
        if step == self.sampled_step or (step != 1 and step % self.config.sample_every):
            return None
        return SampleRequest(self.config.sample_length, kind="scheduled", number=0)

    def snapshot(self) -> Snapshot:
        """All a resumed run needs, by reference: to be sealed before the next update. Raises Diverged if not finite."""
        groups = {"theta": self.theta.flat, "best": self.best.theta.flat, **self.optimizer.slots}
        arrays = {name: view for group, flat in groups.items() for name, view in self._finite_views(group, flat)}
        arrays["hprev"] = self.hprev
        arrays.update({f"history.{name}": array for name, array in self.history.arrays().items()})
        return self._snapshot("state", arrays)

    def best_snapshot(self) -> Snapshot:
        """The best model alone, by reference. Raises Diverged if not finite."""
        best = self._snapshot("model", dict(self._finite_views("theta", self.best.theta.flat)))
        return dataclasses.replace(best, step=self.best.step, smooth_loss=self.best.smooth_loss)

    def _finite_views(self, group: str, flat: Array) -> Iterator[tuple[str, Array]]:
        if not np.isfinite(flat).all():
            raise Diverged(f"{group} holds a number that is not finite after update {self.step_count}: lower --eta")
        for name, view in Parameters(self.model.shapes, flat.dtype, flat).items():
            yield f"{group}.{name}", view

    def _snapshot(self, contents: str, arrays: dict[str, Array]) -> Snapshot:
        return Snapshot(
            contents=contents,
            config=self.config,
            vocabulary=self.corpus.vocabulary.characters,
            corpus_characters=len(self.corpus),
            corpus_sha256=self.corpus.sha256,
            step=self.step_count,
            epochs=self.windows.epochs,
            position=self.windows.position,
            smooth_loss=self.smooth_loss,
            best_step=self.best.step,
            best_smooth_loss=self.best.smooth_loss if self.best.step else None,
            elapsed_seconds=self.elapsed_seconds,
            sampled_step=self.sampled_step,
            arrays=arrays,
        )

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot, corpus: Corpus) -> "Trainer":
        """A trainer that goes on exactly where the one of this snapshot stood, on the same corpus."""
        trainer = cls(snapshot.config, corpus)
        groups = {"theta": trainer.theta.flat, "best": trainer.best.theta.flat, **trainer.optimizer.slots}
        for group, flat in groups.items():
            for name, view in Parameters(trainer.model.shapes, flat.dtype, flat).items():
                view[...] = snapshot.arrays[f"{group}.{name}"]
        trainer.hprev[...] = snapshot.arrays["hprev"]
        trainer.step_count = snapshot.step
        trainer.smooth_loss = snapshot.smooth_loss
        trainer.windows.epochs, trainer.windows.position = snapshot.epochs, snapshot.position
        if snapshot.best_smooth_loss is not None:
            trainer.best.step, trainer.best.smooth_loss = snapshot.best_step, snapshot.best_smooth_loss
        prefix = "history."
        trainer.history = LossHistory.from_arrays(
            {name.removeprefix(prefix): array for name, array in snapshot.arrays.items() if name.startswith(prefix)}
        )
        trainer.elapsed_seconds = snapshot.elapsed_seconds
        trainer.sampled_step = snapshot.sampled_step
        return trainer

    def state_sha256(self) -> str:
        """A digest of everything the next update depends on: equal digests, equal futures.

        Random streams hold no state of their own: they are made from the seed and a step when needed (streams.py).
        """
        numbers = [self.config.seed, self.step_count, self.windows.epochs, self.windows.position, self.smooth_loss]
        digest = hashlib.sha256(json.dumps(numbers).encode())
        vectors = {"theta": self.theta.flat, "hprev": self.hprev, **self.optimizer.slots}
        for name, array in vectors.items():
            digest.update(f"{name} {array.dtype} {array.shape}".encode())
            digest.update(array.tobytes())
        return digest.hexdigest()

    def _write(self, request: SampleRequest, control: Control) -> Iterator[Event]:
        """The sample, in pieces and then whole. Of the live model it goes on from where training reads the text."""
        config, vocabulary = self.config, self.corpus.vocabulary
        best = request.model == "best" and self.best.step > 0
        theta = self.best.theta if best else self.theta
        if request.kind == "scheduled":
            place = (self.step_count, 0)
        else:
            self._requested_samples += 1
            place = (self.step_count, self._requested_samples)
        if request.prime or best:
            h, x = sampling.start(theta, vocabulary, request.prime)
        else:
            h = np.zeros_like(self.hprev[0]) if self.windows.ends_epoch else self.hprev[0].copy()
            x = self.windows.peek()
        indices = sampling.generate(
            theta, h, x, stream(config.seed, "sampling", *place), request.temperature, request.top_p
        )
        pieces: list[str] = [request.prime]
        for start in range(0, request.length, _SLICE):
            if control.stopped or request.cancelled.is_set():
                return
            count = min(_SLICE, request.length - start)
            pieces.append(vocabulary.decode([next(indices) for _ in range(count)]))
            yield SamplePiece(request.number, pieces[-1])
            time.sleep(_BREATH)
        if request.kind == "scheduled":
            self.sampled_step = self.step_count + 1
        yield Sample(
            step=self.best.step if best else self.step_count + 1,
            smooth_loss=self.best.smooth_loss if best else self._smooth_loss_now(),
            temperature=request.temperature,
            top_p=request.top_p,
            text="".join(pieces),
            kind=request.kind,
            model="best" if best else "live",
            prime=request.prime,
            request=request.number,
        )

    def _smooth_loss_now(self) -> float:
        """The smooth loss; before the first update the loss of the first window, where the smooth loss will start."""
        if self.smooth_loss is not None:
            return self.smooth_loss
        first = Windows(self.corpus.indices, self.config.seq_length, self.config.batch_size)
        return self.model.loss(self.theta, *first.next(), self.hprev, self._ws)

    def _check(self, request: GradientCheckRequest, control: Control) -> Iterator[Event]:
        """The gradient check on the first characters of the text, on a copy of the weights or of a smaller network."""
        model, theta = self.model, self.theta
        if self.config.hidden_size > _CHECK_HIDDEN_SIZE:
            model = Model(self.model.vocab_size, _CHECK_HIDDEN_SIZE)
            theta = model.init(stream(self.config.seed, "init"), np.float64)
        T = min(self.config.seq_length, _CHECK_SEQ_LENGTH)
        rng = stream(self.config.seed, "gradcheck", self.step_count)
        for checked in check_text(
            model, theta, self.corpus.indices, T, rng, method=request.method, most_elements=request.most_elements
        ):
            if control.stopped:
                return
            if checked is not None:
                yield checked
            time.sleep(_BREATH)

    def _what_diverged(self, loss: float) -> str:
        """Which number is not finite at the update at hand, in which window, and how large the others are."""
        T = self.config.seq_length
        start = self.windows.position - T
        text = self.corpus.vocabulary.decode(self.corpus.indices[start : start + T])
        what = f"the loss is {loss}"
        if isfinite(loss):
            bad = [name for name, view in self._g.items() if not np.isfinite(view).all()]
            what = f"the gradient of {' '.join(bad)} is not finite" if bad else "the gradient's square overflows"
        with np.errstate(all="ignore"):
            norms = f"|theta| = {np.linalg.norm(self.theta.flat):.3g}, |g| = {np.linalg.norm(self._g.flat):.3g}"
        return (
            f"diverged at update {self.step_count + 1}: {what} on characters {start} to {start + T} ({text!r}); "
            f"{norms}; lower --eta (now {self.config.eta:g}) or set --clip"
        )


def run(
    trainer: Trainer,
    control: Control,
    max_steps: int,
    *,
    store: Store | None = None,
    progress_every: int = 1000,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Event]:
    """Train until step `max_steps` or until control says stop; everything that happens comes out as an event.

    Requests are served between two updates, so nobody sees a half-updated theta. The last event is Done, after the
    final checkpoint. A number that is not finite ends the run before anything is saved over a good state.
    """
    watch = _Stopwatch(trainer, control, clock)
    reason = "steps"
    try:
        while trainer.step_count < max_steps:
            if control.paused:
                yield Paused(trainer.step_count)
            for request in control.requests():
                yield from _serve(trainer, request, control, store)
            if control.stopped:
                break
            if due := trainer.sample_due():
                yield from trainer.serve(due, control)
            done = trainer.step()
            yield done
            if done.step % progress_every == 0:
                yield watch.progress(done)
            if done.step % trainer.config.checkpoint_every == 0:
                watch.read()
                yield from _save(trainer, "periodic", store)
        watch.read()
        if trainer.step_count < max_steps:
            reason = control.stop_reason or reason
        if control.save_at_end:
            yield from _save(trainer, "final", store)
    except Diverged as error:
        watch.read()
        reason = "diverged"
        yield Warned(str(error))
        yield from _save(trainer, "best", store)
    best = trainer.best
    yield Done(
        step=trainer.step_count,
        reason=reason,
        smooth_loss=trainer.smooth_loss,
        best_smooth_loss=best.smooth_loss if best.step else None,
        best_step=best.step,
        elapsed_seconds=trainer.elapsed_seconds,
        state_sha256=trainer.state_sha256(),
    )


def attend(trainer: Trainer, control: Control, store: Store | None = None) -> Iterator[Event]:
    """Serve requests, and make no update, until control says stop: for a screen that stays when training is over."""
    control.pause()
    for request in control.requests():
        try:
            yield from _serve(trainer, request, control, store)
        except Diverged as error:  # the weights as they ended cannot be saved
            yield Warned(str(error))


def _serve(trainer: Trainer, request: Request, control: Control, store: Store | None) -> Iterator[Event]:
    if isinstance(request, SaveRequest):
        yield from _save(trainer, request.kind, store)
    else:
        yield from trainer.serve(request, control)


def _save(trainer: Trainer, kind: str, store: Store | None) -> Iterator[Event]:
    """Save the best model if it is not on disk yet, then the state unless kind is "best"; or say why not.

    A full disk does not end a run.
    """
    if store is None:
        return
    best = trainer.best
    try:
        if best.step > best.saved_step:
            yield store.save(trainer.best_snapshot(), "best")
            best.saved_step = best.step
        if kind != "best":
            yield store.save(trainer.snapshot(), kind)
    except OSError as error:
        reason = error.strerror or str(error)
        yield Warned(f"step {trainer.step_count} is not saved ({reason}); the next checkpoint tries again")


class _Stopwatch:
    """Time trained and updates a second, pauses left out, on a clock that never jumps."""

    def __init__(self, trainer: Trainer, control: Control, clock: Callable[[], float]) -> None:
        self._trainer, self._control, self._clock = trainer, control, clock
        self._start = clock() - control.waited_seconds - trainer.elapsed_seconds
        self._last = (trainer.step_count, trainer.elapsed_seconds)

    def read(self) -> float:
        """Seconds trained so far in all, also written into the trainer for its checkpoint."""
        self._trainer.elapsed_seconds = self._clock() - self._start - self._control.waited_seconds
        return self._trainer.elapsed_seconds

    def progress(self, done: StepDone) -> Progress:
        """Where the run stands, with the rate since the last call."""
        now = self.read()
        step_before, before = self._last
        self._last = (done.step, now)
        rate = (done.step - step_before) / (now - before) if now > before else None
        config = self._trainer.config
        nats = done.smooth_loss / config.seq_length
        return Progress(
            step=done.step,
            epoch=self._trainer.windows.epoch,
            position=self._trainer.windows.position,
            loss=done.loss,
            smooth_loss=done.smooth_loss,
            nats_per_char=nats,
            bits_per_char=nats / log(2),
            updates_per_second=rate,
            characters_per_second=rate and rate * config.seq_length * config.batch_size,
            elapsed_seconds=now,
        )
