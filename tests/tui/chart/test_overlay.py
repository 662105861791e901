"""Another run on the chart: by its own epochs, seconds and characters, and drawn anew only where something changed."""

from dataclasses import replace

import numpy as np
import pytest

from tests.tui.chart.made_up import falling
from tui_rnn.runs.course import Course
from tui_rnn.tui.chart import dots, overlay
from tui_rnn.tui.chart.draw import draw
from tui_rnn.tui.chart.overlay import OverlayDots, end_of
from tui_rnn.tui.chart.scales import x_axis
from tui_rnn.tui.chart.view import SCALES, View
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import INK, Palette

P = Palette.of(INK, {})
# Twice as long windows, half as fast, and an epoch of half as many updates as the run of `falling`.
STEPS = tuple(range(100, 40_001, 100))
OTHER = Course(
    "other",
    STEPS,
    tuple(1.7 + 1 / (1 + step / 2000) for step in STEPS),
    characters_per_step=50,
    steps_per_epoch=17_644,
    seconds=((0, 0.0), (40_000, 40_000 / 1150)),
)
# What one of its updates is worth in updates of the chart's own run, on each scale.
WORTH = {"steps": 1, "log": 1, "epochs": 2, "characters": 2, "seconds": 2}


def loss_of(step):
    return 1.7 + 1 / (1 + step / 2000)


def drawn(series, width=116, height=19, kept=None, **view):
    grid = Grid(width, height, P.text)
    return grid, draw(grid, P, series, View(**view), kept)


def cells_of_other(grid, frame):
    """(column of the plot, row of the plot) of each cell in the overlay's colour that is braille."""
    cells = [(x, y) for y in range(frame.height) for x in range(frame.width)]
    looks = {(x, y): grid.rows[1 + y][frame.left + x] for x, y in cells}
    return [at for at, cell in looks.items() if cell[1] == P.overlay and 0x2800 < ord(cell[0]) < 0x2900]


@pytest.mark.parametrize("kind", SCALES)
@pytest.mark.parametrize("log", [False, True])
def test_the_other_run_is_drawn_by_its_own_units(kind, log):
    grid, frame = drawn(falling(overlay=OTHER), scale=kind, log=log)
    cells = cells_of_other(grid, frame)
    assert len(cells) > 0.4 * frame.width
    for x, y in cells:
        ours = frame.axis.step_at(x)
        at = frame.y(loss_of(ours / WORTH[kind])) * frame.height
        steep = abs(frame.y(loss_of(frame.axis.step_at(x - 1) / WORTH[kind])) * frame.height - at)
        assert y - 1 - steep <= at <= y + 2 + steep, (x, y, at)
    assert {x % 4 for x, _ in cells} == {0, 1, 2}


@pytest.mark.parametrize("kind", SCALES)
def test_its_loss_is_that_where_its_curve_ends(kind):
    axis = x_axis(falling(overlay=OTHER), kind, 94)
    last = min(40_000, 46_000 / WORTH[kind])
    assert end_of(OTHER, axis) == pytest.approx(loss_of(last), rel=1e-4)


def test_a_part_of_the_run_shows_that_part_of_the_other():
    axis = x_axis(falling(), "steps", 94, 10_000, 20_000)
    assert end_of(OTHER, axis) == pytest.approx(loss_of(20_000))
    assert end_of(OTHER, x_axis(falling(), "steps", 94, 41_000, 46_000)) is None


def test_what_the_other_run_does_not_know_is_not_drawn():
    unknown = Course("other", STEPS, OTHER.smooth)
    for kind in ("epochs", "seconds"):
        grid, frame = drawn(falling(overlay=unknown), scale=kind)
        assert frame.axis.kind == kind
        assert not cells_of_other(grid, frame)
        assert "other" not in "\n".join(grid.text())
    assert not cells_of_other(*drawn(falling(overlay=Course("nothing", (), ()))))


@pytest.mark.parametrize("kind", SCALES)
def test_a_run_that_ended_before_now_says_where_on_the_axis(kind):
    steps = [step for step in STEPS if step <= 20_000]
    short = replace(OTHER, name="adam", steps=tuple(steps), smooth=OTHER.smooth[: len(steps)])
    series = falling(overlay=short)
    grid, _ = drawn(series, 140, 34, scale=kind)
    place = {"steps": 1, "log": 1, "epochs": 1 / short.steps_per_epoch, "characters": short.characters_per_step}
    end = place.get(kind, 0) * steps[-1]
    if kind == "seconds":
        end = float(np.interp(steps[-1], *np.array(short.seconds).T))
    words = f"{short.smooth[-1]:.3f} adam at "
    (row,) = [row for row in grid.text() if words in row]
    said = row.split(words)[1].split()[0]
    size = {"k": 1e3, "M": 1e6}.get(said[-1], 1)
    assert float(said.rstrip("kM")) * size == pytest.approx(end, rel=0.006)
    zoomed = "\n".join(drawn(series, 140, 34, first=5_000, last=10_000)[0].text())
    assert "adam at 10k" in zoomed
    to_now = replace(OTHER, name="adam", steps=(*STEPS[:-1], falling().steps[-1]))
    assert "adam at" not in "\n".join(drawn(falling(overlay=to_now), 140, 34)[0].text())


def test_a_name_that_the_gutter_has_no_room_for_is_not_cut():
    now = falling().steps[-1]
    steps = (*STEPS[:-1], now)
    long = Course("goblet-20261123-101500", steps, OTHER.smooth)
    text = "\n".join(drawn(falling(overlay=long))[0].text())
    assert "…" not in text
    assert f"{loss_of(40_000):.3f} overlay" in text
    wide = "\n".join(drawn(falling(overlay=Course("adam-goblet-11", steps, OTHER.smooth)), 140, 34)[0].text())
    assert f"{loss_of(40_000):.3f} adam-goblet-11" not in wide  # 20 columns of 19
    assert f"{loss_of(40_000):.3f} adam-goblet-1" in "\n".join(
        drawn(falling(overlay=Course("adam-goblet-1", steps, OTHER.smooth)), 140, 34)[0].text()
    )


def test_the_dots_are_made_anew_only_where_range_size_scale_or_run_changed(monkeypatch):
    made = []
    monkeypatch.setattr(overlay.dots, "polyline", lambda *given: made.append(given) or np.zeros((4, 188), bool))
    axis, kept = x_axis(falling(), "steps", 94), OverlayDots()
    for _ in range(3):
        kept.rows(OTHER, axis, 16, 1.7, 2.3)
    assert len(made) == 1
    again = x_axis(falling(), "steps", 94)  # equal, and another object
    kept.rows(OTHER, again, 16, 1.7, 2.3)
    assert len(made) == 1
    kept.rows(OTHER, axis, 17, 1.7, 2.3)
    kept.rows(OTHER, axis, 17, 1.7, 2.4)
    kept.rows(OTHER, axis, 17, 1.6, 2.4)
    kept.rows(OTHER, axis, 17, 1.6, 2.4, log=True)
    kept.rows(OTHER, x_axis(falling(), "steps", 95), 17, 1.6, 2.4, log=True)
    kept.rows(OTHER, x_axis(falling(), "log", 95), 17, 1.6, 2.4, log=True)
    kept.rows(Course("b", STEPS, OTHER.smooth), x_axis(falling(), "log", 95), 17, 1.6, 2.4, log=True)
    assert len(made) == 8
    assert dots is overlay.dots
