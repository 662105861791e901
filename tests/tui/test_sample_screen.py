"""The sample screen shows its own request's text as it comes; it can be cancelled, varied, copied and saved."""

import re
from pathlib import Path

import pytest
from textual.geometry import Offset
from textual.selection import Selection

from tests.tui.support import MadeUpApp, begin, painted, sampled, sees, tell, unseen, until, words
from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import SamplePiece
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.screens.quit import QuitScreen
from tui_rnn.tui.screens.sample import SampleScreen, neighbour


@pytest.fixture
async def pilot(tmp_path):
    async with MadeUpApp(run=str(tmp_path)).run_test(size=(80, 24), notifications=True) as pilot:
        await begin(pilot)
        await pilot.press("s")
        yield pilot


def request(pilot):
    """The latest that was asked for."""
    return pilot.app.asked(SampleRequest)[-1]


async def write(pilot, *pieces, whole=True, **facts):
    """Have the worker write these pieces of the latest request, and say that it is whole."""
    number = request(pilot).number
    await tell(pilot, *[SamplePiece(number, piece) for piece in pieces])
    if whole:
        facts = {"kind": "requested", "request": number, "smooth_loss": 52.5, **facts}
        await tell(pilot, sampled(500, "".join(pieces), **facts))
    pilot.app.screen._draw()
    await pilot.pause()


async def test_it_says_that_it_waits_until_the_first_piece_comes(pilot):
    await sees(pilot, "Writing…")
    await write(pilot, "Emma", whole=False)
    await unseen(pilot, "Writing…")


async def test_pieces_stream_in_and_are_counted(pilot):
    await write(pilot, "Emma ", whole=False)
    await sees(pilot, "Emma")
    await sees(pilot, "5 of 1,000 characters")
    await write(pilot, "said nothing.", whole=False)
    await sees(pilot, "Emma said nothing.")
    await sees(pilot, "18 of 1,000 characters")


async def test_a_whole_sample_tells_where_it_comes_from(pilot):
    await write(pilot, "Emma")
    await sees(pilot, "live weights at step 500, smooth loss 52.50 (2.100 nats/char")


async def test_pieces_of_other_requests_are_not_shown(pilot):
    await tell(
        pilot, SamplePiece(request(pilot).number + 1, "Jane"), SamplePiece(0, "Harriet"), sampled(1, "Knightley")
    )
    pilot.app.screen._draw()
    await pilot.pause()
    assert not re.search("Jane|Harriet|Knightley", painted(pilot).partition("2 Samples")[0])
    await sees(pilot, "Writing…")


async def test_closing_cancels_what_is_still_being_written(pilot):
    for count in (1, 2):
        await write(pilot, "Emma", whole=False)
        assert not request(pilot).cancelled.is_set()
        await pilot.press("escape")
        assert request(pilot).cancelled.is_set()
        await until(pilot, lambda: pilot.app.screen is pilot.app.training)
        assert pilot.app.control.asked == pilot.app.asked(SampleRequest)
        assert len(pilot.app.control.asked) == count
        await pilot.press("s")


async def test_it_may_be_closed_before_it_is_there(pilot):
    pilot.app.screen.action_back()
    pilot.app.training.action_sample()
    pilot.app.screen.action_back()
    await pilot.pause()
    assert pilot.app.screen is pilot.app.training


async def test_the_app_may_close_while_it_opens(pilot):
    pilot.app.screen.action_back()
    pilot.app.training.action_sample()
    pilot.app.exit()


async def test_another_replaces_the_one_being_written(pilot):
    for key in ("s", "s"):
        await write(pilot, "Emma", whole=False)
        first = request(pilot)
        await pilot.press(key)
        assert first.cancelled.is_set()
        assert request(pilot).number != first.number
        assert not request(pilot).cancelled.is_set()
        await unseen(pilot, "Emma")
        await tell(pilot, SamplePiece(first.number, "late"))
        await write(pilot, "Jane", whole=False)
        await sees(pilot, "Jane")
        await unseen(pilot, "late")


async def test_b_asks_the_best_model_and_the_live_one_again(pilot):
    await sees(pilot, "live weights")
    await pilot.press("b")
    assert request(pilot).model == "best"
    await sees(pilot, "best weights")
    await pilot.press("b")
    assert request(pilot).model == "live"


async def test_brackets_change_the_temperature(pilot):
    await pilot.press("left_square_bracket")
    assert request(pilot).temperature == 0.9
    await sees(pilot, "temp 0.9 ")
    await pilot.press("right_square_bracket", "right_square_bracket")
    assert request(pilot).temperature == 1.1


async def test_braces_change_top_p_within_its_scale(pilot):
    await pilot.press("left_curly_bracket")
    assert request(pilot).top_p == 0.95
    await sees(pilot, "top-p 0.95")
    await pilot.press("right_curly_bracket", "right_curly_bracket")
    assert request(pilot).top_p == 1.0
    await pilot.press(*["left_curly_bracket"] * 9)
    assert 0 < request(pilot).top_p <= 0.5


async def test_the_next_sample_begins_from_what_was_chosen(pilot):
    await pilot.press("left_square_bracket", "left_curly_bracket", "b", "escape")
    await sees(pilot, "next: temp 0.9")
    await pilot.press("s")
    latest = request(pilot)
    assert (latest.temperature, latest.top_p, latest.model) == (0.9, 0.95, "best")
    assert not latest.cancelled.is_set()


async def test_copy_takes_the_safe_form_of_all_of_it(pilot):
    text = "a\x1b[2J\x9b\u202eb\n[bold]"
    await write(pilot, text)
    await pilot.press("y")
    await until(pilot, lambda: pilot.app.clipboard == safe_text(text))
    await sees(pilot, f"{len(text)} characters sent to the terminal")
    assert isinstance(pilot.app.screen, SampleScreen)


async def test_copy_takes_the_selection_where_there_is_one_and_ctrl_c_is_quit_without(pilot):
    await write(pilot, "Emma said nothing.")
    for key in ("y", "ctrl+c"):
        pilot.app.copy_to_clipboard("")
        shown = pilot.app.screen.query_one("#text")
        pilot.app.screen.selections = {shown: Selection.from_offsets(Offset(0, 0), Offset(4, 0))}
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.clipboard.rstrip() == "Emma")
    pilot.app.screen.clear_selection()
    await pilot.press("ctrl+c")
    await until(pilot, lambda: isinstance(pilot.app.screen, QuitScreen))


async def test_save_writes_the_text_as_it_is_and_never_over_another(pilot, tmp_path):
    text = "a\x1b[2J\r\n\ud800é"
    await write(pilot, text)
    await pilot.press("w", "w")
    saved = sorted(path.name for path in Path(tmp_path, "samples").iterdir())
    assert saved == ["step-00000500-live-T1-p1-2.txt", "step-00000500-live-T1-p1.txt"]
    for name in saved:
        assert Path(tmp_path, "samples", name).read_bytes() == text.encode("utf-8", "surrogatepass")
    await sees(pilot, "Saved")


async def test_save_waits_until_the_sample_is_whole(pilot, tmp_path):
    await write(pilot, "Emma", whole=False)
    await pilot.press("w")
    assert not Path(tmp_path, "samples").exists()
    await sees(pilot, "not complete yet")


async def test_a_disk_that_refuses_the_file_is_told_of(pilot, tmp_path):
    Path(tmp_path, "samples").write_text("a file where a folder belongs")
    await write(pilot, "Emma")
    await pilot.press("w")
    await sees(pilot, "Not saved: ")


async def test_a_sample_is_not_saved_through_a_link(pilot, tmp_path):
    Path(tmp_path, "mine").mkdir()
    Path(tmp_path, "samples").symlink_to("mine")
    await write(pilot, "Emma")
    await pilot.press("w")
    await sees(pilot, "Not saved: samples is a link")
    assert list(Path(tmp_path, "mine").iterdir()) == []


def test_the_neighbour_of_a_value_is_the_next_or_the_outermost():
    values = (0.5, 1.0, 2.0)
    assert [neighbour(values, 1.0, change) for change in (-1, 0, 1)] == [0.5, 1.0, 2.0]
    assert neighbour(values, 2.0, 1) == 2.0
    assert neighbour(values, 0.5, -1) == 0.5


async def test_the_keys_stand_in_the_footer_even_of_80_columns(pilot):
    def footer(pilot):
        return words(painted(pilot).splitlines()[-1])

    await sees(pilot, "s another", ", . temp", "; : top-p", "b best weights", "esc back", where=footer)


async def test_a_sample_that_is_complete_is_drawn_once_and_no_more(pilot, monkeypatch):
    await write(pilot, "Emma")
    drawn = []
    monkeypatch.setattr(pilot.app.screen._text, "update", drawn.append)
    for _ in range(3):
        pilot.app.screen._draw()
    assert drawn == []
