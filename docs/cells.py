"""A screen as an SVG on exact cells: blocks, boxes and braille drawn as shapes, as terminals draw them.

Characters that fill a cell or join another one are shapes on whole pixels; as letters of a font they leave seams. Every
letter stands at its own cell, so a font of another width moves nothing.
"""

import io
import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style

WIDTH, HEIGHT, FONT = 10, 20, 16.6  # of a cell and its letters, in pixels
_BASELINE = 15.2  # of the letters, below the cell's upper edge
_THIN, _THICK = 1.4, 2.6
_DIMMED = 0.4  # share of the background in dim letters
# Box drawing: the weight of the stroke to the left, right, top and foot of the cell.
_LINES = {
    "─": (1, 1, 0, 0), "│": (0, 0, 1, 1), "┌": (0, 1, 0, 1), "┐": (1, 0, 0, 1), "└": (0, 1, 1, 0), "┘": (1, 0, 1, 0),
    "├": (0, 1, 1, 1), "┤": (1, 0, 1, 1), "┬": (1, 1, 0, 1), "┴": (1, 1, 1, 0), "┼": (1, 1, 1, 1),
    "━": (2, 2, 0, 0), "┃": (0, 0, 2, 2), "┏": (0, 2, 0, 2), "┓": (2, 0, 0, 2), "┗": (0, 2, 2, 0), "┛": (2, 0, 2, 0),
    "┣": (0, 2, 2, 2), "┫": (2, 0, 2, 2), "┳": (2, 2, 0, 2), "┻": (2, 2, 2, 0), "╋": (2, 2, 2, 2),
    "┠": (0, 1, 2, 2), "┨": (1, 0, 2, 2), "┯": (2, 2, 0, 1), "┷": (2, 2, 1, 0), "┿": (2, 2, 1, 1), "╂": (1, 1, 2, 2),
    "┰": (1, 1, 0, 2), "┸": (1, 1, 2, 0), "╴": (1, 0, 0, 0), "╶": (0, 1, 0, 0), "╵": (0, 0, 1, 0), "╷": (0, 0, 0, 1),
    "╸": (2, 0, 0, 0), "╺": (0, 2, 0, 0), "╹": (0, 0, 2, 0), "╻": (0, 0, 0, 2), "╼": (1, 2, 0, 0), "╾": (2, 1, 0, 0),
    "╽": (0, 0, 1, 2), "╿": (0, 0, 2, 1),
}  # fmt: skip
# Dashes: how many in a cell, whether upright, how thick.
_DASHES = {
    "╌": (2, False, _THIN), "┄": (3, False, _THIN), "┈": (4, False, _THIN),
    "╍": (2, False, _THICK), "┅": (3, False, _THICK), "┉": (4, False, _THICK),
    "╎": (2, True, _THIN), "┆": (3, True, _THIN), "┊": (4, True, _THIN),
    "╏": (2, True, _THICK), "┇": (3, True, _THICK), "┋": (4, True, _THICK),
}  # fmt: skip
_CORNERS = {"╭": (1, 1), "╮": (-1, 1), "╰": (1, -1), "╯": (-1, -1)}  # towards which sides the arc runs
# Quarters of a cell, by bits: upper left, upper right, lower left, lower right.
_QUARTERS = {"▘": 1, "▝": 2, "▖": 4, "▗": 8, "▚": 9, "▞": 6, "▛": 7, "▜": 11, "▙": 13, "▟": 14}
_SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))  # (right, down) by the bits of braille


def shape(character: str, x: float, y: float, colour: str) -> str:
    """The SVG of a character that is no letter, its cell's corner at x, y; empty for a letter."""
    code = ord(character)

    def box(left: float, top: float, width: float, height: float, opacity: float = 1) -> str:
        veil = f' fill-opacity="{opacity}"' if opacity < 1 else ""
        return f'<rect x="{x + left:g}" y="{y + top:g}" width="{width:g}" height="{height:g}" fill="{colour}"{veil}/>'

    if 0x2581 <= code <= 0x2588:  # ▁ … █
        part = HEIGHT * (code - 0x2580) / 8
        return box(0, HEIGHT - part, WIDTH, part)
    if 0x2589 <= code <= 0x258F:  # ▉ … ▏
        return box(0, 0, WIDTH * (0x2590 - code) / 8, HEIGHT)
    if character in "▀▔":
        return box(0, 0, WIDTH, HEIGHT / (2 if character == "▀" else 8))
    if character in "▐▕":
        part = WIDTH / (2 if character == "▐" else 8)
        return box(WIDTH - part, 0, part, HEIGHT)
    if character in _QUARTERS:
        half, bits = (WIDTH / 2, HEIGHT / 2), _QUARTERS[character]
        return "".join(box(k % 2 * half[0], k // 2 * half[1], *half) for k in range(4) if bits >> k & 1)
    if character in _SHADES:
        return box(0, 0, WIDTH, HEIGHT, _SHADES[character])
    if character in _LINES:
        left, right, top, foot = ((0, _THIN, _THICK)[weight] for weight in _LINES[character])
        middle, centre, across, along = WIDTH / 2, HEIGHT / 2, max(top, foot), max(left, right)
        pieces = [
            box(0, centre - left / 2, middle + across / 2, left) if left else "",
            box(middle - across / 2, centre - right / 2, WIDTH - middle + across / 2, right) if right else "",
            box(middle - top / 2, 0, top, centre + along / 2) if top else "",
            box(middle - foot / 2, centre - along / 2, foot, HEIGHT - centre + along / 2) if foot else "",
        ]
        return "".join(pieces)
    if character in _DASHES:
        count, upright, thick = _DASHES[character]
        length = (HEIGHT if upright else WIDTH) / count
        return "".join(
            box(WIDTH / 2 - thick / 2, length * (k + 0.2), thick, length * 0.6)
            if upright
            else box(length * (k + 0.2), HEIGHT / 2 - thick / 2, length * 0.6, thick)
            for k in range(count)
        )
    if character in _CORNERS:
        right, down = _CORNERS[character]
        cx, cy = x + WIDTH / 2, y + HEIGHT / 2
        path = (
            f"M{cx + right * WIDTH / 2:g},{cy:g} Q{cx:g},{cy:g} {cx:g},{cy + down * WIDTH / 2:g} "
            f"L{cx:g},{cy + down * HEIGHT / 2:g}"
        )
        return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{_THIN}"/>'
    if 0x2800 < code < 0x2900:
        return "".join(
            f'<circle cx="{x + WIDTH * (0.25 + right / 2):g}" cy="{y + HEIGHT * (0.125 + down / 4):g}" r="1.7" '
            f'fill="{colour}"/>'
            for bit, (right, down) in enumerate(_DOTS)
            if code - 0x2800 >> bit & 1
        )
    return ""


def rows(app: Any) -> list[list[Segment]]:
    """What a Textual app paints, a list of styled pieces of text for each row."""
    width, height = app.size
    console = Console(
        width=width, height=height, file=io.StringIO(), force_terminal=True, color_system="truecolor", record=True,
        legacy_windows=False,
    )  # fmt: skip
    console.print(app.screen._compositor.render_update(full=True, screen_stack=app._background_screens, simplify=True))
    segments = Segment.filter_control(console._record_buffer)
    return list(Segment.split_and_crop_lines(segments, length=width, include_new_lines=False))[:height]


def colours(style: Style, ground: str, ink: str) -> tuple[str, str]:
    """The colour of the letters and of what is behind them."""
    front = ink if style.color is None or style.color.is_default else style.color.get_truecolor().hex
    behind = ground if style.bgcolor is None or style.bgcolor.is_default else style.bgcolor.get_truecolor().hex
    if style.reverse:
        front, behind = behind, front
    if style.dim:
        shares = [(int(front[k : k + 2], 16), int(behind[k : k + 2], 16)) for k in (1, 3, 5)]
        front = "#" + "".join(f"{round(a + (b - a) * _DIMMED):02x}" for a, b in shares)
    return front, behind


_BOX = re.compile(r'<rect x="([^"]*)" (y="[^"]*") width="([^"]*)" (height="[^"]*" fill="[^"]*"/>)')


def joined(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces that do not overlap, those boxes of one colour that touch side by side made one box."""
    ends: dict[tuple[str, str], tuple[float, float]] = {}  # left and right, by what else a box has
    for piece in pieces:
        if (box := _BOX.fullmatch(piece)) is None:
            yield piece
            continue
        left, kind = float(box[1]), (box[2], box[4])
        begin, end = ends.get(kind, (left, left))
        if end != left:
            yield _box(kind, begin, end)
            begin = left
        ends[kind] = (begin, left + float(box[3]))
    for kind, (begin, end) in ends.items():
        yield _box(kind, begin, end)


def _box(kind: tuple[str, str], begin: float, end: float) -> str:
    return f'<rect x="{begin:g}" {kind[0]} width="{end - begin:g}" {kind[1]}'


def row_pieces(row: list[Segment], y: int, ground: str, ink: str) -> Iterator[str]:
    """The SVG of one row: what is behind it, its shapes, its letters, each letter at its own cell."""
    x, top = 0, y * HEIGHT
    grounds, shapes, words = [], [], []
    for text, style, _ in row:
        style = style or Style()
        front, behind = colours(style, ground, ink)
        width = cell_len(text) * WIDTH
        if behind != ground and width:
            grounds.append(f'<rect x="{x * WIDTH}" y="{top}" width="{width}" height="{HEIGHT}" fill="{behind}"/>')
        for drawn, down in ((style.underline, HEIGHT - 2.5), (style.strike, HEIGHT / 2)):
            if drawn:
                words.append(f'<rect x="{x * WIDTH}" y="{top + down:g}" width="{width}" height="1.2" fill="{front}"/>')
        letters, places = "", []
        for character in text:
            cells = cell_len(character)
            if drawn := shape(character, x * WIDTH, top, front):
                shapes.append(drawn)
            elif character.isprintable() and character.strip() and (cells or letters):
                letters += character
                places.append(f"{x * WIDTH}" if cells else places[-1])  # a combining mark stands on its letter
            x += cells
        if letters:
            look = (' font-weight="bold"' if style.bold else "") + (' font-style="italic"' if style.italic else "")
            places_of = " ".join(places)
            words.append(f'<text fill="{front}"{look} y="{top + _BASELINE:g}" x="{places_of}">{escape(letters)}</text>')
    yield from joined(grounds)
    yield from joined(shapes)
    yield from words


def picture(app: Any) -> str:
    """The screen of a Textual app as an SVG that needs no font from elsewhere."""
    theme = app.current_theme
    ground, ink = theme.background or "#000000", theme.foreground or "#ffffff"
    if theme.ansi if hasattr(theme, "ansi") else ground.startswith("ansi"):  # the terminal's own: here black and grey
        ground, ink = "#000000", "#d0d0d0"
    width, height = app.size.width * WIDTH, app.size.height * HEIGHT
    drawn = "".join(piece for y, row in enumerate(rows(app)) for piece in row_pieces(row, y, ground, ink))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f"<style>text{{font-family:'DejaVu Sans Mono','Noto Sans Mono CJK SC',Menlo,Consolas,monospace;"
        f"font-size:{FONT}px;white-space:pre}}rect{{shape-rendering:crispEdges}}</style>"
        f'<rect width="100%" height="100%" fill="{ground}"/>{drawn}</svg>\n'
    )
