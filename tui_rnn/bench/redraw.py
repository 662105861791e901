"""What one drawing of the loss chart costs: processor time of the real chart, in a process of its own."""

import json
import subprocess
from statistics import median

from tui_rnn.bench.measure import Figure
from tui_rnn.bench.terminal import NotMeasured
from tui_rnn.isolation import python

MOST = 15.0  # ms at 200x60, where the chart has 132x36 cells
SIZES = {(120, 40): (116, 19), (200, 60): (132, 36)}  # of a terminal: of the chart on it
_ROUNDS = 30
_SECONDS = 60  # until they are drawn, on whatever machine
# A run of 60,000 updates that goes on by 1,000 from one drawing to the next, so that no cell is kept from the last one.
_DRAW = """
import json, sys, time
from math import sin
from tui_rnn.runs.course import Course
from tui_rnn.tui.chart.draw import draw
from tui_rnn.tui.chart.overlay import OverlayDots
from tui_rnn.tui.chart.series import Reference, Series
from tui_rnn.tui.chart.view import View
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import INK, Palette

width, height, rounds, overlaid = json.loads(sys.argv[1])
palette, kept = Palette.of(INK, {}), OverlayDots()

def loss(step):
    return 1.8 + 2.5 / (1 + step / 1500) + 0.03 * sin(step / 2000)

def series(last):
    steps = tuple(range(16, last + 1, 16))
    smooth = tuple(map(loss, steps))
    raw = tuple(each + 0.2 * sin(7 * step) for step, each in zip(steps, smooth))
    levels = tuple(Reference(nats, (f"{order}-gram",)) for order, nats in enumerate((3.1, 2.4, 1.8, 1.4, 1.3), 1))
    every = range(200, last, 200)
    other = Course("another", tuple(every), tuple(loss(step) - 0.1 for step in every)) if overlaid else None
    marks = tuple(range(10_000, last, 10_000))
    more = {"references": levels, "uniform": 4.3, "best": (last, smooth[-1]), "steps_per_epoch": 35_000}
    return Series(steps, smooth, raw, 16, samples=marks, saved=marks, overlay=other, **more)

took = []
for place in range(rounds + 2):
    run = series(60_000 + 1000 * (place % 4))
    since = time.thread_time()
    grid = Grid(width, height, palette.text)
    draw(grid, palette, run, View(), kept)
    for y in range(height):
        grid.strip(y, palette.background)
    took.append(1000 * (time.thread_time() - since))
print(json.dumps(took[2:]))
"""


def redraw_cost() -> list[Figure]:
    """Milliseconds of processor time for a drawing at each size, alone and with another run laid over it; medians."""
    found = []
    for terminal, chart in SIZES.items():
        for overlaid in (False, True):
            took = _drawn(*chart, overlaid=overlaid)
            name = f"loss chart drawn, {terminal[0]}x{terminal[1]}" + ", another run over it" * overlaid
            bound = MOST if terminal == (200, 60) else None
            note = f"{chart[0]}x{chart[1]} cells; from {min(took):.1f} to {max(took):.1f}"
            found.append(Figure(name, median(took), "ms", bound, at_least=False, note=note))
    return found


def _drawn(width: int, height: int, *, overlaid: bool) -> list[float]:
    arguments, environment = python(_DRAW, json.dumps([width, height, _ROUNDS, overlaid]))
    try:
        done = subprocess.run(
            arguments, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NotMeasured(f"the chart could not be drawn ({type(error).__name__})") from None
    return [float(each) for each in json.loads(done.stdout)]
