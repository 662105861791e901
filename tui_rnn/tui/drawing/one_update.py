"""One update in words and figures: what each character cost, the gradient's way to a change, and the smooth loss."""

from collections.abc import Sequence
from math import ceil, hypot
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from tui_rnn.tui.drawing.columns import Cells, lines_of, width_of
from tui_rnn.tui.drawing.glyphs import Glyphs
from tui_rnn.tui.drawing.shades import Shades, heat
from tui_rnn.tui.palette import Palette
from tui_rnn.wording import counted

if TYPE_CHECKING:  # of NumPy, for which the first frame does not wait
    from tui_rnn.engine.one_update import OneUpdate

MOST_NATS = 7.0  # of a character, at the end of the scale: 10 bits, as of surprise
_BEYOND = 10.0  # where one cost more than that, as in large alphabets, the scale ends at the highest
_MOST_STREAMS, _MOST_FIGURES, _MOST_LINES = 8, 6, 12  # shown, where there is room
_LEAST_TELLING = ("weights", "numbers cut", "after clipping", "change")

# What each optimizer makes of the gradient g, with eta as it is at this update
FORMULAS = {
    "sgd": "change = - eta g",
    "adagrad": "memory += g^2,  change = - eta g / sqrt(memory)",
    "rmsprop": "v = 0.9 v + 0.1 g^2,  change = - eta g / sqrt(v)",
    "adam": "m = 0.9 m + 0.1 g,  v = 0.999 v + 0.001 g^2,  change = - eta m / sqrt(v), corrected for their start at 0",
    "nadam": "m = 0.9 m + 0.1 g,  v = 0.999 v + 0.001 g^2,  change = - eta (0.9 m + 0.1 g) / sqrt(v), corrected alike",
}


def lines(update: "OneUpdate", palette: Palette, glyphs: Glyphs, width: int, *, alone: bool) -> list[Content]:
    """The update from top to bottom; in a small place without what explains it."""
    found = [*_head(update, width, alone=alone)]
    found += [Content()] * alone + _window(update, palette, glyphs, width, alone=alone)
    found += [Content()] * alone + _table(update, width)
    if alone:
        found.append(Content())
        for name, words in _words(update):
            found += Content.assemble((name, "b $foreground"), (f"  {words}", "$muted")).wrap(max(1, width))
    return found


def _head(update: "OneUpdate", width: int, *, alone: bool) -> list[Content]:
    """`update 4,601   loss 1.648   smooth loss 1.8461 → 1.8459`, each part whole."""
    T = update.losses.shape[0]
    after = f"{update.smooth_loss / T:.4f}"
    smooth = "starts here" if update.smooth_before is None else f"{update.smooth_before / T:.4f} → {after}"
    parts = [
        Content.styled(f"update {update.step:,}", "b $foreground"),
        Content.assemble(("loss ", "$muted"), (f"{update.loss / T:.3f}", "b $foreground"), (" nats/char", "$muted")),
        Content.assemble(("smooth loss ", "$muted"), (smooth, "b $text-primary")),
        Content.assemble(("eta ", "$muted"), (f"{update.eta:.3g}", "$foreground")),
    ]
    lines: list[Content] = []
    for part in parts if alone else parts[:-1]:
        if lines and lines[-1].cell_length + 3 + part.cell_length <= width:
            lines[-1] = lines[-1] + Content("   ") + part
        else:
            lines.append(part)
    return lines


# The window


def _window(update: "OneUpdate", palette: Palette, glyphs: Glyphs, width: int, *, alone: bool) -> list[Content]:
    """The text, each character tinted by what it cost; of one stream with room for it, the cost in nats below."""
    shades, (T, streams) = heat(palette), update.losses.shape
    found = [_legend(palette, scale_end(update), width)] if alone else []
    if streams == 1:
        figures = _figures(update, palette, glyphs, shades, width) if alone else []
        if 0 < len(figures) <= 2 * _MOST_FIGURES:
            return found + figures
        return found + _broken(_tinted(update, 0, palette, glyphs, shades), width, _MOST_LINES if alone else 2)
    most = min(streams, _MOST_STREAMS if alone else 1)
    more = f"and {counted(streams - most, 'more stream')}"
    for b in range(most):
        text = _tinted(update, b, palette, glyphs, shades)
        cost = Content.styled(f"  {float(update.losses[:, b].sum()) / T:.3f}", "$foreground")
        room = width - cost.cell_length
        lines = _broken(text, room, _MOST_LINES // most)
        found += [lines[0] + cost, *lines[1:]]
    if streams > most:
        last, words = found[-1], Content.styled(more, "$dim")
        if not alone and last.cell_length + 3 + len(more) <= width:
            found[-1] = last + Content("   ") + words
        else:
            found.append(words)
    return found


def scale_end(update: "OneUpdate") -> float:
    """The loss of a character that has the brightest colour."""
    highest = float(update.losses.max())
    return ceil(highest) if highest > _BEYOND else MOST_NATS


def _legend(palette: Palette, end: float, width: int) -> Content:
    words = "the text it read, each character by its cost, - log p in nats"
    scale = [(" ", f"on {palette.heat(step / 9)}") for step in range(10)]
    legend = Content.assemble((f"{words}   0 ", "$muted"), *scale, (f" {end:.0f}", "$muted"))
    return legend if legend.cell_length <= width else Content.styled("cost by character, nats", "$muted")


def _signs(update: "OneUpdate", stream: int, glyphs: Glyphs) -> list[str]:
    """The characters as they are shown: the first was read and not guessed, each other one was guessed."""
    return [glyphs.of(character, " ") for character in update.texts[stream]]


def _styles(update: "OneUpdate", stream: int, palette: Palette, shades: Shades) -> list[str]:
    """The style of each character; the first has cost nothing."""
    end = scale_end(update)
    grounds = [shades.of(float(loss) / end) for loss in update.losses[:, stream]]
    return ["$dim", *(f"{palette.ink_on(ground)} on {ground}" for ground in grounds)]


def _tinted(update: "OneUpdate", stream: int, palette: Palette, glyphs: Glyphs, shades: Shades) -> Content:
    signs, styles = _signs(update, stream, glyphs), _styles(update, stream, palette, shades)
    return Content.assemble(*zip(signs, styles, strict=True))


def _broken(text: Content, width: int, most: int) -> list[Content]:
    """The text in at the most so many lines of so many cells; no character is cut in two. What is left is counted."""
    found, start, cells = [], 0, 0
    for place, character in enumerate(text.plain):
        wide = cell_len(character)
        if cells + wide > max(2, width):
            found.append(text[start:place])
            start, cells = place, 0
            if len(found) == most:
                more = f"and {counted(len(text.plain) - start, 'more character')}"
                return [*found, Content.styled(more, "$dim")]
        cells += wide
    return [*found, text[start:]]


def _figures(update: "OneUpdate", palette: Palette, glyphs: Glyphs, shades: Shades, width: int) -> list[Content]:
    """Each character over its cost, as many a line as there is room for."""
    signs, styles = _signs(update, 0, glyphs), _styles(update, 0, palette, shades)
    costs = ["", *(f"{float(loss):.1f}" for loss in update.losses[:, 0])]
    column = max(3, *(max(map(cell_len, pair)) for pair in zip(signs, costs, strict=True)))
    a_line = max(1, (width + 1) // (column + 1))
    lines: list[Content] = []
    for start in range(0, len(signs), a_line):
        above, below = [], []
        for sign, style, cost in list(zip(signs, styles, costs, strict=True))[start : start + a_line]:
            left = (column - cell_len(sign)) // 2
            padded = " " * left + sign + " " * (column - cell_len(sign) - left)
            above.append(Content.styled(padded, style))
            below.append(Content.styled(cost.center(column), "$foreground"))
        lines += [Content(" ").join(above), Content(" ").join(below)]
    return lines


# The parameters


def _table(update: "OneUpdate", width: int) -> list[Content]:
    """A row a parameter and one of all, of Euclidean norms."""
    by, rows = update.hyperparameters, update.parameters
    columns: dict[str, Cells] = {
        "": [*(row.name for row in rows), "all"],
        "gradient": [*(_short(row.gradient) for row in rows), _short(update.gradient)],
    }
    if by.clip is not None or by.clip_norm is not None:
        columns["after clipping"] = [*(_short(row.clipped) for row in rows), _short(update.clipped)]
    if by.clip is not None:
        columns["numbers cut"] = [*(f"{row.cut:,}" for row in rows), f"{sum(row.cut for row in rows):,}"]
    columns["change"] = [*(_short(row.change) for row in rows), _short(_norm([row.change for row in rows]))]
    columns["weights"] = [*(_short(row.weights) for row in rows), _short(_norm([row.weights for row in rows]))]
    columns["change/weights"] = [*(_ratio(row.ratio) for row in rows), ""]
    for name in _LEAST_TELLING:
        if width_of(columns) > width:
            columns.pop(name, None)
    return lines_of(columns, _style, figures=tuple(columns)[1:])


def _norm(norms: Sequence[float]) -> float:
    return hypot(*norms)


def _short(value: float) -> str:
    """Three digits: `12,345`, `123`, `1.20`, `0.0123`, `1.2e-05`, `0`."""
    if value == 0:
        return "0"
    if not 0.001 <= value < 100_000:
        return f"{value:.1e}"
    return f"{value:,.0f}" if value >= 999.5 else f"{value:#.3g}".rstrip(".")


def _ratio(ratio: float | None) -> str:
    return "from 0" if ratio is None else f"{ratio:.1e}"


def _style(column: str, cell: str) -> str:
    if column == "":
        return "b $foreground"
    return "$muted" if column in ("numbers cut", "weights") else "$foreground"


def _words(update: "OneUpdate") -> list[tuple[str, str]]:
    """How the loss became a change, and the smooth loss what it is: what is meant, and how it came."""
    from tui_rnn.engine.findings import HEALTHY_RATIO

    config, by, T = update.config, update.hyperparameters, update.losses.shape[0]
    streams = f", its mean over the {config.batch_size:,} streams" if config.batch_size > 1 else ""
    words = [("gradient", f"the norm of dL/dtheta, L the {config.reduction} of the characters' losses{streams}.")]
    ways = [] if by.clip is None else [f"each number to [-{by.clip:g}, {by.clip:g}]"]
    ways += [] if by.clip_norm is None else [f"the whole gradient to a norm of {by.clip_norm:g} at the most"]
    if ways:
        words.append(("clipping", f"{', then '.join(ways)}."))
    low, high = HEALTHY_RATIO
    change = f"by {config.optimizer}: {FORMULAS[config.optimizer]}."
    if (config.eta_input, config.eta_recurrent) != (1, 1):
        change += f" For U and b eta is {config.eta_input:g} times as large, for W {config.eta_recurrent:g} times."
    change += f" A matrix learns well where change/weights is {low:g} to {high:g}."
    smooth = "it begins as the loss of the first update."
    if update.smooth_before is not None:
        before, loss, after = update.smooth_before / T, update.loss / T, update.smooth_loss / T
        smooth = f"0.999 x {before:.4f} + 0.001 x {loss:.4f} = {after:.4f} nats/char."
    return [*words, ("change", change), ("smooth loss", smooth)]
