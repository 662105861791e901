"""The sample screen shows its own request's text as it comes; it can be cancelled, varied, copied and saved."""

import re
from pathlib import Path

import pytest
from textual.geometry import Offset
from textual.selection import Selection
from textual.widgets import Static

from tests.tui.support import MadeUpApp, begin, painted, sampled, sees, tell, unseen, until, words
from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import BookRead, SamplePiece
from tui_rnn.engine.words import words_of
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.next_sample import neighbour
from tui_rnn.tui.screens.quit import QuitScreen
from tui_rnn.tui.screens.sample import SampleScreen, first_that_fits
from tui_rnn.tui.side_by_side import ways_beside, ways_of_grid


@pytest.fixture
async def pilot(tmp_path):
    async with MadeUpApp(run=str(tmp_path)).run_test(size=(80, 24), notifications=True) as pilot:
        await begin(pilot)
        await pilot.press("s")
        yield pilot


def request(pilot):
    """The latest that was asked for, of those that stand beside it the one that is logged."""
    return [each for each in pilot.app.asked(SampleRequest) if not each.in_pieces][-1]


async def settled(pilot, asked):
    """The sliders have come to rest, and after so many requests another one was asked for."""
    await until(pilot, lambda: len(pilot.app.asked(SampleRequest)) > asked)


async def write(pilot, *pieces, whole=True, **facts):
    """Have the worker write these pieces of the latest request, and say that it is whole."""
    number = request(pilot).number
    await tell(pilot, *[SamplePiece(number, piece) for piece in pieces])
    if whole:
        facts = {"kind": "requested", "request": number, "smooth_loss": 52.5, **facts}
        await tell(pilot, sampled(500, "".join(pieces), **facts))
    pilot.app.screen._draw()
    await pilot.pause()


async def test_each_text_says_that_it_waits_until_its_first_piece_comes(pilot):
    await until(pilot, lambda: painted(pilot).count("Writing…") == 2)
    await write(pilot, "Emma", whole=False)
    await until(pilot, lambda: painted(pilot).count("Writing…") == 1)


async def test_pieces_stream_in_and_are_counted(pilot):
    await write(pilot, "Emma ", whole=False)
    await sees(pilot, "Emma")
    await sees(pilot, "5 of 2,000 characters")
    await write(pilot, "said nothing.", whole=False)
    await sees(pilot, "Emma said nothing.")
    await sees(pilot, "18 of 2,000 characters")


async def test_a_whole_sample_tells_where_it_comes_from(pilot):
    await write(pilot, "Emma")
    await sees(pilot, "live weights at step 500 · training goes on")


async def test_where_two_temperatures_have_room_the_keys_of_the_others_are_named(pilot):
    for column in pilot.app.screen._shown:
        await tell(pilot, sampled(500, "Emma", kind="requested", request=column.request.number))
    await sees(pilot, "y and w take temp 1 · , . other temperatures")


async def test_pieces_of_other_requests_are_not_shown(pilot):
    await tell(
        pilot, SamplePiece(request(pilot).number + 10, "Jane"), SamplePiece(0, "Harriet"), sampled(1, "Knightley")
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
        assert len([each for each in pilot.app.control.asked if not each.in_pieces]) == count
        assert all(each.cancelled.is_set() for each in pilot.app.control.asked)
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


async def test_the_keys_and_arrows_move_the_sliders_and_once_they_rest_it_is_written_anew(pilot):
    first, asked = request(pilot), len(pilot.app.asked(SampleRequest))
    await pilot.press("left_square_bracket", "comma", "semicolon")
    assert first.cancelled.is_set()
    await sees(pilot, " 0.8", " 0.95")
    await settled(pilot, asked)
    assert len(pilot.app.asked(SampleRequest)) == asked + 2  # for all three keys
    assert (request(pilot).temperature, request(pilot).top_p) == (0.8, 0.95)
    await pilot.press("tab", "tab", "tab", "right")  # from the texts, by the field, to the first slider
    await until(pilot, lambda: request(pilot).temperature == 0.9)
    await pilot.press("tab", *["left"] * 9)
    await until(pilot, lambda: request(pilot).top_p == 0.5)
    await pilot.press("escape")
    assert isinstance(pilot.app.screen, SampleScreen)


async def test_two_temperatures_stand_side_by_side_and_draw_by_the_same_numbers(pilot):
    chosen, other = pilot.app.asked(SampleRequest)
    assert (chosen.temperature, chosen.in_pieces, other.temperature, other.in_pieces) == (1.0, False, 1.3, True)
    assert chosen.series == other.series is not None
    await tell(pilot, SamplePiece(chosen.number, "Emma ", 10.0), SamplePiece(other.number, "Jane ", 15.0))
    pilot.app.screen._draw()
    await sees(pilot, "Emma", "Jane", "2.00 bits/char", "3.00 bits/char", "10 of 2,000 characters")
    await pilot.press("s")
    assert request(pilot).series == chosen.series + 1
    await pilot.resize_terminal(100, 30)  # where a column is too narrow for the word beside a surprise of 10 bits
    await until(
        pilot, lambda: len([each for each in pilot.app.asked(SampleRequest) if not each.cancelled.is_set()]) == 4
    )
    assert request(pilot).series == chosen.series + 1
    assert [each.in_pieces for each in pilot.app.asked(SampleRequest)[-4:]] == [
        False,
        True,
        True,
        True,
    ]  # it comes first
    await tell(pilot, SamplePiece(request(pilot).number, "Emma ", 54.0))
    pilot.app.screen._draw()
    await sees(pilot, "10.80 bits/char")
    await pilot.resize_terminal(80, 24)  # two of them have no room any more, and are written no longer
    await until(
        pilot, lambda: len([each for each in pilot.app.asked(SampleRequest) if not each.cancelled.is_set()]) == 2
    )


async def test_a_beginning_is_typed_where_letters_are_letters(pilot):
    await tell(pilot, BookRead("\n abceimnoqsty", None))
    asked = len(pilot.app.asked(SampleRequest))
    await pilot.press("i", *"by it ")
    await sees(pilot, "enter: write")
    assert len(pilot.app.asked(SampleRequest)) == asked
    await pilot.press("Z")
    await sees(pilot, "Z: not in the book")
    await pilot.press("enter")
    assert len(pilot.app.asked(SampleRequest)) == asked
    await pilot.press("backspace", "enter")
    assert request(pilot).prime == "by it "
    await write(pilot, "so", whole=False)
    await sees(pilot, "by it so")
    await pilot.press("i", *"so ", "tab")  # to the sliders, which is as good as enter
    await until(pilot, lambda: request(pilot).prime == "by it so ")
    await pilot.press("escape", "i", *["backspace"] * 3, "enter")
    assert request(pilot).prime == "by it "
    await pilot.press("i", "x", "escape")  # what was typed and not entered is put away
    assert pilot.app.screen.query_one("#prime").value == "by it "
    await pilot.press("escape")
    await until(pilot, lambda: pilot.app.screen is pilot.app.training)


async def test_the_grid_of_temp_and_top_p_is_kept_as_a_page(pilot, tmp_path):
    await tell(pilot, BookRead("", next(filter(None, words_of(["so it goes. and so "], " .adeghinost")))))
    await pilot.press("escape")
    pilot.app.training.action_sample_grid()  # as the palette does: kept by itself
    await until(pilot, lambda: isinstance(pilot.app.screen, SampleScreen))
    await pilot.pause()
    asked = [each for each in pilot.app.asked(SampleRequest) if not each.cancelled.is_set()]
    assert {(each.temperature, each.top_p) for each in asked} == {(t, p) for t in (0.4, 1, 1.3) for p in (0.5, 0.9, 1)}
    assert len({each.series for each in asked}) == 1
    for number, each in enumerate(asked):
        text = " so it ho" + "." * 991
        await tell(pilot, SamplePiece(each.number, text, 1000.0 * number))
        if not each.in_pieces:
            await tell(pilot, sampled(500, text, kind="requested", request=each.number, smooth_loss=50.0))
    await until(pilot, Path(tmp_path, "samples").exists)
    (page,) = Path(tmp_path, "samples").iterdir()
    assert page.name == "grid-step-00000500-live.md"
    lines = page.read_text().splitlines()
    assert "step 500, smooth loss 2.000 nats/char" in lines[2]
    (head,) = [at for at, line in enumerate(lines) if line.startswith("| top-p | temp 0.4 | temp 1 | temp 1.3 |")]
    number = {(each.temperature, each.top_p): at for at, each in enumerate(asked)}
    for row, p in zip(lines[head + 2 : head + 5], (0.5, 0.9, 1), strict=True):
        cells = [f"67 % real words, {number[t, p]:.2f} bits/char" for t in (0.4, 1, 1.3)]
        assert row == f"| {p:g} | " + " | ".join(cells) + " |"
    assert lines.count("~~~~") == 18
    await pilot.press("v", "v")
    assert len([each for each in pilot.app.asked(SampleRequest) if not each.cancelled.is_set()]) == 9
    await pilot.press("w")  # which is not whole again
    await sees(pilot, "not complete yet")
    await pilot.press("comma", "semicolon")  # what is in force stands in the grid, and is what y takes
    await until(pilot, lambda: (request(pilot).temperature, request(pilot).top_p) == (0.9, 0.95))
    asked = [each for each in pilot.app.asked(SampleRequest) if not each.cancelled.is_set()]
    assert [(each.temperature, each.top_p) for each in sorted(asked, key=lambda each: each.number)] == [
        (t, p) for p in (0.9, 0.95, 1) for t in (0.4, 0.9, 1.3)
    ]
    for each in asked:
        await tell(pilot, SamplePiece(each.number, "x" * 1000))
    await sees(pilot, "y copies temp 0.9, top-p 0.95; w keeps the grid")


@pytest.mark.parametrize(
    ("temp", "top_p", "temps", "rows"),
    [
        (1.0, 1.0, (0.4, 1.0, 1.3), (0.5, 0.9, 1.0)),
        (0.7, 0.9, (0.4, 0.7, 1.3), (0.5, 0.9, 1.0)),
        (0.4, 0.7, (0.0, 0.4, 1.3), (0.5, 0.7, 0.9)),
        (0.0, 0.5, (0.0, 0.4, 1.3), (0.5, 0.9, 1.0)),
        (1.5, 0.3, (1.3, 1.5, 2.0), (0.3, 0.5, 0.9)),
        (2.0, 0.95, (0.4, 1.3, 2.0), (0.9, 0.95, 1.0)),
        (3.0, 1.0, (1.3, 2.0, 3.0), (0.5, 0.9, 1.0)),
    ],
)
def test_the_grid_holds_what_is_in_force_in_its_middle_column_where_there_is_something_on_both_sides(
    temp, top_p, temps, rows
):
    assert ways_of_grid(temp, top_p) == [(t, p) for p in rows for t in temps]


async def test_the_next_sample_begins_from_what_was_chosen(pilot):
    before = request(pilot)
    await pilot.press("left_square_bracket", "left_curly_bracket", "b", "escape")
    await sees(pilot, "s: temp 0.9")
    await pilot.press("s")
    latest = request(pilot)
    assert (latest.temperature, latest.top_p, latest.model) == (0.9, 0.95, "best")
    assert latest.series > before.series
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
        shown = pilot.app.screen.query(".body Static").first()
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


@pytest.mark.parametrize(
    ("temp", "count", "shown"),
    [
        (0.7, 4, [0.4, 0.7, 1.0, 1.3]),
        (0.9, 4, [0.4, 0.7, 0.9, 1.3]),
        (0.0, 4, [0.0, 0.7, 1.0, 1.3]),
        (2.0, 4, [0.4, 0.7, 1.0, 2.0]),
        (0.7, 2, [0.7, 1.0]),
        (2.0, 2, [1.0, 2.0]),
        (1.0, 1, [1.0]),
    ],
)
def test_the_chosen_temperature_stands_in_place_of_the_nearest_beside_those_next_to_it(temp, count, shown):
    assert ways_beside(temp, 0.9, count) == [(each, 0.9) for each in shown]


def test_of_a_title_the_first_form_that_has_room_is_shown_whole():
    assert [first_that_fits(["long one", "short"], width) for width in (8, 7, 5, 4)] == [
        "long one",
        "short",
        "short",
        "",
    ]


async def test_the_keys_stand_in_the_footer_even_of_80_columns(pilot):
    def footer(pilot):
        return words(painted(pilot).splitlines()[-1])

    await sees(pilot, "s another", "i your text", "v grid", "w keep", "y copy", "? more", "esc back", where=footer)


async def test_it_stands_below_the_header_whatever_becomes_of_the_terminal(pilot):
    for (width, height), rows in {(200, 60): 4, (80, 24): 2, (120, 40): 3, (60, 20): 2}.items():
        await pilot.resize_terminal(width, height)
        await until(pilot, lambda rows=rows: pilot.app.screen.query_one("#sampled").region.y == rows)


async def test_a_sample_that_is_complete_is_drawn_once_and_no_more(pilot, monkeypatch):
    await write(pilot, "Emma")
    drawn = []
    monkeypatch.setattr(Static, "update", lambda *given, **more: drawn.append(given))
    for _ in range(3):
        pilot.app.screen._draw()
    assert drawn == []
