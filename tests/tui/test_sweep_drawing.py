"""The table of a sweep, painted: what stands there is what the rows say, in every order and at every width."""

import statistics
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from rich.cells import cell_len

from tests.tui.sweep_support import LOSSES, REASON, a_plan, a_sweep, a_table
from tui_rnn.runs.course import Course
from tui_rnn.sweeps.answer import Judge
from tui_rnn.sweeps.spec import JobResult, Status
from tui_rnn.tui.drawing.sweep_bands import seeds_band
from tui_rnn.tui.drawing.sweep_columns import group_columns, run_columns
from tui_rnn.tui.drawing.sweep_groups import paint_groups, scale_of
from tui_rnn.tui.drawing.sweep_list import paint_runs
from tui_rnn.tui.drawing.sweep_order import Order, ordered, ordered_groups
from tui_rnn.tui.drawing.sweep_row import table_of
from tui_rnn.tui.drawing.sweep_settings import figures_of, standing
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.header.sweep import DONE, STARTING, STOPPED, TRAINING, progress_line, status_of, sweep_tiles
from tui_rnn.tui.palette import INK, Palette

PALETTE = Palette.of(INK, {})
TABLE = a_table()
KNOWN = [loss for losses in LOSSES.values() for loss in losses]
FINISHED = {k: loss for k, loss in enumerate(KNOWN, 1) if loss is not None and k not in (3, 6)}  # by their numbers


def runs(width, table=TABLE, order=Order(), height=20, chosen=0, marker="braille"):  # noqa: B008 - it is frozen
    grid = Grid(width, height, PALETTE.text)
    rows = ordered(table, order)
    first = paint_runs(grid, PALETTE, table, rows, order, chosen, {rows[1].name: "#ffffff"}, height, marker=marker)
    return grid, [text.rstrip() for text in grid.text()], first


def test_a_row_tells_what_is_varied_how_it_stands_and_what_it_reached():
    _, text, _ = runs(118)
    assert text[0].split() == ["#↑", "eta", "m", "seed", "state", "loss", "best", "held", "out", "left", "course"]
    assert text[1].split()[:10] == ["▌", "1", "0.05", "50", "0", "✓", "finished", "1.995", "1.890", "1.900"]
    assert text[2].startswith("━")
    assert text[3].split()[:7] == ["3", "0.05", "50", "2", "!", "given", "up"]
    assert text[3].endswith(REASON)
    assert text[6].split() == ["6", "0.05", "100", "2", "·", "waiting", "–", "–", "–"]
    assert f" {min(FINISHED.values()):.3f}▴ " in text[11]
    training = text[12].split()
    assert training[4:8] == ["▶", "training", "46", "%"]
    assert training[8] == "1.800*"  # recent: at so few updates the smooth loss lags
    assert training[10:12] == ["–", "54"]
    assert sum("▴" in row for row in text) == 1
    assert "▴" in text[min(FINISHED, key=lambda k: FINISHED[k])]


@pytest.mark.parametrize("table", [TABLE, a_table(a_plan(steps=3_000)), a_table(a_plan(holdout=0.0))])
@pytest.mark.parametrize("width", range(24, 220, 7))
def test_at_every_width_columns_are_whole_and_apart(width, table):
    for columns in (run_columns(width, table), group_columns(width, table)):
        for left, right in pairwise(columns):
            assert left.x + left.width + 1 < right.x
        for each in columns:
            assert cell_len(each.heading) <= each.width
        if width >= 40:
            assert columns[-1].x + columns[-1].width <= width
    judged = {Judge.HELD_OUT: "held out", Judge.RECENT: "loss", Judge.SMOOTH: "best"}[table.judge]
    assert {"state", judged} <= {each.name for each in run_columns(width, table)}


def test_where_smooth_losses_lag_all_runs_show_the_recent_one():
    table = a_table(a_plan(steps=3_000, holdout=0.0))
    assert table.judge == Judge.RECENT
    assert table.by_recent
    assert "best" not in [each.name for each in run_columns(150, table)]
    assert {table.loss(row) for row in table.rows} == {row.recent for row in table.rows}
    assert not TABLE.by_recent
    assert [TABLE.loss(row) for row in TABLE.rows[:2]] == [row.smooth for row in TABLE.rows[:2]]


@pytest.mark.parametrize(
    ("column", "by"),
    [
        ("#", lambda row: row.number),
        ("seed", lambda row: row.job.spec.config["seed"]),
        ("eta", lambda row: row.job.spec.config["eta"]),
        ("hidden_size", lambda row: row.job.spec.config["hidden_size"]),
        ("held out", lambda row: row.job.line and row.job.line.best_held_out_nats_per_char),
        ("best", lambda row: row.job.line and row.job.line.nats_per_char),
        ("loss", lambda row: row.job.line and row.job.followed.log.course[-1][1] / 25),
        ("left", lambda row: 54 if row.number == 12 else None),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_rows_stand_in_the_order_of_a_column_and_those_without_a_value_last(column, by, turned):
    found = ordered(TABLE, Order(column, turned))
    assert sorted(row.number for row in found) == list(range(1, 13))
    values = [by(row) for row in found if not (column == "loss" and row.number == 12)]  # which shows another loss
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=turned)
    assert all(value is None for value in values[len(known) :])
    for one, two in pairwise(found):  # equal ones as in the plan
        assert by(one) != by(two) or by(one) is None or one.number < two.number


def test_states_stand_in_the_order_of_what_one_looks_for():
    assert [row.job.status for row in ordered(TABLE, Order("state"))][:2] == [Status.TRAINING, Status.WAITING]
    assert ordered(TABLE, Order("state"))[-1].job.status == Status.FAILED


def test_options_of_words_and_of_none_can_be_sorted():
    plan = a_plan()
    rows = [
        replace(row, spec=replace(row.spec, setting={"eta": 0.1, "hidden_size": value}))
        for row, value in zip(a_sweep(plan), [None, "b", 3, "a", 20, None, 1, 2.5, "c", None, 7, 8], strict=True)
    ]
    found = [row.job.spec.setting["hidden_size"] for row in ordered(table_of(plan, rows), Order("hidden_size"))]
    assert found == [1, 2.5, 3, 7, 8, 20, "a", "b", "c", None, None, None]


@pytest.mark.parametrize("width", range(12, 60, 5))
def test_what_is_said_of_a_run_is_whole(width):
    plan = a_plan()
    row = replace(TABLE.rows[11], job=replace(TABLE.rows[11].job, attempts=3))
    whole = "▶ training 46 %, 4,600 updates in 46 s, 54 s left, begun 3 times"
    assert row.facts(200) == whole
    assert whole.startswith(row.facts(width))
    assert len(row.facts(width)) <= max(width, len("▶ training 46 %"))
    assert TABLE.label(row, width) in ("eta 0.1, m 100, seed 2", "run 12")
    assert TABLE.setting_label(TABLE.answer.groups[3], width) in ("eta 0.1, m 100", "setting 4")
    assert TABLE.rows[2].facts(80) == "! given up, 10,000 updates in 1:40, begun 3 times"
    assert TABLE.rows[2].reason == REASON
    cut = replace(row.job, status=Status.CUT, result=JobResult("", "cut", reason="2 of 4 were better\x1b[2J"))
    assert replace(row, job=cut).state[:2] == ("▾", "cut 46 %")
    assert replace(row, job=cut).reason == "2 of 4 were better␛[2J"
    assert table_of(plan, a_sweep(plan)).setting_label(TABLE.answer.groups[0], 80) == "eta 0.05, m 50"


def settings(width, order=Order(), table=TABLE, height=12):  # noqa: B008 - it is frozen
    grid = Grid(width, height, PALETTE.text)
    groups = ordered_groups(table, order)
    paint_groups(grid, PALETTE, table, groups, order, 0, {}, height, names=[str(k) for k in range(len(groups))])
    return grid, [text.rstrip() for text in grid.text()], groups


def test_a_setting_has_its_median_its_quartiles_and_a_dot_for_each_seed():
    _, text, groups = settings(118)
    assert text[0].split() == ["eta", "m", "runs", "median", "quartiles", "seeds"]
    ranked = sorted(
        {key: [loss for k, loss in FINISHED.items() if loss in losses] for key, losses in LOSSES.items()}.items(),
        key=lambda each: statistics.median(each[1]),
    )
    assert [(group.setting["eta"], group.setting["hidden_size"]) for group in groups] == [key for key, _ in ranked]
    (strip,) = (each for each in group_columns(118, TABLE) if each.name == "seeds")
    scale = scale_of(TABLE.answer.groups, strip.width - 1)
    for row, (key, losses) in zip(text[1:5], ranked, strict=True):
        low, middle, high = np.quantile(losses, (0.25, 0.5, 0.75))
        assert (f"{low:.3f} – {high:.3f}" in row) == (len(losses) > 2), "two have no quartiles"
        assert f"{middle:.3f}" in row
        dots = [k for k, sign in enumerate(row) if sign == "●" and k >= strip.x]
        assert dots == sorted(strip.x + scale.column(loss) for loss in losses), key
        line = range(strip.x + scale.column(low), strip.x + scale.column(high) + 1)  # from quartile to quartile
        if len(losses) > 2:
            assert all(row[k] in "━●" for k in line), key
        assert row.count("━") == (len(line) - len(set(line) & set(dots)) if len(losses) > 2 else 0)
    assert text[1].split()[3:5] == ["✓✓▶", "1.635▴"]
    assert text[5].split()  # the axis
    for words in text[5].split():
        x = strip.x + scale.column(float(words))
        assert abs(text[5].index(words) + len(words) // 2 - x) <= 1


def test_a_loss_far_beyond_the_others_stands_at_the_edge():
    plan = a_plan()
    rows = a_sweep(plan)
    rows[0] = replace(rows[0], line=replace(rows[0].line, best_held_out_nats_per_char=3.5))
    table = table_of(plan, rows)
    scale = scale_of(table.answer.groups, 50)
    assert scale.high < 3.5
    assert scale.column(3.5) == 50
    assert any("▸" in row for row in settings(118, table=table)[1])


def test_seeds_in_one_column_stand_there_as_their_number():
    (group,) = (each for each in TABLE.answer.groups if each.setting == {"eta": 0.1, "hidden_size": 50})
    for count, sign in ((1, "●"), (2, "②"), (9, "⑨"), (10, "+"), (30, "+")):
        rows = [
            replace(group.rows[0], spec=replace(group.rows[0].spec, config={**group.rows[0].spec.config, "seed": seed}))
            for seed in range(count)
        ]
        many = replace(group, rows=tuple(rows))
        table = replace(TABLE, answer=replace(TABLE.answer, groups=(many,)))
        (strip,) = (each for each in group_columns(118, table) if each.name == "seeds")
        text = settings(118, table=table)[1][1]
        assert [each for each in text[strip.x :] if each not in " ·━"] == [sign]


def test_of_one_setting_every_seed_stands_on_the_scale():
    (group,) = (each for each in TABLE.answer.groups if each.setting == {"eta": 0.1, "hidden_size": 50})
    far = replace(group, rows=(*group.rows[:2], replace(group.rows[2], line=TABLE.rows[1].job.line)))
    scale = scale_of([far], 40)
    assert [scale.column(loss) < 40 for loss in far.losses.values()] == [True] * 3


def test_a_setting_of_which_most_runs_diverged_is_said_to():
    plan = a_plan()
    rows = [replace(row, status=Status.DIVERGED) if row.spec.setting["eta"] == 0.1 else row for row in a_sweep(plan)]
    table = table_of(plan, rows)
    text = settings(118, table=table)[1]
    assert [row.split()[:2] for row in text[1:5] if "diverged" in row] == [["0.1", "50"], ["0.1", "100"]]
    assert standing(table.answer.groups[-1]) == "3 diverged"
    assert dict(figures_of(table.answer.groups[-1]))["median"] == "diverged"


def test_figures_of_a_setting_are_those_of_its_seeds():
    for (eta, m), losses in LOSSES.items():
        (group,) = (each for each in TABLE.answer.groups if each.setting == {"eta": eta, "hidden_size": m})
        known = [loss for k, loss in FINISHED.items() if loss in losses]
        figures = dict(figures_of(group))
        assert figures["median"] == f"{statistics.median(known):.3f}"
        assert figures["best seed"] == f"{min(known):.3f}"
        assert figures["worst seed"] == f"{max(known):.3f}"
    assert standing(TABLE.answer.groups[-1]) == "1 training, 2 finished"
    assert standing(TABLE.answer.groups[0]) == "2 finished, 1 given up"


def test_the_band_is_the_quartiles_of_the_seeds_at_the_same_characters():
    rng = np.random.default_rng(0)
    steps = np.arange(10, 2_000, 10)
    seeds = [Course(str(k), tuple(steps), tuple(2 + 1 / np.sqrt(steps) + rng.normal(0, 0.1)), 25) for k in range(5)]
    course, band = seeds_band(seeds)
    read, lower, upper = np.array(band).T
    for k in (0, 50, 120, 199):
        at = [np.interp(np.log10(read[k]), np.log10(25 * steps), each.smooth) for each in seeds]
        low, middle, high = np.quantile(at, (0.25, 0.5, 0.75))
        assert (lower[k], course.smooth[k], upper[k]) == pytest.approx((low, middle, high))
        assert course.steps[k] * 25 == pytest.approx(read[k])
    assert seeds_band(seeds[:1]) is None
    apart = Course("apart", (5_000.0, 6_000.0), (2.0, 2.0), 25)
    assert seeds_band([seeds[0], apart]) is None  # they have no place in common


def test_what_has_not_changed_is_not_made_again():
    plan = a_plan()
    rows = a_sweep(plan)
    table = table_of(plan, rows)
    assert table_of(plan, list(rows), table) is table
    rows[0] = replace(rows[0], line=replace(rows[0].line, best_held_out_nats_per_char=1.5))
    other = table_of(plan, rows, table)
    assert other.best.number == 1
    assert [one is two for one, two in zip(other.rows, table.rows, strict=True)] == [False, *[True] * 11]


# The header


def line(width, in_use=True, table=TABLE, **more):
    status = status_of(table, in_use=in_use, stopping=False, goes_on_by="tui-rnn sweep sweeps/a", **more)
    return progress_line(status, width)


def test_the_header_says_how_far_the_whole_has_come():
    words = line(120).plain
    assert "▶ TRAINING" in words
    assert "9 of 12 runs   1 failed" in words  # done is finished
    part = (10 + 0.46) / 12  # given up has nothing left, too
    assert f"{int(100 * part)} %" in words
    assert "about 2:34 left" in words  # 54 s of the one that trains, and 100 s of the one that waits, as others took
    bar = [sign for sign in words if sign in "━╸"]
    full = sum(end - begin for begin, end, style in line(120).spans if "success" in str(style) and end - begin > 12)
    assert full == pytest.approx(part * len(bar), abs=1)


@pytest.mark.parametrize("in_use", [True, False])
@pytest.mark.parametrize("width", range(12, 220, 9))
def test_the_header_has_the_whole_width_and_cuts_nothing(width, in_use):
    idle = replace(TABLE, progress=replace(TABLE.progress, training=0, seconds_left=None))
    for table in (TABLE, idle):
        found = line(width, in_use, table)
        assert found.cell_length == width
        whole = line(240, in_use, table).plain
        assert all(word in whole for word in found.plain.split() if not set(word) & set("━╸"))


def test_a_state_for_each_way_a_sweep_stands():
    idle = replace(TABLE, progress=replace(TABLE.progress, training=0))
    over = replace(TABLE, progress=replace(TABLE.progress, ended=12, counts={Status.FINISHED: 11, Status.CANCELLED: 1}))

    def state(table, in_use=True):
        return status_of(table, in_use=in_use, stopping=False, goes_on_by="").state

    assert [state(TABLE), state(idle), state(idle, in_use=False), state(over)] == [TRAINING, STARTING, STOPPED, DONE]
    assert "tui-rnn sweep sweeps/a goes on" in line(120, in_use=False, table=idle).plain


def test_the_tiles_name_the_best_run_the_best_setting_and_how_many_stand_how():
    tiles = {tile.label: tile for tile in sweep_tiles(TABLE)}
    assert tiles["best held out"].value == f"{min(FINISHED.values()):.3f}"
    assert tiles["best held out"].note == "run 11, seed 1"
    assert tiles["best setting"].value == "eta 0.1, m 100"
    assert tiles["best setting"].note == "median 1.635 of 2 seeds"
    assert [tiles[word].value for word in ("training", "given up", "waiting", "finished")] == ["1", "1", "1", "9"]
    assert "diverged" not in tiles
