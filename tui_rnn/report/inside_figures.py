"""The figures of a network's inside: the map of the characters, and the loss along the text as the weights read it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tui_rnn.engine.character_kinds import CAPITAL, DIGIT, LETTER, kind_of
from tui_rnn.engine.instruments.book import Reading
from tui_rnn.engine.instruments.letters import Letters
from tui_rnn.engine.parameters import Array
from tui_rnn.report.drawing import styled
from tui_rnn.report.figures import drawable
from tui_rnn.report.svg import COLOURS
from tui_rnn.safe_text import safe_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WIDTH = 7.4  # inches
_MAP = np.array([6.9, 4.2])  # inches of the map's own, inside its labels
_LETTER = 0.15  # inches that a letter takes
_COLUMNS = 120  # of the loss along the text
_JOINED = 0.22  # the least cosine of two characters that a line joins
_SHOWN_AS = {" ": "␣", "\n": "⏎", "\t": "⇥"}


def letters_figure(letters: Letters, characters: str) -> "Figure":
    """Each character at its place along the two widest directions of U, with a line to its nearest."""
    from matplotlib.figure import Figure

    with styled():
        figure = Figure((_WIDTH, 4.6), layout="constrained")
        axes = figure.add_subplot()
        at = apart(np.array([(each.x, each.y) for each in letters.letters], float).reshape(-1, 2))
        places = {each.index: tuple(place) for each, place in zip(letters.letters, at.tolist(), strict=True)}
        for each in letters.letters:
            near = next(((index, cosine) for index, cosine in each.nearest if index in places), None)
            if near is not None and near[1] >= _JOINED:
                axes.plot(
                    *zip(places[each.index], places[near[0]], strict=True), color=COLOURS["line"], lw=0.8, zorder=1
                )
        xs, ys = zip(*places.values(), strict=True) if places else ((), ())
        axes.plot(xs, ys, "o", ms=11, color=COLOURS["paper"], zorder=2, gid="places")
        for each in letters.letters:
            character, (x, y) = characters[each.index], places[each.index]
            axes.text(
                x, y, sign_of(character), ha="center", va="center", color=COLOURS[_colour_of(character)],
                fontsize=10, fontweight="bold" if each.seen >= letters.often_seen else "normal", zorder=3,
                gid=f"letter-{each.index}",
            )  # fmt: skip
        axes.axhline(0, color=COLOURS["line"], lw=0.6, zorder=0)
        axes.axvline(0, color=COLOURS["line"], lw=0.6, zorder=0)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.grid(False)
        axes.set_xlabel("widest direction of the rows of U")
        axes.set_ylabel("second")
    return figure


def apart(places: Array) -> Array:
    """Places (n, 2) of letters on the map, those pushed apart that would stand one on another."""
    if len(places) < 2:
        return places
    low, size = places.min(0), np.ptp(places, axis=0)
    scale = np.where(size > 0, size, 1.0) / _MAP
    moved = (places - low) / scale  # in inches
    order = np.sign(np.subtract.outer(np.arange(len(places)), np.arange(len(places))))
    for _ in range(200):
        between = moved[:, np.newaxis] - moved
        distance = np.hypot(between[..., 0], between[..., 1])
        between[..., 0] += np.where(distance == 0, order * 1e-3, 0)  # two at one place part along the first direction
        distance = np.maximum(distance, 1e-3)
        short = np.maximum(_LETTER - distance, 0) * (order != 0)
        if not short.any():
            break
        moved += (between / distance[..., np.newaxis] * short[..., np.newaxis] / 2).sum(1)
    apart_now: Array = moved * scale + low
    return apart_now


def book_figure(readings: Sequence[tuple[str, Reading]], held_out: float) -> "Figure":
    """The loss along the text as each of these models reads it; `held_out` is the part of the text at its end."""
    from matplotlib.figure import Figure

    with styled():
        figure = Figure((_WIDTH, 2.6), layout="constrained")
        axes = figure.add_subplot()
        for (label, reading), colour in zip(readings, ("accent", "second"), strict=False):
            means = drawable(along(reading))
            edges = np.linspace(0, 100, len(means) + 1)
            axes.step(edges, np.append(means, means[-1]), where="post", lw=1.1, color=COLOURS[colour], label=label)
        if held_out:
            axes.axvspan(100 * (1 - held_out), 100, color=COLOURS["line"], lw=0, gid="held-out", label="held out")
        axes.set_xlim(0, 100)
        axes.set_xlabel("place in the text, per cent")
        axes.set_ylabel("nats per character")
        axes.legend(loc="upper left", ncols=3)
        low, high = axes.get_ylim()
        axes.set_ylim(low, high + 0.2 * (high - low))  # room for the legend
    return figure


def along(reading: Reading) -> np.ndarray:
    """The mean loss of up to so many stretches of the text, NaN where none was read."""
    count = min(_COLUMNS, len(reading.parts))
    cuts = [len(reading.parts) * k // count for k in range(count + 1)]
    stretches = [reading.parts[a:b] for a, b in pairwise(cuts)]
    sums = np.array([[sum(part.sum for part in each), sum(part.count for part in each)] for each in stretches])
    return np.where(sums[:, 1] > 0, sums[:, 0] / np.maximum(sums[:, 1], 1e-300), np.nan)


def sign_of(character: str) -> str:
    """The character so that it can be seen."""
    return _SHOWN_AS.get(character) or safe_text(character, one_line=True, browser=True)


def _colour_of(character: str) -> str:
    kind = kind_of(character)
    if kind == LETTER:
        return "second" if character in "aeiou" else "accent"
    return {CAPITAL: "fourth", DIGIT: "muted"}.get(kind, "third")
