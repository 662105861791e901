"""Where a terminal has only ASCII, frames, bars and marks are of it, as wide as they were; the text stays its own."""

from itertools import product

import pytest
from rich.cells import cell_len

from tests.tui.support import MadeUpApp, begin, painted, until
from tui_rnn.place import fitting_marker
from tui_rnn.tui.terminal.encoding import Within


@pytest.mark.parametrize(
    ("term", "encoding", "marker"),
    [
        ("xterm-256color", "utf-8", "braille"),
        ("", None, "braille"),
        ("linux", "utf-8", "ascii"),
        ("xterm", "ascii", "ascii"),
        ("xterm", "iso8859-1", "ascii"),
        ("xterm", "cp437", "ascii"),
        ("xterm", "no-such-encoding", "ascii"),
    ],
)
def test_the_marker_is_what_the_terminal_can_show(term, encoding, marker):
    assert fitting_marker({"TERM": term}, encoding) == marker


def test_plain_signs_are_as_wide_and_leave_the_text_alone():
    text = "Emma “said” – é ñ 書 ж … ·"
    assert text.translate(Within("utf-8", plain=True)) == text
    assert "▶ ‖ ✓ ✖ ━╸ █▇ ⣿ ●◆▲ ╭─╮".translate(Within("utf-8")) == "▶ ‖ ✓ ✖ ━╸ █▇ ⣿ ●◆▲ ╭─╮"
    assert "▶ ‖ ✓ ✖ ━╸ █▇ ⣿ ●◆▲ ╭─╮".translate(Within("utf-8", plain=True)) == "> = v x -- ## . o+^ +-+"


async def test_with_the_ascii_marker_all_that_is_drawn_is_ascii():
    async with MadeUpApp(marker="ascii").run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        for size, key in product(((80, 24), (120, 40), (200, 60)), ("1", "8", "9", "question_mark", "escape")):
            await pilot.resize_terminal(*size)
            await pilot.press(key)
            await until(pilot, lambda rows=size[1]: len(painted(pilot).splitlines()) == rows)
            for row in painted(pilot).splitlines():
                plain = row.translate(Within("utf-8", plain=True))
                assert cell_len(plain) == cell_len(row)
                assert not {sign for sign in plain if not sign.isascii()} - set("·…δ×")
