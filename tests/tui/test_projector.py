"""The projector shows the loss, the curve and the newest sample large; a key comes back and does nothing else."""

from dataclasses import replace

import pytest

from tests.tui.support import MadeUpApp, T, begin, live, painted, picture, sampled, sees, tell, until
from tests.tui.test_held_out import held_out
from tui_rnn.tui.drawing.big_text import put_figure, put_letters
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import INK, Palette
from tui_rnn.tui.screens.projector import Figure, Projected, ProjectorScreen, put_figures

INKS = Palette.of(INK, {})
FIGURES = Figure(2.1, "primary", "nats", "a character"), Figure(1.5, "secondary", "held out", "never trained on")
SHOWN = Projected(*FIGURES, uniform=4.317, ngrams=(3.1, 2.4, 1.8, 1.4, 1.26), epoch=1.5, text="x")


def large(put, text, *scale):
    """The rows that this text is drawn as."""
    grid = Grid(200, 8, "")
    behind = put(grid, 0, 0, text, "white", *scale)
    return [row[:behind].rstrip() for row in grid.text() if row.strip()]


def stands(rows, screen):
    """Whether these rows stand below each other on the screen."""
    lines = screen.splitlines()
    return any(
        all(line[x : x + len(row)] == row for line, row in zip(lines[y:], rows, strict=False))
        for y in range(len(lines) - len(rows) + 1)
        for x in [lines[y].find(rows[0])]
        if x >= 0
    )


async def test_figures_and_sample_stand_large_below_the_living_header_and_any_key_comes_back():
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        await tell(pilot, held_out(200, 1.5))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProjectorScreen))
        await until(pilot, lambda: stands(large(put_figure, "2.100", 2), painted(pilot)))  # 52.5 over 25 characters
        assert stands(large(put_figure, "1.50", 1), painted(pilot))
        assert stands(large(put_letters, "said nothing."), painted(pilot))  # from the first whole word on
        await sees(pilot, "TRAINING", "never trained on", "uniform")
        assert "│" not in "".join(row[0] + row[-1] for row in painted(pilot).splitlines())
        await tell(pilot, sampled(501, "ma Jane came"))
        await picture(pilot, replace(live(505), smooth_loss=1.5 * T))
        await until(pilot, lambda: stands(large(put_figure, "1.500", 2), painted(pilot)))
        assert stands(large(put_letters, "Jane came"), painted(pilot))
        await tell(pilot, held_out(505, 1.4))  # late enough to tell more than a smooth loss that lags, as in the header
        await until(pilot, lambda: stands(large(put_figure, "1.400", 2), painted(pilot)))
        await sees(pilot, "held out", "nats a character", "recent", "last 50 updates")
        asked = list(pilot.app.control.asked)
        for key in ("n", "c", "space", "f", "escape", "x", "down"):
            await pilot.press(key)
            await until(pilot, lambda: pilot.app.screen is pilot.app.training)
            await pilot.press("f")
            await until(pilot, lambda: isinstance(pilot.app.screen, ProjectorScreen))
        assert pilot.app.control.asked == asked
        for size in ((1, 1), (20, 5), (60, 15), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await until(pilot, lambda: stands(large(put_letters, "Jane came"), painted(pilot)))


@pytest.mark.parametrize("width", [10, 30, 60, 80, 100, 120, 160, 240])
@pytest.mark.parametrize("height", [3, 12, 24, 40, 60])
def test_figures_are_whole_or_absent_and_none_lies_over_another(width, height):
    grid = Grid(width, height, "")
    painted_at: dict[tuple[int, int], str] = {}
    put = grid.put

    def once(x, y, text, *more, **how):
        for at, character in enumerate(text):
            if character.strip():
                assert (x + at, y) not in painted_at, f"{text} lies over {painted_at[x + at, y]}"
                assert 0 <= x + at < width or width < 20, f"{text} is cut"
                painted_at[x + at, y] = text
        return put(x, y, text, *more, **how)

    grid.put = once
    below = put_figures(grid, INKS, *FIGURES, SHOWN)
    assert max(y for _, y in painted_at) < below
    words = " ".join(grid.text())
    assert ("never trained on" in words) == ("5-gram 1.26" in words) == ("guessing 4.32" in words)
    assert ("never trained on" in words) == (width >= 117 and height >= 20)
