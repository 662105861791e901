"""The header says the run's state and figures: each whole or absent, the most important first, at every width."""

import math
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import pytest

from tests.tui.support import (
    MadeUpApp,
    begin,
    checked,
    done,
    live,
    picture,
    refused,
    saved,
    sees,
    started,
    status,
    tell,
    unseen,
    until,
    words,
)
from tui_rnn.engine.events import NotFinite, Paused
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.tui.header.big import big
from tui_rnn.tui.header.progress import progress
from tui_rnn.tui.header.rows import rows_of
from tui_rnn.tui.header.status import STATES, Checked, Status
from tui_rnn.tui.header.tiles import tiles_of
from tui_rnn.tui.screens import training

FULL = Status(
    state="training",
    corpus="corpora/goblet.txt",
    recipe="adagrad",
    step=46_000,
    goal=Goal(60_000),
    elapsed_seconds=20.0,
    seq_length=25,
    epoch=1.30,
    smooth=1.846,
    best=1.839,
    best_step=45_638,
    updates_per_second=2310.0,
    saved_seconds_ago=6.0,
    saved_step=40_000,
    checked=Checked(True, 2.3e-16, "W"),
)
TIMED = replace(FULL, goal=Goal(UNLIMITED, 0.5), step=43_890, elapsed_seconds=19.0)
LAGS = replace(FULL, step=2000, lags=True, smooth=2.396, recent=1.612)
HELD_OUT = {"held_out": 1.598, "held_out_step": 1900, "best_held_out": 1.598}
DIVERGED = replace(
    FULL,
    state="diverged",
    step=812,
    why_diverged="diverged at update 813: the loss is inf on characters 15 to 40 ('a: b'); |theta| = 1e+40",
    saved_step=800,
    eta_back=0.05,
    updates_per_second=None,
)
SITUATIONS = {
    "reading": Status(corpus="corpora/goblet.txt", size="882,242 characters"),
    "checking": Status(state="checking", goal=Goal(60_000), uniform=4.317),
    "training": FULL,
    "by time": TIMED,
    "by both": replace(FULL, goal=Goal(60_000, 0.5), elapsed_seconds=19.0),
    "paused": replace(FULL, state="paused", updates_per_second=None),
    "done": replace(FULL, state="done", step=60_000, further=Goal(120_000), elapsed_seconds=62.0),
    "saving": replace(FULL, state="saving"),
    "cut off": replace(FULL, state="cut off"),
    "diverged": DIVERGED,
    "held out": replace(FULL, held_out=1.9, held_out_step=44_000, best_held_out=1.8),
    "lags": LAGS,
    "lags, held out": replace(LAGS, **HELD_OUT),
    "unsaved": replace(FULL, unsaved_steps=120, unsaved_reason="No space left on device"),
    "unsaved, at length": replace(FULL, unsaved_steps=120_000, unsaved_reason="x" * 200),
    "huge": replace(FULL, smooth=1.26e34, best=1.2e33, recent=math.inf, lags=True),
    "wide name": replace(FULL, corpus="書" * 40 + ".txt"),
}


def line(shown, width):
    return progress(shown, width).plain.rstrip()


def tiles(shown, width, height=1, widths=None):
    rows, _ = rows_of(tiles_of(shown), widths or {}, width, height)
    return [row.plain.rstrip() for row in rows]


def parts(row):
    """What stands between gaps of three columns or more."""
    return [part for part in row.replace("━", " ").replace("╸", " ").split("   ") if part.strip()]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_nothing_is_cut_at_any_width(situation):
    """Whatever stands on a narrow header stands so on the widest one: a part of it, whole."""
    shown = SITUATIONS[situation]
    whole = {part.strip() for part in parts(line(shown, 600))}
    state = f"{STATES[shown.state][0]} {STATES[shown.state][1]}"
    whole |= {state, state[0]}  # without the names, and without the word
    made = tiles_of(shown)
    values = {(tile.label, words) for tile in made for words in (tile.value, *tile.shorter)}
    for width in (*range(1, 60, 7), *range(60, 241)):
        first = progress(shown, width)
        assert first.cell_length == width
        assert {part.strip() for part in parts(first.plain.rstrip())} <= whole
        height = 3 if width >= 160 else 2
        rows, _ = rows_of(made, {}, width, height)
        assert [row.cell_length for row in rows] == [width] * height
        if height == 2:
            found = [tuple(map(str.strip, pair)) for pair in zip(*map(parts, (row.plain for row in rows)), strict=True)]
            assert set(found) <= values
            order = [tile.label for tile in made if tile.label in dict(found)]
            assert [label for label, _ in found] == order


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("reading", "… READING"),
        ("checking", "… CHECKING"),
        ("training", "▶ TRAINING"),
        ("paused", "‖ PAUSED"),
        ("saving", "… SAVING"),
        ("done", "✓ DONE"),
        ("stopped", "‖ STOPPED"),
        ("cut off", "╳ CUT OFF"),
        ("diverged", "✖ DIVERGED"),
    ],
)
def test_every_state_is_a_word_and_a_glyph(state, text):
    assert line(Status(state=state), 80).startswith(f" {text} ")
    assert set(STATES) >= {state}


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        ("reading", ["… READING  corpora/goblet.txt", "882,242 characters"]),
        ("training", ["▶ TRAINING  goblet.txt · adagrad", "46,000 of 60,000", "76 %", "6 s left"]),
        ("by time", ["▶ TRAINING  goblet.txt · adagrad", "0:19 of 0:30", "63 %", "step 43,890"]),
        ("by both", ["▶ TRAINING  goblet.txt · adagrad", "46,000 of 60,000", "0:19 of 0:30", "76 %", "6 s left"]),
        ("paused", ["‖ PAUSED  goblet.txt · adagrad", "n one update, space go on", "46,000 of 60,000", "76 %"]),
        ("done", ["✓ DONE  goblet.txt · adagrad", "space: 60,000 more", "60,000 of 60,000", "in 1:02"]),
        ("saving", ["… SAVING  goblet.txt · adagrad", "46,000 of 60,000"]),
        (
            "diverged",
            ["✖ DIVERGED", "after step 812: the loss is inf", "e back to step 800 with eta 0.05", "812 of 60,000"],
        ),
    ],
)
def test_the_line_says_what_the_state_calls_for(situation, said):
    assert [part.strip() for part in parts(line(SITUATIONS[situation], 140))] == said


def test_names_go_first_below_92_columns_and_the_bar_takes_what_words_leave():
    assert "goblet.txt · adagrad" in line(FULL, 92)
    assert "goblet.txt" not in line(FULL, 91)
    assert "6 s left" in line(FULL, 60)
    bars = [line(FULL, width).count("━") + line(FULL, width).count("╸") for width in (100, 101, 160)]
    assert bars == [bars[0], bars[0] + 1, bars[0] + 60]


def test_the_bar_is_filled_to_half_a_cell():
    for step in (0, 1, 30_000, 46_000, 59_999, 60_000):
        bar = progress(replace(FULL, step=step, updates_per_second=None), 120)
        width = bar.plain.count("━") + bar.plain.count("╸")
        _, _, colour = STATES["training"]
        done_cells = sum(
            0.5 if character == "╸" else 1
            for span in bar.spans
            if span.style == colour
            for character in bar.plain[span.start : span.end]
        )
        assert done_cells == math.floor(2 * width * step / 60_000) / 2


def test_a_run_without_steps_has_no_bar_to_divide_by():
    assert "0 of 0" in line(Status(state="done", goal=Goal(0)), 120)


def test_a_spent_budget_fills_the_bar():
    spent = line(replace(TIMED, state="done", elapsed_seconds=30.2), 140)
    assert "0:30 of 0:30" in spent
    assert "100 %" in spent


def test_the_time_left_needs_a_rate_or_a_budget():
    assert "left" not in line(replace(FULL, updates_per_second=None), 140)
    assert "11 s left" in line(replace(SITUATIONS["by both"], updates_per_second=None), 140)


# The tiles


def test_all_tiles_stand_where_they_fit_each_with_its_note():
    labels, values, notes = (parts(row) for row in tiles(replace(FULL, smooth=1.26e34), 260, 3))
    assert [label.strip() for label in labels] == [
        *("nats/char", "bits/char", "best", "epoch", "speed", "saved", "gradient", "smooth loss")
    ]
    assert [value.strip() for value in values][2:] == ["1.839", "1.30", "2,310/s", "✓ 6 s ago", "✓ 2.3e-16", "3.15e+35"]
    assert [note.strip() for note in notes] == [
        *("smooth loss", "step 45,638", "of 1.7", "58k chars/s", "step 40,000", "worst: W", "sum of 25")
    ]


def test_nats_bits_and_the_sum_are_one_loss():
    label_row, value_row = tiles(FULL, 160, 2)
    shown = dict(zip(map(str.strip, parts(label_row)), map(str.strip, parts(value_row)), strict=True))
    assert shown["nats/char"] == "1.846"
    assert float(shown["bits/char"]) == pytest.approx(1.846 / math.log(2), abs=5e-4)
    assert float(shown["smooth loss"]) == pytest.approx(1.846 * 25, abs=5e-3)


def test_a_compact_header_is_one_row_of_figures():
    (row,) = tiles(FULL, 80)
    assert row == " 1.846 nats/char   2.663 bits/char   best 1.839   epoch 1.30   2,310/s   ✓ 6 s"


def test_gaps_are_shared_out_from_3_to_9_columns():
    for width in range(60, 200):
        labels, _ = tiles(FULL, width, 2)
        found = [
            (labels.find(tile.label), max(len(tile.label), len(tile.value)))
            for tile in tiles_of(FULL)
            if tile.label in labels
        ]
        gaps = [after - before - width for (before, width), (after, _) in pairwise(found)]
        assert len(set(gaps)) <= 1
        assert all(3 <= gap <= 9 for gap in gaps)


def test_no_tile_moves_when_a_value_becomes_shorter():
    long = replace(FULL, updates_per_second=12_310.0, saved_seconds_ago=3599.0)
    _, taken = rows_of(tiles_of(long), {}, 120, 2)
    before, after = tiles(long, 120, 2), tiles(FULL, 120, 2, taken)
    assert [before[0].find(label) for label in ("saved", "gradient")] == [
        after[0].find(label) for label in ("saved", "gradient")
    ]
    assert tiles(FULL, 120, 2)[0] != after[0]


def test_a_refused_checkpoint_stands_third_and_takes_its_room_from_the_others():
    _, values = tiles(SITUATIONS["unsaved"], 120, 2)
    assert [part.strip() for part in parts(values)][:3] == [
        *("1.846", "2.663", "✖ 120 steps: No space left on device, trying again")
    ]
    for width in (60, 80, 100):
        assert "✖ 120 steps" in tiles(SITUATIONS["unsaved"], width)[0]
        assert "✖ 120,000 steps" in tiles(SITUATIONS["unsaved, at length"], width)[0]


def test_the_gradients_verdict_is_a_glyph_and_the_worst():
    failed = replace(FULL, checked=Checked(False, 0.031, "W"))
    assert "✖ W 3e-02" in tiles(failed, 160, 2)[1]
    assert "checking" in tiles(SITUATIONS["checking"], 160, 2)[1]


def test_before_the_first_update_there_is_the_loss_of_guessing():
    labels, values = tiles(SITUATIONS["checking"], 120, 2)
    assert [part.strip() for part in parts(labels)] == ["nats/char", "bits/char", "gradient", "guessing"]
    assert [part.strip() for part in parts(values)] == ["–", "–", "checking", "4.317"]


def test_where_the_smooth_loss_lags_the_recent_one_stands_beside_it():
    labels, values = tiles(LAGS, 120, 2)
    assert parts(labels)[2].strip() == "recent"
    assert parts(values)[2].strip() == "1.612"
    assert "recent" not in tiles(replace(LAGS, lags=False), 120, 2)[0]


def test_where_the_smooth_loss_lags_a_held_out_loss_of_late_is_the_headline():
    labels, values = tiles(replace(LAGS, **HELD_OUT), 160, 2)
    assert [part.strip() for part in parts(labels)][:4] == ["nats/char held out", "bits/char", "recent", "smooth"]
    assert [part.strip() for part in parts(values)][:4] == ["1.598", f"{1.598 / math.log(2):.3f}", "1.612", "2.396"]
    old = replace(LAGS, **HELD_OUT | {"held_out_step": 999})  # of the first half of the run: it tells less
    assert tiles(old, 160, 2)[0].startswith(" nats/char  ")
    settled = replace(LAGS, lags=False, **HELD_OUT)
    assert tiles(settled, 160, 2)[0].startswith(" nats/char  ")


@pytest.mark.parametrize("loss", [math.nan, math.inf, 1.26e34])
def test_a_loss_that_is_no_usual_number_is_shown_as_it_is(loss):
    assert f"{loss:.2e}" in tiles(replace(FULL, smooth=loss), 160, 3)[1]


def test_large_figures_have_the_dots_of_their_digits():
    rows = big("1.846")
    assert {len(row) for row in rows} == {4 * 4 + 2 - 1}
    dots = {
        (x, 2 * y + half)
        for y, row in enumerate(rows)
        for x, c in enumerate(row)
        for half in (0, 1)
        if c in "▀▄"[half] + "█"
    }
    assert {y for _, y in dots} == set(range(5))
    assert len(set(map(tuple, map(big, "0123456789")))) == 10
    assert big("1e+34") is None


# On the screen


@pytest.fixture
async def pilot():
    async with MadeUpApp().run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        yield pilot


async def test_the_figures_are_those_of_the_latest_picture(pilot):
    await picture(pilot, live(750, smooth_loss=51.25, recent_loss=25.0, epoch=0.5, updates_per_second=50.0))
    text = words(status(pilot))
    for part in ("750 of 1,000", "75 %", "2.050", "recent", "1.000", "0.50", "50/s", "5 s left", "51.25", "✓ 1.5e-09"):
        assert part in text


async def test_the_header_has_the_rows_of_its_size(pilot):
    for (width, height), rows in {(80, 24): 2, (120, 40): 3, (200, 60): 4, (50, 10): 2}.items():
        await pilot.resize_terminal(width, height)
        await until(pilot, lambda rows=rows: len(status(pilot).splitlines()) == rows)
        await sees(pilot, "TRAINING", where=status)


async def test_the_age_of_the_last_checkpoint_is_told(pilot, monkeypatch):
    now = SimpleNamespace(monotonic=lambda: now.seconds, seconds=1000.0)
    monkeypatch.setattr(training, "time", now)
    await sees(pilot, "not yet", where=status)
    await tell(pilot, saved(500))
    await sees(pilot, "✓ 0 s ago", where=status)
    now.seconds += 187
    pilot.app.training.poll()
    await pilot.pause()
    await sees(pilot, "✓ 3:07 ago", where=status)
    await picture(pilot, live(2136))
    await unseen(pilot, "unsaved", where=status)
    pilot.app.control.pause()
    await tell(pilot, Paused(2136))
    await sees(pilot, "✓ 3:07 ago", "unsaved", "1,636 updates", where=status)
    await tell(pilot, saved(2136))
    await unseen(pilot, "unsaved", where=status)


async def test_a_checkpoint_that_failed_is_told_until_one_succeeds(pilot):
    await tell(pilot, saved(200), refused(500))
    await sees(pilot, "✖ 300 steps: No space left on device", where=status)
    await tell(pilot, saved(500))
    await unseen(pilot, "unsaved", where=status)


async def test_it_goes_on_living_behind_every_dialog(pilot):
    for number, key in enumerate(("question_mark", "s", "q"), 1):
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen is not pilot.app.training)
        pilot.app.worker.picture = live(500 + number)
        pilot.app.training.poll()
        await sees(pilot, f"{500 + number} of 1,000")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is pilot.app.training)


async def test_it_goes_on_living_behind_two_screens(pilot):
    await pilot.press("s")
    await until(pilot, lambda: pilot.app.screen is not pilot.app.training)
    await pilot.press("question_mark")
    await until(pilot, lambda: pilot.app.screen.name_shown == "Help")
    for step in (501, 502):
        pilot.app.worker.picture = live(step)
        pilot.app.training.poll()
        await sees(pilot, f"{step} of 1,000")


async def test_the_states_follow_what_is_told(pilot):
    async with MadeUpApp(minutes=2.0).run_test(size=(120, 30)) as fresh:
        await sees(fresh, "… READING", "0 characters", where=status)
        await tell(fresh, started())
        await sees(fresh, "… CHECKING", "checking", "4.318", where=status)
        await begin(fresh)
        await picture(fresh, live(250, elapsed_seconds=90.0))
        await sees(fresh, "▶ TRAINING", "250 of 1,000", "1:30 of 2:00", "75 %", where=status)
        fresh.app.control.pause()
        await tell(fresh, Paused(500))
        await sees(fresh, "‖ PAUSED", where=status)
        await tell(fresh, done(500, "stopped"))
        await sees(fresh, "… SAVING", where=status)
    await tell(pilot, checked("complex", "fail"))
    await sees(pilot, "✖ b 1e-09", where=status)
    await tell(pilot, NotFinite("diverged at update 501: the loss is nan on characters 0 to 25 ('x')"))
    await tell(pilot, done(reason="diverged"))
    await sees(pilot, "✖ DIVERGED", "after step 500: the loss is nan", where=status)
