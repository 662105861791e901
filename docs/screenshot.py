"""Pictures of the real screen: `python docs/screenshot.py corpora/goblet.txt` trains for some seconds and draws it.

An SVG on exact cells: the characters that fill a cell or join another one, as blocks, boxes and braille, are shapes, as
terminals draw them; an exported page of text leaves seams between them.
"""

import argparse
import asyncio
import io
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style

from tui_rnn.engine.config import RunConfig
from tui_rnn.runs.job import new_job
from tui_rnn.tui.app import TuiRnnApp

WIDTH, HEIGHT, FONT = 10, 20, 16.6  # of a cell and its letters, in pixels
_THIN, _THICK = 1.4, 2.6
# Box drawing: the weight of the stroke to the left, right, top and foot of the cell.
_LINES = {
    "─": (1, 1, 0, 0), "│": (0, 0, 1, 1), "┌": (0, 1, 0, 1), "┐": (1, 0, 0, 1), "└": (0, 1, 1, 0), "┘": (1, 0, 1, 0),
    "├": (0, 1, 1, 1), "┤": (1, 0, 1, 1), "┬": (1, 1, 0, 1), "┴": (1, 1, 1, 0), "┼": (1, 1, 1, 1),
    "━": (2, 2, 0, 0), "┃": (0, 0, 2, 2), "╸": (2, 0, 0, 0), "╺": (0, 2, 0, 0),
}  # fmt: skip
_DASHES = {"╌": (2, False), "┄": (3, False), "┈": (4, False), "╎": (2, True), "┆": (3, True), "┊": (4, True)}
_CORNERS = {"╭": (1, 1), "╮": (-1, 1), "╰": (1, -1), "╯": (-1, -1)}  # towards which sides the arc runs
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))  # (right, down) by the bits of braille


def shape(character: str, x: float, y: float, colour: str) -> str:
    """The SVG of a character that is no letter, its cell's corner at x, y; empty for a letter."""
    code = ord(character)

    def box(left: float, top: float, width: float, height: float) -> str:
        return f'<rect x="{x + left:g}" y="{y + top:g}" width="{width:g}" height="{height:g}" fill="{colour}"/>'

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
    if character in _LINES:
        left, right, top, foot = ((0, _THIN, _THICK)[weight] for weight in _LINES[character])
        middle, centre, thick = WIDTH / 2, HEIGHT / 2, max(left, right, top, foot)
        pieces = [
            box(0, centre - left / 2, middle + thick / 2, left) if left else "",
            box(middle - thick / 2, centre - right / 2, middle + thick / 2, right) if right else "",
            box(middle - top / 2, 0, top, centre + thick / 2) if top else "",
            box(middle - foot / 2, centre - thick / 2, foot, centre + thick / 2) if foot else "",
        ]
        return "".join(pieces)
    if character in _DASHES:
        count, upright = _DASHES[character]
        length = (HEIGHT if upright else WIDTH) / count
        return "".join(
            box(WIDTH / 2 - _THIN / 2, length * (k + 0.2), _THIN, length * 0.6)
            if upright
            else box(length * (k + 0.2), HEIGHT / 2 - _THIN / 2, length * 0.6, _THIN)
            for k in range(count)
        )
    if character in _CORNERS:
        right, down = _CORNERS[character]
        cx, cy = x + WIDTH / 2, y + HEIGHT / 2
        path = f"M{cx + right * WIDTH / 2:g},{cy:g} Q{cx:g},{cy:g} {cx:g},{cy + down * HEIGHT / 2:g}"
        return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{_THIN}"/>'
    if 0x2800 < code < 0x2900:
        return "".join(
            f'<circle cx="{x + WIDTH * (0.25 + right / 2):g}" cy="{y + HEIGHT * (0.125 + down / 4):g}" r="1.7" '
            f'fill="{colour}"/>'
            for bit, (right, down) in enumerate(_DOTS)
            if code - 0x2800 >> bit & 1
        )
    return ""


def rows(app: TuiRnnApp) -> list[list[Segment]]:
    """What the app paints, a list of styled pieces of text for each row."""
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
        front = "#" + "".join(f"{round(a + (b - a) * 0.4):02x}" for a, b in shares)
    return front, behind


def pieces(app: TuiRnnApp, ground: str, ink: str) -> Iterator[str]:
    """The SVG of every row: what is behind it, its shapes, its letters, each letter at its own cell."""
    for y, row in enumerate(rows(app)):
        x, top = 0, y * HEIGHT
        for text, style, _ in row:
            front, behind = colours(style or Style(), ground, ink)
            if behind != ground:
                width = cell_len(text) * WIDTH
                yield f'<rect x="{x * WIDTH}" y="{top}" width="{width}" height="{HEIGHT}" fill="{behind}"/>'
            letters, places = "", []
            for character in text:
                if drawn := shape(character, x * WIDTH, top, front):
                    yield drawn
                elif character.strip() and cell_len(character):
                    letters += character
                    places.append(f"{x * WIDTH}")
                x += cell_len(character)
            if letters:
                weight = ' font-weight="bold"' if style and style.bold else ""
                yield f'<text fill="{front}"{weight} y="{top + 15.2:g}" x="{" ".join(places)}">{escape(letters)}</text>'


def picture(app: TuiRnnApp) -> str:
    """The screen as an SVG that needs no font from elsewhere."""
    theme = app.current_theme
    ground, ink = theme.background or "#000000", theme.foreground or "#ffffff"
    width, height = app.size.width * WIDTH, app.size.height * HEIGHT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f"<style>text{{font-family:'DejaVu Sans Mono','Noto Sans Mono CJK SC',Menlo,Consolas,monospace;"
        f"font-size:{FONT}px;white-space:pre}}rect{{shape-rendering:crispEdges}}</style>"
        f'<rect width="100%" height="100%" fill="{ground}"/>{"".join(pieces(app, ground, ink))}</svg>\n'
    )


async def screenshot(given: argparse.Namespace) -> str:
    """The screen after so many updates and then these keys."""
    config = RunConfig.from_recipe(given.recipe, given.corpus, steps=2 * given.steps, holdout=given.holdout)
    options = {"progress_every": 1000, "marker": "braille", "fps": 2.0, "theme": given.theme}
    with tempfile.TemporaryDirectory() as folder:
        job = new_job(config, str(Path(folder) / "run"), {**options, "headless": False, "json": False})
        app = TuiRnnApp(job)
        async with app.run_test(size=tuple(given.size)):
            while app.worker.picture is None or app.worker.picture.step < given.steps:
                await asyncio.sleep(0.1)
            app.control.pause()
            for key in given.keys:
                app.simulate_key(key)
                await asyncio.sleep(0.5)
            await asyncio.sleep(1.5)
            drawn = picture(app)
            app.control.stop(save=False)
    return drawn


def main() -> None:
    """Read the command line and write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("--steps", type=int, default=46_000)
    parser.add_argument("--size", type=int, nargs=2, default=(120, 40), metavar=("COLUMNS", "ROWS"))
    parser.add_argument("--keys", nargs="*", default=[])
    parser.add_argument("--recipe", default="adagrad")
    parser.add_argument("--holdout", type=float, default=0.0)
    parser.add_argument("--theme")
    parser.add_argument("--output", type=Path, default=Path("docs/screen.svg"))
    given = parser.parse_args()
    given.output.write_text(asyncio.run(screenshot(given)), encoding="utf-8")


if __name__ == "__main__":
    main()
