"""The story: every sample from step 1 to now beside its loss, one by one or as a film of twenty seconds."""

import re
from dataclasses import replace

import pytest

from tests.tui.support import MadeUpApp, T, begin, live, painted, picture, sampled, sees, tell, unseen, until
from tui_rnn.engine.events import BookRead, InheritedSample
from tui_rnn.engine.words import words_of
from tui_rnn.tui import story
from tui_rnn.tui.palette import INK, Palette
from tui_rnn.tui.written import facts, fitted

INKS = Palette.of(INK, {})


def chosen(pilot):
    """The steps of the index's marked rows, and those of the curve's cursor."""
    return [row.split("▸")[1].split()[0] for row in painted(pilot).splitlines() if "▸" in row]


async def test_j_and_k_go_through_all_samples_and_enter_plays_them(monkeypatch):
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        await begin(pilot)  # a sample before update 1
        book = next(filter(None, words_of(["so it goes. and so "], " .adeghinost")))
        await tell(pilot, BookRead("", book))
        for step in (100, 200, 300, 400):
            await tell(pilot, sampled(step, f"hid so {'it ' * (step // 100)}ho end", smooth_loss=80.0 - step / 10))
        await pilot.press("2", "j")  # in the small form it goes nowhere
        await sees(pilot, "step 400", "step 300")
        await pilot.press("m")
        await sees(pilot, "sample 5 of 5", "enter play")
        await until(pilot, lambda: chosen(pilot) == ["400"])
        await sees(pilot, "hid so it it it it ho")
        await pilot.press("k", "k")
        await until(pilot, lambda: chosen(pilot) == ["200"])
        await sees(pilot, "sample 3 of 5", "2.400 nats/char", "75 % real words")  # 60 / 25; so it it, but not ho
        await sees(pilot, "hid so it it ho")
        assert "it it it" not in painted(pilot)
        await pilot.press("home")
        await sees(pilot, "sample 1 of 5")
        await until(pilot, lambda: chosen(pilot) == ["1"])
        await pilot.press("end")
        await sees(pilot, "sample 5 of 5")
        await pilot.press("k", "k")
        await until(pilot, lambda: chosen(pilot) == ["200"])
        index = re.findall(r" ([\d,]+) +(\d\.\d{3}) +(\d+) %", painted(pilot))
        assert index[1:] == [  # so it … it, but not ho; the first and the last word are cut
            (str(step), f"{(80 - step / 10) / T:.3f}", f"{100 * (1 + n) / (2 + n):.0f}")
            for n, step in enumerate((100, 200, 300, 400), 1)
        ]
        await tell(pilot, sampled(500, "so new"))  # reading goes on where it is
        await sees(pilot, "sample 3 of 6")
        await pilot.press(*"jjjjj")
        await sees(pilot, "sample 6 of 6", "so new")
        await tell(pilot, sampled(600, "so newer"))  # at the end it follows
        await sees(pilot, "sample 7 of 7", "so newer")
        monkeypatch.setattr(story, "pace", lambda samples: (0.05, 1))
        view, seen = pilot.app.training.query_one(story.StoryView), []
        monkeypatch.setattr(view, "_moved", lambda: seen.append(view.read.step))
        await pilot.press("enter")
        await until(pilot, lambda: len(seen) >= 7 and not view.is_played)
        assert seen == [1, 100, 200, 300, 400, 500, 600]
        await pilot.press("enter", "escape")  # the film ends, and the panel stays
        await sees(pilot, "all panels")
        await pilot.press("escape")
        await sees(pilot, "1 Loss")
        await unseen(pilot, "all panels")
        await picture(pilot, live(505))


@pytest.mark.parametrize("samples", [2, 3, 11, 100, 200, 201, 1000, 2000])
def test_a_film_takes_twenty_seconds_and_at_the_most_ten_frames_a_second(samples):
    seconds, skip = story.pace(samples)
    shown = len(range(0, samples - 1, skip))
    assert shown * seconds == pytest.approx(20, rel=0.11)
    assert seconds >= 0.0999


def test_what_was_written_before_the_run_branched_off_is_marked_as_its_parents():
    inherited = InheritedSample(100, 80.0, 1.0, 1.0, "so it goes", "scheduled", "live", by="runs/first")
    rows = story.index([inherited, sampled(200)], 1, 9, T, None, INKS).plain.splitlines()
    assert [row.endswith("  parent") for row in rows[1:]] == [True, False]
    assert max(map(len, rows)) < 38  # of the index, with a gap
    assert [each.words for each in facts(inherited, T)] == ["step 100", "by first", "3.200 nats/char smooth", "temp 1"]
    long = replace(inherited, by=f"runs/{'long' * 9}")
    assert "by the parent run" in fitted(facts(long, T), 50)


def test_rows_of_one_step_say_which_was_asked_for_and_which_is_the_end():
    samples = [sampled(100), sampled(100, kind="requested"), sampled(100, kind="requested"), sampled(100, kind="final")]
    for words in (None, next(filter(None, words_of(["so it goes. and so "], " .adeghinost")))):
        _, *rows = story.index(samples, 1, 9, T, words, INKS).plain.splitlines()
        assert ["asked" in row for row in rows] == [False, True, True, False]
        assert ["end" in row for row in rows] == [False, False, False, True]
        assert max(map(len, rows)) <= 36  # of the 38 columns two are a gap


@pytest.mark.parametrize(("step", "nearest"), [(0, 5), (6, 5), (8, 10), (10, 10), (99, 20)])
def test_the_cursor_stands_at_the_nearest_point_of_the_curve(step, nearest):
    assert story.nearest_step((5, 10, 15, 20), step) == nearest


def test_a_sample_that_was_thinned_out_gives_its_place_to_the_next():
    samples = [sampled(step) for step in (1, 10, 20, 30)]
    assert [story.place_of(each, samples) for each in samples] == [0, 1, 2, 3]
    assert story.place_of(None, samples) == 3
    assert story.place_of(sampled(15), samples) == 2
    assert story.place_of(sampled(99), samples) == 3


@pytest.mark.parametrize("rows", [1, 3, 4, 20])
def test_the_index_always_holds_the_sample_that_is_read(rows):
    samples = [sampled(step, smooth_loss=50.0) for step in range(1, 12)]
    for at in range(11):
        lines = story.index(samples, at, rows, T, None, INKS).plain.splitlines()
        assert len(lines) == 1 + min(rows, 11)
        (marked,) = [line for line in lines if line.startswith("▸")]
        assert marked.split()[1:] == [str(at + 1), "2.000"]
