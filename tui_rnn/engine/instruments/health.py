"""The health of one update: gradient and its reach, clipping, saturation, and how far each parameter moves."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.optimizers import Optimizer, clip, eta_at
from tui_rnn.engine.parameters import Array, Parameters

SATURATED = 0.9  # |h| above it: the slope of tanh is below 0.19
SHOWN = 64  # characters whose hidden values are shown
_FITTED, _LEAST_SHARE = 15, 1e-12  # steps back that the reach is fitted to


@dataclass(frozen=True, slots=True, eq=False)
class Health:
    """The next update, made on a copy. Arrays are read-only."""

    step: int  # updates made before it
    gradient_norm: float  # Euclidean, before clipping
    clipped: float  # the share of the elements that --clip changes, or of the norm that --clip-norm takes away
    eta_share: float  # of the learning rate before warm-up and schedule, what they leave of it
    saturated: float  # the share of hidden values with |h| > SATURATED, in the window read next, of all layers
    gates: tuple[tuple[str, float, float], ...]  # name of each, the share of its values open, above 0.9, and closed
    shares: tuple[
        float, ...
    ]  # (T,): ||dL_T / da_t||, a of the lowest layer, by steps back from the last place, over that of the last
    ratios: tuple[tuple[str, float], ...]  # ||update|| / ||weights|| of each parameter; empty without an optimizer
    characters: str  # the text read from here on
    hidden: NDArray[np.float32]  # (up to SHOWN, L m): h once each was read, of the lowest layer first
    layers: int  # L

    @property
    def steps_to_a_tenth(self) -> float | None:
        """Steps back over which the gradient falls to a tenth; inf where it does not fall, None where T is too small.

        By a line through the logarithms of the shares of the first steps back.
        """
        shares = np.array(self.shares[:_FITTED])
        if len(shares) < 3 or not np.isfinite(shares).all():
            return None
        lost = np.flatnonzero(shares <= _LEAST_SHARE)
        if len(lost) and lost[0] == 0:  # not even the last place is reached
            return 0.0
        shares = np.maximum(shares[: max(2, lost[0] + 1)] if len(lost) else shares, _LEAST_SHARE)
        slope = float(np.polyfit(np.arange(len(shares)), np.log10(shares), 1)[0])
        return -1 / slope if slope < 0 else 0.0 if len(lost) else float("inf")


def health(subject: Subject, argument: None = None) -> Iterator[Health | None]:
    """The next update as the trainer will make it, on a copy; None after each piece of work."""
    config, model, theta, window = subject.config, subject.model, subject.theta, subject.window
    optimizer = subject.optimizer() if subject.optimizer is not None else None
    yield None
    T, B = window.x.shape
    workspace, g = model.workspace(T, B, theta.flat.dtype), Parameters(model.shapes, theta.flat.dtype)
    scale = 1.0 / T if config.reduction == "mean" else 1.0
    model.loss_and_gradient(theta, window.x, window.y, subject.state, workspace, g, scale)
    norm = float(np.sqrt(np.square(g.flat, dtype=np.float64).sum()))
    saturated = float((np.abs(workspace.stack.hidden()) > SATURATED).mean())
    names, inner = model.stack.cell.inner, workspace.stack.inner()
    gates = tuple(
        (names[symbol], float((values > SATURATED).mean()), float((values < 1 - SATURATED).mean()))
        for symbol, values in inner.items()
        if names[symbol].endswith("gate")
    )
    yield None
    # One backward pass from the last place alone: all other rows of dL/dh are zero.
    last = slice(T * B - B, T * B)
    dO = np.zeros_like(workspace.O[last])
    dO += workspace.O[last]  # readout_gradient left dL/do there
    workspace.stack.dH[: T * B - B] = 0
    np.dot(dO, theta["V"].T, workspace.stack.dH[last])
    workspace.stack.back_to_inputs(theta)
    arriving = np.sqrt(np.square(workspace.stack.tape.dA, dtype=np.float64).sum(axis=2)).mean(axis=1)[
        ::-1
    ]  # (T,) by steps back
    yield None
    limit, norm_limit = subject.hyperparameters.clip, subject.hyperparameters.clip_norm
    clipped = 0.0
    if limit is not None:
        clipped = float((np.abs(g.flat) > limit).mean())
    if norm_limit is not None and norm > norm_limit:
        clipped = max(clipped, 1 - norm_limit / norm)
    eta = subject.hyperparameters.eta
    scheduled = eta_at(subject.step + 1, config, subject.elapsed_seconds, eta=eta)
    text, hidden = _shown(subject)
    yield None
    ratios = _ratios(subject, theta, g, optimizer) if optimizer is not None else ()
    yield Health(
        subject.step,
        norm,
        clipped,
        scheduled / eta,
        saturated,
        gates,
        tuple((arriving / max(float(arriving[0]), 1e-300)).tolist()),
        ratios,
        text,
        hidden,
        model.stack.layers,
    )


def _ratios(subject: Subject, theta: Parameters, g: Parameters, optimizer: Optimizer) -> tuple[tuple[str, float], ...]:
    after, by = theta.copy(), subject.hyperparameters  # other instruments may look at this theta
    if not clip(g.flat, by.clip, by.clip_norm):
        return ()
    eta = eta_at(subject.step + 1, subject.config, subject.elapsed_seconds, eta=by.eta)
    optimizer.update(after.flat, g.flat, eta, subject.step + 1)
    return tuple(
        (name, float(np.linalg.norm(after[name] - old) / max(float(np.linalg.norm(old)), 1e-12)))
        for name, old in theta.items()
    )


def _shown(subject: Subject) -> tuple[str, Array]:
    """The text of the first stream from here on, and h at each of its characters."""
    text = subject.corpus.train[subject.window.places[0] :][:SHOWN].astype(np.intp)
    reader = subject.model.stack.unrolled(len(text), 1, subject.theta.flat.dtype)
    reader.forward(subject.theta, text[:, np.newaxis], subject.state[:1])
    hidden = reader.hidden()[:, 0].astype(np.float32)
    hidden.flags.writeable = False
    return subject.corpus.vocabulary.decode(text), hidden
