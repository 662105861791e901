"""The staircase of guesses, each with what it hangs on, and how far back that is on average."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from tui_rnn.engine.instruments.reach import MeanReach, Staircase
from tui_rnn.tui.drawing.glyphs import Glyphs
from tui_rnn.tui.drawing.words import wrapped
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette
from tui_rnn.wording import counted

_LARGE = 100  # columns from which the mean has a place of its own
_BESIDE = 36  # columns of it
_MOST_ROWS, _MOST_BARS = 28, 18
_GUESS_WIDTH = 10  # cells behind the text of a row
_SHOWN = 0.01  # the least share that has a colour
_STRONG = 0.25
HALF, NINE_TENTHS = 0.92, 0.6  # of the heat: the colours of the characters that hold these parts


def draw(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    stairs: Staircase | None,
    mean: MeanReach | None,
    characters: str,
    remarks: Sequence[str],
) -> None:
    """Paint what there is of them; `characters` is the vocabulary."""
    large = grid.width >= _LARGE and grid.height >= 12
    width = grid.width - _BESIDE if large else grid.width
    if stairs is not None:
        top = _head(grid, palette, glyphs, width) if large else 0
        _stairs(grid, palette, glyphs, stairs, characters, width - 2 * large, top, grid.height - top - (not large))
    if large:
        _beside(grid, palette, glyphs, mean, remarks, width)
    elif mean is not None:
        _sentence_in_a_row(grid, palette, mean)


def _head(grid: Grid, palette: Palette, glyphs: Glyphs, width: int) -> int:
    """Two lines on what is to be seen; returns the row below them."""
    x = grid.put(0, 0, "Each row guesses its next character", palette.text, bold=True)
    above, below = ": the brighter, the more it hangs on that", "one (the norm of d output / d input).   "
    if x + len(above) > width - 2:
        above, below = ":", "brighter: more hangs on it.   "
    grid.put(x, 0, above, palette.muted)
    x = grid.put(0, 1, below, palette.muted)
    for colour, word in ((palette.success, "right"), (palette.accent, "wrong")):
        x = grid.put(x, 1, f"{_before(palette, glyphs, word == 'right')} e", colour, bold=True)
        x = grid.put(x, 1, f" {word}   ", palette.muted)
    return 3 if grid.height > 20 else 2


def _stairs(
    grid: Grid, palette: Palette, glyphs: Glyphs, stairs: Staircase, characters: str, width: int, top: int, height: int
) -> None:
    signs = [glyphs.of(character, " ") for character in stairs.text]
    shown = stairs.guesses[: max(0, min(height, _MOST_ROWS))]
    if not shown:
        return
    last = shown[-1].place - stairs.begin
    first, used = last, 0  # the first character that all rows show
    while first >= 0 and used + cell_len(signs[first]) <= width - _GUESS_WIDTH:
        used += cell_len(signs[first])
        first -= 1
    for y, guess in enumerate(shown, top):
        at = guess.place - stairs.begin
        x = 0
        for place in range(first + 1, at + 1):
            back = at - place
            share = guess.shares[back] if back < len(guess.shares) else 0.0
            if share > _SHOWN:
                heat = palette.heat(min(1.0, share / 0.55) ** 0.8 * HALF)
                sign = glyphs.dot if stairs.text[place] == " " else signs[place]
                x = grid.put(x, y, sign, palette.ink_on(heat), heat, bold=share > _STRONG)
            else:
                x = grid.put(x, y, signs[place], palette.faint)
        came = stairs.text[at + 1 : at + 2]
        guessed = characters[guess.index]
        x = grid.put(x + 1, y, f"{_before(palette, glyphs, came == guessed)} ", palette.dim)
        colour = palette.text if not came else palette.success if came == guessed else palette.accent
        x = grid.put(x, y, glyphs.of(guessed, glyphs.dot), colour, bold=True)
        grid.put(x, y, f" {probability_text(guess.probability)}", palette.dim)


def _before(palette: Palette, glyphs: Glyphs, is_right: bool) -> str:
    """The sign before a guess: where hues are one grey, a tick tells that it is right."""
    return "✓" if is_right and palette.colourless else glyphs.arrow


def probability_text(probability: float) -> str:
    """`.62`, or `1.0` where it is hardly less."""
    return "1.0" if probability >= 0.995 else f"{probability:.2f}"[1:]


def _beside(
    grid: Grid, palette: Palette, glyphs: Glyphs, mean: MeanReach | None, remarks: Sequence[str], left: int
) -> None:
    x, width = left + 2, _BESIDE - 2
    for y in range(grid.height):
        grid.put(x - 3, y, glyphs.line, palette.hair)
    grid.put(x, 0, "How far back", palette.text, bold=True)
    if mean is None:
        grid.put(x, 1, "being measured …", palette.muted)
        return
    grid.put(x, 1, f"mean share over {counted(mean.places, 'place')}", palette.muted)
    half, nine = mean.reaching(0.5), mean.reaching(0.9)
    if half is None:
        grid.put(x, 3, "No guess hangs on anything.", palette.muted)
        return
    nine = nine or len(mean.shares)
    bars = max(min(grid.height - 4 - 5, _MOST_BARS, max(nine + 6, 8), len(mean.shares)), 0)
    longest = max(mean.shares)
    for back, share in enumerate(mean.shares[:bars], 1):
        y, near = 2 + back, back <= nine
        heat = palette.heat(HALF if back <= half else NINE_TENTHS if near else 0.35)
        grid.put_left_of(x + 3, y, str(back), palette.muted if near else palette.dim)
        glyphs.bar(grid, x + 5, y, share / longest * (width - 13), heat)
        grid.put_left_of(x + width, y, f"{100 * share:.1f} %", palette.text if near else palette.dim)
    y = 4 + bars
    for words in wrapped(reach_parts(half, nine), width):
        at = x
        for text, role in words:
            at = grid.put(at, y, text, _colour(palette, role), bold=role != "text")
        y += 1
    for remark in remarks:
        lines = wrapped([(remark, "muted")], width)
        if y + 1 + len(lines) > grid.height:
            break
        for words in lines:
            y += 1
            grid.put(x, y, "".join(text for text, _ in words), palette.muted)
        y += 1


def _sentence_in_a_row(grid: Grid, palette: Palette, mean: MeanReach) -> None:
    half, nine = mean.reaching(0.5), mean.reaching(0.9)
    if half is None:
        return
    for brief in (False, True):
        parts = reach_parts(half, nine or len(mean.shares), brief=brief)
        if cell_len("".join(text for text, _ in parts)) <= grid.width:
            x = 0
            for text, role in parts:
                x = grid.put(x, grid.height - 1, text, _colour(palette, role), bold=role != "text")
            return


def _colour(palette: Palette, role: str) -> str:
    heat = {"half": HALF, "nine tenths": NINE_TENTHS}.get(role)
    return palette.heat(heat) if heat else getattr(palette, role)


def reach_parts(half: int, nine_tenths: int, *, brief: bool = False) -> list[tuple[str, str]]:
    """`Half of a guess hangs on the last 2 characters, nine tenths on the last 6.`, in pieces with their roles."""
    what = "" if brief else " of a guess hangs"
    first = "the last character" if half == 1 else f"the last {half} characters"
    then = "it too" if nine_tenths == half == 1 else f"the last {nine_tenths}"
    return [
        ("Half", "half"),
        (f"{what} on {first}, ", "text"),
        ("nine tenths", "nine tenths"),
        (f" on {then}.", "text"),
    ]


def remarks(
    nine_tenths: int | None, nats: float | None, ngrams: Mapping[int, float], quotation: float | None
) -> list[str]:
    """What can be said of a reach of so many characters, and is borne out by the figures.

    `nats` per character on the text that the n-grams of these orders were judged on too; `quotation`, the characters
    that half of the quotations of the text are longer than.
    """
    found = []
    if nine_tenths is not None and nats is not None:
        sees_less = {n: loss for n, loss in ngrams.items() if 1 < n <= nine_tenths}
        better = [n for n, loss in sees_less.items() if loss < nats]
        if better:
            n = min(better)
            found.append(f"{_a(n)} {n}-gram sees {n - 1} and reaches {ngrams[n]:.3f} nats/char; this one {nats:.3f}.")
        elif sees_less:
            n = max(sees_less)
            found.append(
                f"Better than {_a(n).lower()} {n}-gram, which sees {n - 1}: {nats:.3f} to {ngrams[n]:.3f} nats/char."
            )
    if nine_tenths is not None and quotation is not None and quotation > nine_tenths:
        found.append(f"Half of the quotations are longer than {quotation:.0f} characters: they end beyond its reach.")
    return found


def _a(n: int) -> str:
    return "An" if n in (8, 11, 18) else "A"
