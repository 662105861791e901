"""Units over a stretch of text: which keep a beat whatever they read, which are kindred; and W's spectral radius."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.instruments.health import SATURATED
from tui_rnn.engine.instruments.reader import hidden_values, side_by_side
from tui_rnn.engine.instruments.subject import Subject

LAGS = range(2, 13)  # characters after which a unit may repeat itself
BEATS_ABOVE = 0.5  # the autocorrelation of a unit that keeps a beat
_NEARLY_ALWAYS = 0.9  # of the characters
_STREAMS, _WARM, _CHARACTERS = 16, 40, 3200
_ITERATIONS, _COUNTED = 80, 60  # products with W, and the last of them whose growth is averaged


@dataclass(frozen=True, slots=True)
class Beat:
    """What the units do over many characters."""

    order: tuple[int, ...]  # units by their part in the first principal component, so that kindred ones stand together
    units: int  # L m
    beating: int  # units that repeat themselves after `period` characters, of all periods the one with the most
    period: int  # 0 where there is none
    held: int  # units whose |h| is above SATURATED at nine of ten characters or more
    stuck: int  # those of them whose h has one sign, and is so at every character
    spectral_radius: (
        float | None
    )  # the largest |eigenvalue| of W, the lowest layer's; None of a cell without one square W


def beat(subject: Subject, argument: None = None) -> Iterator[Beat | None]:
    """The units as they read pieces of the text side by side; None after each piece of work."""
    model, theta, m = subject.model, subject.theta, subject.model.hidden_size * subject.model.stack.layers
    x = side_by_side(subject.unseen, _STREAMS, _WARM, max(400, min(_CHARACTERS, 4_000_000 // m)))
    H = np.empty((*x.shape, m), np.float32)
    yield None
    for begin, hidden, _ in hidden_values(model, theta, x, model.zero_state(x.shape[1], theta.flat.dtype)):
        H[begin : begin + len(hidden)] = hidden
        yield None
    H = H[min(_WARM, len(H) - 1) :]
    held = int(((np.abs(H) > SATURATED).mean((0, 1)) >= _NEARLY_ALWAYS).sum())
    stuck = int(((H > SATURATED).all((0, 1)) | (H < -SATURATED).all((0, 1))).sum())
    H -= H.mean((0, 1))
    yield None
    order = _by_first_component(H.reshape(-1, m))
    yield None
    found = np.zeros((LAGS.stop, m))
    for lag in range(min(LAGS.stop, len(H))):
        found[lag] = products(H, lag)
        yield None
    beating, period = beats(np.where(found[0] > 1e-9, found / np.maximum(found[0], 1e-9), 0.0))
    yield None
    yield Beat(order, m, beating, period, held, stuck, spectral_radius(theta["W"]) if "W" in theta else None)


def products(H: NDArray[np.floating], lag: int) -> NDArray[np.float64]:
    """Of centred values (t, B, m), the mean of each unit's value times the one `lag` characters on: (m,)."""
    T, B, _ = H.shape
    found: NDArray[np.float64] = np.einsum("tbm,tbm->m", H[: T - lag], H[lag:]) / ((T - lag) * B)
    return found


def beats(found: NDArray[np.float64]) -> tuple[int, int]:
    """How many units keep the beat that most of them keep, and its period, by autocorrelations (lags, m) from lag 0.

    A unit beats after `lag` characters where it repeats itself then, and resembled itself much less somewhere before:
    one that changes slowly, as those do that follow the text, resembles itself at all short lags.
    """
    counts = {
        lag: int(((found[lag] > BEATS_ABOVE) & (found[1:lag].min(0) < found[lag] - BEATS_ABOVE)).sum()) for lag in LAGS
    }
    period = max(counts, key=lambda lag: (counts[lag], -lag))
    return (counts[period], period) if counts[period] else (0, 0)


def _by_first_component(rows: NDArray[np.floating]) -> tuple[int, ...]:
    """The units in the order of their part in the first principal component, found by power iteration."""
    m = rows.shape[1]
    covariance = (rows.T @ rows).astype(np.float64)
    v = np.ones(m) + np.arange(m) / m  # no direction of a symmetry
    for _ in range(30):
        v = covariance @ v
        v /= max(float(np.linalg.norm(v)), 1e-300)
    v *= -1 if v[np.abs(v).argmax()] < 0 else 1  # one of both signs, so that the picture does not flip
    return tuple(np.argsort(v, kind="stable").tolist())


def spectral_radius(W: NDArray[np.floating]) -> float | None:
    """The largest |eigenvalue| of W (m, m), by how a vector grows in products with it; None where W is not square.

    Of a pair of complex eigenvalues the growth swings from step to step; the mean over many steps does not.
    """
    if W.shape[0] != W.shape[1]:
        return None
    v = np.cos(np.arange(len(W)) * 1.7) + 0.1  # fixed: nothing is drawn
    growth = []
    for _ in range(_ITERATIONS):
        v = W @ v
        size = float(np.linalg.norm(v))
        if size == 0 or not np.isfinite(size):
            return 0.0 if size == 0 else None
        growth.append(np.log(size))
        v = v / size
    return float(np.exp(np.mean(growth[-_COUNTED:])))
