"""One trained network that writes at several temperatures and top-p: what becomes of its words and of its surprise."""

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from math import log
from typing import TYPE_CHECKING

import numpy as np

from tui_rnn.engine.checkpoint import Snapshot, load
from tui_rnn.engine.errors import CheckpointError, Diverged
from tui_rnn.engine.grid_of_samples import Written, grid
from tui_rnn.engine.words import Words, words_of
from tui_rnn.report.document import Block, Heading, Inline, Paragraph, Picture, Table, Text
from tui_rnn.report.drawing import styled
from tui_rnn.report.studies.part import Part
from tui_rnn.report.svg import COLOURS
from tui_rnn.report.sweep_figures import WIDTH
from tui_rnn.report.sweep_record import SweepRecord
from tui_rnn.runs.checkpoint_choice import BEST, BEST_HELD_OUT
from tui_rnn.runs.followed import FollowedRun
from tui_rnn.wording import figure as figure_text
from tui_rnn.wording import written_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SAMPLING = "sampling"
TEMPS = (0.3, 0.7, 1.0, 1.3, 1.7)
TOP_PS = (0.5, 0.8, 0.95, 1.0)
_LENGTH = 2000  # characters that the figures are made of
_SHOWN = 240  # of them that are printed
_LOOKS = (("accent", "o"), ("second", "s"), ("third", "D"), ("fourth", "^"))


def part(record: SweepRecord) -> Part:
    """The grid of figures, the texts, and both quantities over the temperature."""
    row = record.answer.best.best_row if record.answer.best is not None else None
    snapshot = _model(row.followed) if row is not None and row.followed is not None else None
    if row is None or row.followed is None or snapshot is None:
        nothing = "The trained model cannot be read."
        return Part((nothing, nothing))
    ways = [(temp, top_p) for top_p in TOP_PS for temp in TEMPS]
    try:
        written = list(grid(snapshot, ways, _LENGTH))
    except Diverged as error:
        return Part((str(error), str(error)))
    words = _words(row.followed)
    book = None if row.line is None else row.line.best_held_out_nats_per_char
    blocks: list[Block] = [
        _table(written, words),
        Picture(
            SAMPLING,
            "Line charts over the temperature, a line for each top-p: "
            + ("mean surprise." if words is None else "share of real words, and mean surprise."),
            ("" if words is None else "Left the share of words that the book has, right the mean surprise: ")
            + "how much the characters surprise the model as it is, over the temperature, a line for each top-p."
            + (
                "" if book is None else " The dashed line is how much the book's own held-out text surprises the model."
            ),
        ),
        Heading("What it writes", 3),
        Paragraph.of(
            f"The first {_SHOWN} of {_LENGTH:,} characters of each text, all by the same random numbers from a state "
            "of zeros: first the temperature with all characters, then top-p at temperature 1."
        ),
        *(_text(each, words) for each in written if each.top_p == 1.0),
        *(_text(each, words) for each in written if each.temp == 1.0 and each.top_p < 1),
    ]
    return Part(
        _answers(written, words, book),
        headline=_headline(written, words),
        is_about_losses=False,
        blocks=blocks,
        figures={SAMPLING: _figure(written, words, book)},
    )


def _model(run: FollowedRun) -> Snapshot | None:
    for name in (BEST_HELD_OUT, BEST):
        with suppress(CheckpointError, OSError):
            return load(run.directory.checkpoints / name)
    return None


def _words(run: FollowedRun) -> Words | None:
    """The words of the text that the run was trained on; None where that is not found, or has none."""
    source = run.text()
    if source is None:
        return None
    counted = deque(words_of([source.characters], "".join(sorted(set(source.characters)))), maxlen=1)
    return counted[0] if counted else None


def _answers(written: Sequence[Written], words: Words | None, book: float | None) -> tuple[str, str]:
    at = {(each.temp, each.top_p): each for each in written}
    low, middle, high = at[TEMPS[0], 1.0], at[1.0, 1.0], at[TEMPS[-1], 1.0]
    beside = (
        ""
        if book is None
        else f"; the book's own text, held out, surprises it by {figure_text(book / log(2), 2)} bits/char"
    )
    temps = (
        f"At {low.temp:g} it keeps to what is likeliest ({_told(low, words)}); at 1 it draws as it foretells "
        f"({_told(middle, words)}); at {high.temp:g} it draws the unlikely often ({_told(high, words)}){beside}."
    )
    narrow, wild = at[1.0, TOP_PS[1]], at[TEMPS[-1], TOP_PS[1]]
    gain = (
        "It leaves out the characters each of which is unlikely, and one of which is drawn every so often: with top-p "
        f"{narrow.top_p:g} there are, at temperature 1, {_told(narrow, words)} in place of {_told(middle, words)}, and "
        f"at {wild.temp:g} {_told(wild, words)} in place of {_told(high, words)}."
    )
    return temps, gain


def _headline(written: Sequence[Written], words: Words | None) -> str:
    plain = next(each for each in written if (each.temp, each.top_p) == (1.0, 1.0))
    cool = next(each for each in written if each.temp == TEMPS[1] and each.top_p == 1.0)
    narrow = next(each for each in written if each.temp == 1.0 and each.top_p == TOP_PS[1])
    return (
        f"As it is, the network writes {_told(plain, words)}; at temperature {cool.temp:g} {_told(cool, words)}; with "
        f"top-p {narrow.top_p:g} {_told(narrow, words)}."
    )


def _share(each: Written, words: Words | None) -> float | None:
    return None if words is None else words.share(each.text)


def _told(each: Written, words: Words | None) -> str:
    return written_text(_share(each, words), each.bits)


def _table(written: Sequence[Written], words: Words | None) -> Table:
    rows: list[tuple[Inline, ...]] = [
        (f"{top_p:g}", *(_cell(each, words) for each in written if each.top_p == top_p)) for top_p in TOP_PS
    ]
    head = ("top-p", *(f"temp {temp:g}" for temp in TEMPS))
    real = "" if words is None else "Share of the words that the book has, and "
    return Table(f"{real}mean surprise in bits per character".capitalize(), head, tuple(rows))


def _cell(each: Written, words: Words | None) -> str:
    """`93 %, 1.63`."""
    share = _share(each, words)
    return f"{each.bits:.2f}" if share is None else f"{100 * share:.0f}\xa0%, {each.bits:.2f}"


def _text(each: Written, words: Words | None) -> Text:
    return Text(each.text[:_SHOWN], f"temp {each.temp:g}, top-p {each.top_p:g}", _told(each, words), wide=False)


def _figure(written: Sequence[Written], words: Words | None, book: float | None) -> "Figure":
    from matplotlib.figure import Figure

    with styled():
        figure = Figure((WIDTH if words is not None else WIDTH / 2, 3.1), layout="constrained")
        *left, right = figure.subplots(1, 2 if words is not None else 1, squeeze=False)[0]
        for number, top_p in enumerate(TOP_PS):
            row = [each for each in written if each.top_p == top_p]
            colour, marker = _LOOKS[number]
            style = {"color": COLOURS[colour], "marker": marker, "lw": 1.3, "ms": 4, "label": f"top-p {top_p:g}"}
            for axes in left:
                shares = [(each.temp, 100 * share) for each in row if (share := _share(each, words)) is not None]
                axes.plot(*np.array(shares).reshape(-1, 2).T, gid=f"share-{number}", **style)
            right.plot([each.temp for each in row], [each.bits for each in row], gid=f"bits-{number}", **style)
        if book is not None:
            right.axhline(book / log(2), color=COLOURS["muted"], lw=0.8, ls=(0, (6, 3)), gid="book")
        for axes in left:
            axes.set_ylabel("words that the book has, per cent")
        right.set_ylabel("mean surprise, bits/char")
        for axes in (*left, right):
            axes.set_xlabel("temperature")
        right.legend(loc="upper left")
    return figure
