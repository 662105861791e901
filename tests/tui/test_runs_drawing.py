"""The list of runs and their comparison, painted: what stands there is what the runs' files say."""

import math
from dataclasses import replace
from itertools import pairwise, permutations

import pytest

from tests.tui.support import live as live_picture
from tui_rnn.engine.config import SAMPLED_BY_TIME, RunConfig
from tui_rnn.engine.events import Adjusted
from tui_rnn.runs.course import Course
from tui_rnn.runs.listing import RunLine
from tui_rnn.tui.drawing.compared import Compared, labels
from tui_rnn.tui.drawing.run_row import RunRow
from tui_rnn.tui.drawing.runs_curves import paint_curves
from tui_rnn.tui.drawing.runs_list import columns, course_text, paint_list
from tui_rnn.tui.drawing.runs_table import count_text, differences, judged_by, paint_table, sentence
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import INK, Palette

PALETTE = Palette.of(INK, {})
NOW = 1_800_000_000.0
UNIFORM = math.log(75)


def a_row(folder="goblet-20261125-202520", recipe="adagrad", state="steps", step=60_000, best=45.9, **changes):
    settings, age = changes.pop("settings", {}), changes.pop("age", 46_800.0)
    config = RunConfig.from_recipe(recipe, "corpora/goblet.txt", **settings)
    T, path = config.seq_length, f"runs/{folder}"
    facts = (path, config.corpus, recipe, step, step, best, step, T, state, NOW - age)
    line = RunLine(*facts, nats_per_char=best / T, **changes)
    nats = line.nats_per_char
    course = ((1.0, UNIFORM), (step / 2, (UNIFORM + nats) / 2), (float(step), nats))
    return RunRow(line, line.name or folder, "goblet.txt", course, UNIFORM, config)


ROWS = [
    a_row("goblet-20261126-091412", "wide", "training", 4600, 26.74, age=2.0, best_held_out_nats_per_char=1.297),
    a_row(),
    a_row("goblet-20261124-170301", state="stopped", step=26_600, best=41.925, age=2 * 86_400.0),
    a_row("div", state="steps", best=2500.0, off_course=True),
    a_row("tang-20261123-101500", "adam", "interrupted", 1050, 168.55, age=3 * 86_400.0),
    a_row("wild", "adam", "diverged", 812, 71.0, age=700.0),
    a_row("ended", state="signal"),
]


def listed(width, rows=ROWS, chosen=1, height=20, marker="braille", marks=()):
    grid = Grid(width, height, PALETTE.text)
    first = paint_list(grid, PALETTE, rows, chosen, dict(marks), height, marker=marker, now=NOW)
    return grid, [text.rstrip() for text in grid.text()], first


def test_a_row_tells_recipe_state_step_best_held_out_and_age():
    _, text, _ = listed(114)
    assert text[0].split() == ["run", "recipe", "state", "step", "best", "held", "out", "course", "age"]
    assert text[1].split()[:4] == ["goblet-20261126-091412", "wide", "▶", "training"]
    assert text[1].split()[4:7] == ["4,600", "1.337", "1.297"]
    assert text[1].endswith("now")
    assert text[2].split()[:5] == ["▌", "goblet-20261125-202520", "adagrad", "✓", "done"]
    assert text[2].split()[5:7] == ["60,000", "1.836"]
    assert text[2].endswith("13 h")
    for row, words in zip(
        text[3:8], ("‖ stopped", "▲ off course", "╳ cut off", "✖ diverged", "‖ by signal"), strict=True
    ):
        assert words in row
    assert "100" not in text[4]  # a loss far off course is no best
    assert text[3].endswith("2 d")


def test_a_run_that_this_screen_trains_has_the_figures_of_its_header():
    picture = live_picture(4_630, best_smooth_loss=26.5, best_step=4_611, recent_loss=25.0, elapsed_seconds=62.0)
    seen = ROWS[0].as_on_screen(picture, is_paused=True)
    text = listed(114, [seen])[1][1].split()
    T = ROWS[0].config.seq_length
    assert text[:6] == ["goblet-20261126-091412", "wide", "‖", "paused", "4,630", f"{25 / T:.3f}*"]
    assert seen.line.nats_per_char == 26.5 / T
    assert (seen.line.best_step, seen.line.elapsed_seconds) == (4_611, 62.0)
    going_on = listed(114, [ROWS[0].as_on_screen(picture, is_paused=False)])[1][1]
    assert "▶ training" in going_on
    begun = ROWS[0].as_on_screen(live_picture(0), is_paused=True).line
    assert (begun.step, begun.best_smooth_loss) == (0, ROWS[0].line.best_smooth_loss)
    assert ROWS[1].as_on_screen(picture, is_paused=True) == ROWS[1]  # it has ended: nothing is ahead of its files


@pytest.mark.parametrize("width", range(24, 200, 7))
def test_at_every_width_columns_are_whole_and_apart(width):
    found = columns(width, ROWS)
    assert [column.name for column in found][:1] == ["run"]
    for left, right in pairwise(found):
        assert left.x + left.width < right.x
    if width >= 52:
        assert found[-1].x + found[-1].width <= width
        assert {"state", "best"} <= {column.name for column in found}


def test_of_many_runs_those_around_the_chosen_one_are_painted():
    many = [a_row(f"run-{n:03}") for n in range(100)]
    _, text, first = listed(114, many, chosen=60, height=11)
    assert first == 55
    assert [row.split()[0] for row in text[1:6]] == [f"run-{n:03}" for n in range(55, 60)]
    assert text[6].split()[:2] == ["▌", "run-060"]
    assert listed(114, many, chosen=99, height=11)[2] == 90
    assert listed(114, many, chosen=0, height=11)[2] == 0


def test_a_course_falls_from_seven_eighths_at_ln_k():
    falls = a_row()
    assert set(course_text(replace(falls, course=((1.0, UNIFORM), (100.0, UNIFORM))), 9)) == {"▇"}
    assert set(course_text(replace(falls, course=((1.0, 0.2 * UNIFORM), (100.0, 0.2 * UNIFORM))), 9)) == {"▁"}
    assert set(course_text(replace(falls, course=((1.0, 0.6 * UNIFORM), (100.0, 0.6 * UNIFORM))), 9)) == {"▄"}
    falling = course_text(falls, 20)
    assert len(falling) == 20
    assert list(falling) == sorted(falling, reverse=True)
    assert course_text(replace(falls, course=((1.0, math.nan),), uniform=None), 9) == ""
    assert course_text(falls, 9, "ascii").isascii()


def test_with_ascii_marks_differ_by_their_signs():
    _, text, _ = listed(114, marker="ascii", marks={ROWS[2].line.run: "#ffffff"})
    assert text[2][0] == ">"
    assert text[3][0] == "="


def test_what_differs_is_found_by_the_settings_themselves():
    one, other = a_row(), a_row("other", "adam", settings={"seed": 7, "hidden_size": 50, "sample_every": 5})
    found = dict(differences([one, other]))
    configs = [one.config.to_json(), other.config.to_json()]
    differing = {name for name in configs[0] if configs[0][name] != configs[1][name]} - {"steps", "minutes"}
    assert len(found) == len(differing - {"sample_every", "sample_length", "checkpoint_every"})
    assert found["m"] == ["100", "50"]
    assert found["eta"] == ["0.1", "0.001"]
    assert found["clip"] == ["5", "none"]
    assert len(dict(differences([one, other], whole=True))) == len(differing)
    assert differences([one]) == differences([one, one]) == []


def test_a_setting_that_was_adjusted_differs_from_the_value_it_came_to():
    changed = [
        Adjusted("eta", 0.05, 0.1, 1_000),
        Adjusted("eta", 0.01, 0.05, 1_000),
        Adjusted("eta", 0.02, 0.01, 9_000),
    ]
    steady = a_row("steady", settings={"eta": 0.01})
    steered = replace(steady, changes=tuple(changed[:2]))
    assert differences([steered, steady], whole=True) == [("eta", ["0.1 → 0.01 from 1,001", "0.01"])]
    assert differences([steered, steady]) == [("eta", ["0.1 → 0.01", "0.01"])]
    assert list(sentence([Compared(row, row.name, "") for row in (steered, steady)])) == [
        ("steady", ["eta 0.1 → 0.01 against 0.01"])
    ]
    again = replace(steady, changes=tuple(changed))
    assert dict(differences([again, steady], whole=True))["eta"][0] == "0.1 → 0.01 from 1,001 → 0.02 from 9,001"
    later = replace(steady, changes=(Adjusted("eta", 0.01, 0.1, 2_000),))
    assert differences([steered, later]), "the same values from another update on"
    back = (Adjusted("eta", 0.05, 0.01, 7), Adjusted("eta", 0.01, 0.05, 7))
    assert differences([replace(steady, changes=back), steady]) == []


def test_labels_tell_runs_of_one_recipe_apart():
    assert labels([ROWS[0], ROWS[1], ROWS[2]]) == ["wide", "202520", "170301"]
    assert labels([a_row("goblet-20261125-111111", name="quick"), ROWS[1]]) == ["quick", "adagrad"]


def test_of_twins_the_label_is_the_option_in_which_they_differ():
    twin = a_row("twin", settings={"seq_length": 50, "sample_every": 7})
    assert labels([ROWS[0], ROWS[1], twin]) == ["wide", "T 25", "T 50"]
    assert labels([twin, a_row("b"), a_row("c", settings={"seq_length": 5})]) == ["T 50", "T 25", "T 5"]
    none, long = a_row("none-x", settings={"clip": 0}), a_row("long", settings={"optimizer": "rmsprop"})
    assert labels([a_row("b"), none]) == ["clip 5", "clip none"]
    for others in (
        [twin, a_row("b"), a_row("c")],  # two with one value
        [a_row("b"), a_row("c", settings={"seq_length": 50, "seed": 1})],  # two options
        [a_row("b"), long],  # too long for a place beside the curve
        [a_row("b"), replace(twin, changes=(Adjusted("eta", 0.05, 0.1, 7),))],  # and adjusted besides
        [a_row("b"), replace(twin, config=None)],
    ):
        assert labels(others) == [row.line.run.rsplit("/", 1)[-1][-10:] for row in others]


def compared(*rows, courses=()):
    colours = (PALETTE.primary, PALETTE.secondary, PALETTE.accent)
    found = zip(rows, labels(rows), colours, strict=False)
    return [Compared(row, label, colour, dict(courses).get(row.name)) for row, label, colour in found]


def test_the_table_holds_what_each_has_reached_and_marks_the_lowest():
    grid = Grid(46, 20, PALETTE.text)
    paint_table(grid, PALETTE, 0, 0, compared(ROWS[1], ROWS[0]), whole=False)
    rows = {text.split("  ")[0]: text.split() for text in grid.text() if text.strip()}
    assert rows["best"][1:] == ["1.836", "1.337"]
    assert rows["updates"][1:] == ["60,000", "4,600"]
    read = 4600 * ROWS[0].config.seq_length * ROWS[0].config.batch_size
    assert rows["characters"][-2:] == count_text(read).split()
    y = next(y for y, text in enumerate(grid.text()) if text.startswith("best"))
    lowest = "".join(cell[0] for cell in grid.rows[y] if cell[1] == PALETTE.success)
    assert lowest == "1.337"


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("height", [5, 7, 9, 12, 16, 20, 30])
def test_where_rows_are_few_figures_fall_away_before_settings_and_a_line_is_whole_or_not_there(height, whole):
    one = replace(a_row("one", "fast", settings={"holdout": 0.1}), weights=33_875, text_sha256="a")
    other = replace(a_row("other", "adagrad", settings={"holdout": 0.1}), weights=200_275, text_sha256="a")
    differing = [name for name, _ in differences([one, other], whole=whole)]
    grid = Grid(46, height, PALETTE.text)
    assert paint_table(grid, PALETTE, 0, 0, compared(one, other), whole=whole) <= height
    lines = [text.rstrip() for text in grid.text() if text.strip()]
    assert lines[0].split() == ["differs", "in", "fast", "adagrad"]
    assert lines[-1] == "one text, judged on the same held-out part"
    names = [line.split("  ")[0] for line in lines[1:-1]]
    assert "best" in names
    shown = [name for name in names if name in differing]
    assert shown == differing[: len(shown)]
    left_out = len(differing) - len(shown)
    where = "in a larger terminal" if whole else "d"
    assert (f"and {left_out} more: {where}" in lines) == (left_out > 0)
    if left_out:
        assert not {"chars/s", "weights", "trained", "characters", "updates"} & set(names)
        assert len(lines) == height


def test_the_label_of_a_short_curve_whose_loss_lies_beyond_the_plot_is_there():
    low = Course("", tuple(range(1, 2001, 10)), tuple(2.0 - k / 1000 for k in range(200)), characters_per_step=25)
    high, higher = (Course("", (1.0, 20.0), (4.3, end), characters_per_step=25) for end in (4.0, 4.1))
    courses = {ROWS[1].name: high, ROWS[2].name: higher, ROWS[5].name: low}
    for rows in permutations((ROWS[1], ROWS[2], ROWS[5])):
        grid = Grid(90, 8, PALETTE.text)
        paint_curves(grid, PALETTE, (0, 0, 90, 8), compared(*rows, courses=courses))
        ends = [text[90 - 16 :].split()[0] for text in grid.text() if text[90 - 16 :].strip()[:1].isdigit()]
        assert ends == ["4.100", "4.000", f"{low.smooth[-1]:.3f}"]


def test_the_table_says_whether_a_comparison_is_fair():
    one = replace(ROWS[1], weights=33_875, text_sha256="a", line=replace(ROWS[1].line, elapsed_seconds=100.0))
    other = replace(one, weights=200_275, line=replace(one.line, elapsed_seconds=0.0))
    grid = Grid(46, 22, PALETTE.text)
    paint_table(grid, PALETTE, 0, 0, compared(one, other), whole=False)
    rows = {text.split("  ")[0]: text.split()[1:] for text in grid.text() if text.strip()}
    assert rows["weights"] == ["33,875", "200,275"]
    assert rows["chars/s"] == ["15", "k", "–"]  # 60,000 updates of 25 characters in 100 seconds
    assert "one text, judged on what they trained on" in "\n".join(grid.text())
    assert judged_by([one, replace(other, text_sha256="b")]) == "different texts: losses cannot be ranked"
    assert judged_by([one, replace(other, text_sha256=None)]) == judged_by([one]) == ""
    held_out = [replace(row, config=replace(row.config, holdout=0.1)) for row in (one, other)]
    assert judged_by(held_out) == "one text, judged on the same held-out part"
    assert judged_by([one, held_out[1]]) == "one text, unlike parts of it held out"


def test_a_curve_ends_in_the_row_and_column_of_its_last_loss():
    steps = tuple(float(step) for step in range(100, 60_001, 100))
    smooth = [1.8 + 2.5 * (100 / step) ** 0.3 for step in steps]
    course = Course("", steps, (*smooth[:-1], smooth[-1] - 0.002), characters_per_step=25)
    grid = Grid(90, 24, PALETTE.text)
    paint_curves(grid, PALETTE, (0, 0, 90, 24), compared(ROWS[1], courses={ROWS[1].name: course}))
    cells = [(x, y) for y, row in enumerate(grid.rows) for x, cell in enumerate(row)
             if "\u2800" < cell[0] <= "\u28ff" and cell[1] == PALETTE.primary]  # fmt: skip
    assert max(x for x, _ in cells) == 90 - 16 - 1  # the last character read is at the right edge
    lowest = max(y for _, y in cells)
    label = next(y for y, text in enumerate(grid.text()) if "adagrad" in text)
    assert abs(label - lowest) <= 1
    assert f"{course.smooth[-1]:.3f}" != f"{course.smooth[-2]:.3f}"
    assert f"{course.smooth[-1]:.3f} adagrad" in grid.text()[label]
    assert "1M" in grid.text()[-1]
    feet = [max(y for column, y in cells if column == x) for x in sorted({x for x, _ in cells})]
    assert feet == sorted(feet)  # it falls all the way


@pytest.mark.parametrize("size", [(1, 1), (20, 4), (34, 7), (90, 3)])
def test_no_size_is_too_small(size):
    course = Course("", (1.0, 2.0), (4.0, 3.0))
    grid = Grid(*size, PALETTE.text)
    paint_list(grid, PALETTE, ROWS, 3, {}, size[1], now=NOW)
    paint_curves(grid, PALETTE, (0, 0, *size), compared(ROWS[1], courses={ROWS[1].name: course}))
    paint_table(grid, PALETTE, 0, 0, compared(ROWS[1], ROWS[0]), whole=True)


def test_counts_of_characters_are_short():
    assert [count_text(n) for n in (850, 27_500, 1_500_000, 2.1e9)] == ["850", "27.5 k", "1.5 M", "2.1 G"]


def test_samples_by_time_are_said_to_be_so():
    rows = [a_row("a"), a_row("b", settings={"sample_every": SAMPLED_BY_TIME})]
    assert dict(differences(rows, whole=True))["sample every"] == ["10000", "by time"]


SHORT = a_row("short", "lstm", step=620, best=80.825, recent_nats_per_char=1.752)
LONG = a_row("long", step=60_000, best=44.65, recent_nats_per_char=1.909)


def test_a_run_whose_smooth_loss_lags_is_listed_with_its_recent_loss():
    _, text, _ = listed(114, [SHORT, LONG])
    assert [row.split("done")[1].split()[1] for row in text[1:3]] == ["1.752*", "1.786"]
    assert text[1].index("1.752*") == text[2].index("1.786")


def test_beside_a_run_that_lags_the_recent_losses_are_ranked():
    grid = Grid(60, 20, PALETTE.text)
    compared = [Compared(SHORT, "short", PALETTE.primary), Compared(LONG, "long", PALETTE.text)]
    paint_table(grid, PALETTE, 0, 0, compared, whole=False)
    rows = {line.split()[0]: line.split()[1:] for line in grid.text() if line.split()}
    assert rows["best"] == ["–", "1.786"]
    assert rows["recent"] == ["1.752", "1.909"]


def test_the_curves_beside_a_run_that_lags_are_the_recent_losses_of_both():
    short = Course("short", (1, 620), (4.3, 3.233), 10, recent=((1, 4.3), (620, 1.752)))
    long = Course("long", (1, 60_000), (4.3, 1.786), 10, recent=((1, 4.3), (60_000, 1.909)))
    grid = Grid(100, 20, PALETTE.text)
    compared = [Compared(row, course.name, PALETTE.text, course) for row, course in ((SHORT, short), (LONG, long))]
    paint_curves(grid, PALETTE, (0, 0, 100, 20), compared)
    words = "\n".join(grid.text())
    assert "mean of the last 50 updates" in words
    assert "1.752 short" in words
    assert "1.909 long" in words
    alone = Grid(100, 20, PALETTE.text)
    paint_curves(alone, PALETTE, (0, 0, 100, 20), compared[1:])
    assert "last 50" not in "\n".join(alone.text())
    assert "1.786 long" in "\n".join(alone.text())


def test_beside_the_recipe_stands_what_a_run_has_unlike_it_whole_or_not_at_all():
    twin = a_row("goblet-20261126-101010", settings={"eta": 0.05, "memory_start": 10.0, "seed": 7, "steps": 50})
    whole, seen = "adagrad, eta 0.05, memory 10", set()
    for width in range(60, 200):
        _, text, _ = listed(width, [*ROWS, twin])
        row = text[len(ROWS) + 1]
        if "adagrad" not in row:
            continue
        said = row[row.index("adagrad") :].partition("  ")[0]
        assert said in ("adagrad", "adagrad, eta 0.05", whole), width
        seen.add(said)
    assert seen == {"adagrad", "adagrad, eta 0.05", whole}
    assert whole in "\n".join(listed(140, [*ROWS, twin])[1])
    assert "adagrad  " in listed(140)[1][2]  # of a run that has nothing unlike it, the recipe alone
