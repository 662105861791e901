"""The figures and sentences that people read are true, and fit the place they are given."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small import small_config
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import Done, GradientChecked, GradientRow, HeldOut
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.engine.hopeless import why_hopeless
from tui_rnn.wording import (
    counted,
    duration_text,
    epoch_text,
    figure,
    goal_text,
    gradient_table,
    gradient_title,
    held_out_text,
    loss_text,
    nats_and_bits,
    network_text,
    percent_text,
    rate_text,
    recipe_text,
    summary,
    text_size,
    unit_number,
)

NARROWEST = 26  # cells, that the gradient table needs for parameter, elements checked, error and verdict


@given(st.floats(1e-3, 6e3), st.integers(1, 1000))
def test_a_loss_is_told_a_character_in_nats_and_bits(loss, seq_length):
    nats, bits = nats_and_bits(loss, seq_length)
    assert nats * seq_length == pytest.approx(loss)
    assert bits * math.log(2) == pytest.approx(nats)
    if nats >= 0.0005 and loss >= 0.005:
        told = f"{nats:.3f} nats/char, {bits:.3f} bits/char (sum of {seq_length:,}: {loss:.2f})"
        assert loss_text(loss, seq_length) == told


@given(st.floats(1e6, 1.7e308), st.integers(1, 1000))
def test_the_loss_of_a_network_that_diverges_is_told_in_short(loss, seq_length):
    text = loss_text(loss, seq_length)
    assert len(text) < 70
    assert float(text.split()[0].replace(",", "")) == pytest.approx(loss / seq_length, rel=0.01)


@pytest.mark.parametrize(
    ("loss", "text"),
    [(None, "no loss yet"), (math.nan, "no finite loss"), (math.inf, "no finite loss"), (-math.inf, "no finite loss")],
)
def test_without_a_finite_loss_it_is_said_that_there_is_none(loss, text):
    assert loss_text(loss, 25) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1.26e34, 2, "1.26e+34"),
        (1.7e308, 3, "1.70e+308"),
        (999_999.0, 2, "999,999"),
        (60_610.255, 3, "60,610"),
        (9_999.994, 2, "9999.99"),
        (1e6, 2, "1.00e+06"),
        (52.5, 2, "52.50"),
        (0.0005, 3, "0.001"),
        (0.00049, 3, "4.90e-04"),
        (5e-324, 3, "4.94e-324"),
        (0.0, 3, "0.000"),
        (-0.25, 2, "-0.25"),
        (-1e30, 2, "-1.00e+30"),
        (math.nan, 2, "nan"),
        (math.inf, 3, "inf"),
        (None, 3, "–"),
    ],
)
def test_a_figure_is_told_in_a_few_characters_and_not_as_0(value, decimals, text):
    assert figure(value, decimals) == text


@pytest.mark.parametrize(
    ("loss", "told"), [(250.0, "2.5 times"), (879_012.0, "8,790 times"), (1e30, "1e+28 times"), (1e8, "1e+06 times")]
)
def test_how_far_off_course_a_run_is_can_be_read(loss, told):
    assert why_hopeless(12_000, loss, 100.0, 0.5) == (
        f"at step 12,000 the smooth loss is {told} that of guessing every character alike: lower --eta (now 0.5)"
    )


@pytest.mark.parametrize(("number", "text"), [(0, "0 epochs"), (1, "1 epoch"), (2, "2 epochs"), (1000, "1,000 epochs")])
def test_what_is_counted_stands_in_the_singular_for_one_alone(number, text):
    assert counted(number, "epoch") == text


@pytest.mark.parametrize(
    ("rate", "text"), [(4012.3, "4,012"), (10, "10"), (9.96, "10"), (9.6, "9.6"), (0.25, "0.25"), (0.0123, "0.012")]
)
def test_a_slow_rate_is_not_told_as_0(rate, text):
    assert rate_text(rate) == text


@pytest.mark.parametrize(("part", "text"), [(0.0, "0 %"), (0.29, "29 %"), (0.999, "99 %"), (1.0, "100 %")])
def test_a_way_is_not_told_as_whole_before_its_end(part, text):
    assert percent_text(part) == text


@pytest.mark.parametrize(
    ("epoch", "text"), [(0.0, "0.00"), (0.999, "0.99"), (1.0, "1.00"), (0.29, "0.29"), (3.0, "3.00")]
)
def test_an_epoch_is_not_told_as_read_before_its_end(epoch, text):
    assert epoch_text(epoch) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (-3, "0 s"),
        (42.4, "42 s"),
        (59.6, "1:00"),
        (60, "1:00"),
        (187, "3:07"),
        (3599.7, "1:00:00"),
        (3787, "1:03:07"),
        (360_000, "100:00:00"),
    ],
)
def test_a_duration_is_told_in_its_largest_units(seconds, text):
    assert duration_text(seconds) == text


def checked(verdict="pass", rows=None):
    rows = rows or [("b", (100,)), ("c", (75,)), ("U", (75, 100)), ("W", (100, 100)), ("V", (100, 75))]
    return GradientChecked(
        "central",
        1e-4,
        100,
        25,
        verdict == "pass",
        tuple(
            GradientRow(name, shape, 128, 1.5e-9, 2.5e-7, tuple(n - 1 for n in shape), 3.5e-11, verdict)
            for name, shape in rows
        ),
    )


@pytest.mark.parametrize("width", range(NARROWEST, 140))
def test_the_gradient_table_fits_the_width_with_error_and_verdict(width):
    table = gradient_table(checked(), width)
    assert max(map(len, table)) <= width
    for line, name in zip(table[1:], "bcUWV", strict=True):
        assert line.startswith(name)
        assert "1.50e-09" in line
        assert line.endswith("PASS")


@pytest.mark.parametrize("width", range(NARROWEST))
def test_narrower_than_any_table_the_narrowest_is_given(width):
    assert gradient_table(checked(), width) == gradient_table(checked(), NARROWEST)


def test_a_wider_table_never_tells_less():
    counts = [len(" ".join(gradient_table(checked(), width)).split()) for width in range(NARROWEST, 140)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
    assert gradient_table(checked(), 140) == gradient_table(checked())


def test_the_columns_of_the_table_stand_below_one_another():
    names, *rows = gradient_table(checked())
    for heading, cell in (
        ("shape", "100"),
        ("checked", "128"),
        ("relative error", "1.50e-09"),
        ("absolute", "3.5e-11"),
    ):
        assert rows[0].index(cell, 1) == names.index(heading)
    assert "2.5e-07 [99, 74]" in rows[4]
    assert "75×100" in rows[2]


def test_a_failed_check_says_so_in_title_and_table():
    assert gradient_title(checked()) == "central differences, delta 1e-04, m = 100, T = 25: PASS"
    assert gradient_title(checked("fail")).endswith(": FAIL")
    assert all(line.endswith("FAIL") for line in gradient_table(checked("fail"))[1:])


def done(**changes):
    facts = {"smooth_loss": 50.0, "best_smooth_loss": 45.0, "best_step": 900, "elapsed_seconds": 61.0}
    return Done(**{"step": 1000, "reason": "steps", "state_sha256": "ab" * 32, **facts, **changes})


def told(run="runs/a", goal=1000, own=None, **changes):
    goal = goal if isinstance(goal, Goal) else Goal(goal)
    own = own or goal
    config = small_config(seq_length=25, steps=own.steps, minutes=own.minutes)
    return "\n".join(summary(done(**changes), config, goal, run))


def test_the_summary_tells_the_best_loss_steps_time_and_where_the_run_is():
    text = told()
    for words in (
        "1,000 of 1,000 steps",
        "1:01",
        "2.000 nats/char",
        "1.800 nats/char",
        "step 900",
        "runs/a",
        "ab" * 32,
    ):
        assert words in text


@pytest.mark.parametrize(
    ("reason", "word"), [("steps", "Finished"), ("stopped", "Stopped"), ("signal", "signal"), ("diverged", "Diverged")]
)
def test_the_summary_says_why_the_run_ended(reason, word):
    assert word in told(reason=reason).splitlines()[0]


def test_the_summary_says_how_to_go_on_and_how_to_sample():
    assert "tui-rnn resume runs/a\n" in told(step=500, reason="stopped")
    assert "tui-rnn resume runs/a --steps 2000\n" in told()
    assert "tui-rnn resume runs/a --steps 4000\n" in told(goal=3000, own=Goal(1000), step=3000)  # as space goes on
    assert "tui-rnn sample runs/a\n" in told()


@pytest.mark.parametrize(
    ("goal", "changes", "first", "then"),
    [
        (Goal(UNLIMITED, 0.5), {"elapsed_seconds": 30.2}, "Finished after 30 s and 1,000 steps", " --minutes 1"),
        (
            Goal(5000, 0.5),
            {"elapsed_seconds": 30.2},
            "Finished after 30 s and 1,000 of 5,000 steps",
            " --steps 5000 --minutes 1",
        ),
        (Goal(1000, 2.0), {}, "Finished after 1:01 of 2:00 and 1,000 of 1,000 steps", " --steps 2000 --minutes 2"),
        (Goal(UNLIMITED, 2.0), {"reason": "stopped"}, "Stopped after 1:01 of 2:00 and 1,000 steps", ""),
        (
            Goal(UNLIMITED, 0.001),
            {"reason": "stopped", "elapsed_seconds": 0.01},
            "Stopped after 0 s of 0.06 s and ",
            "",
        ),
    ],
)
def test_the_summary_of_a_run_with_a_budget_tells_time_before_steps(goal, changes, first, then):
    lines = told(goal=goal, **changes).splitlines()
    assert lines[0].startswith(first)
    assert f"go on with    tui-rnn resume runs/a{then}" in lines


@pytest.mark.parametrize(
    ("goal", "text"),
    [
        (Goal(100_000), "100,000 steps"),
        (Goal(UNLIMITED, 0.5), "30 s of training"),
        (Goal(UNLIMITED, 90), "1:30:00 of training"),
        (Goal(1000, 0.125), "1,000 steps or 7.5 s of training"),
        (Goal(1), "1 step"),
    ],
)
def test_a_goal_is_told_in_steps_and_time(goal, text):
    assert goal_text(goal) == text


def test_the_summary_tells_of_what_is_held_out_where_there_is_something():
    judged = {"held_out_nats_per_char": 1.5, "best_held_out_nats_per_char": 1.4, "best_held_out_step": 800}
    lines = told(**judged).splitlines()
    assert "held out      1.500 nats/char, 2.164 bits/char" in lines
    assert "best held out 1.400 nats/char, 2.020 bits/char at step 800" in lines
    assert "by held out   tui-rnn sample runs/a --held-out" in lines
    assert [line for line in lines if "held" not in line] == told().splitlines()


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ((1.5, 2.164, 1.4, 9000), "1.500 nats/char; best 1.400 at step 9,000"),
        ((None, None, 1.4, 9000), "no finite loss; best 1.400 at step 9,000"),
        ((None, None, None, None), "no finite loss"),
        ((2e9, 2.9e9, 1.4, 1), "2.00e+09 nats/char; best 1.400 at step 1"),
    ],
)
def test_a_held_out_loss_is_told_in_a_line(values, line):
    assert held_out_text(HeldOut(10_000, *values)) == line


def test_the_size_of_a_text_tells_what_is_held_out():
    corpus = {"characters": 882_242, "vocab_size": 75}
    assert text_size(corpus, 0.0) == "882,242 characters, K = 75"
    assert text_size(corpus, 0.1) == "882,242 characters, K = 75, 88,224 held out"


def test_one_of_a_thing_is_told_in_the_singular():
    assert text_size({"characters": 1, "vocab_size": 1}, 0.0) == "1 character, K = 1"
    assert told(goal=1, step=1).startswith("Finished after 1 of 1 step in")
    assert "and 1 step\n" in told(goal=Goal(UNLIMITED, 2.0), step=1, reason="stopped")


def test_commands_in_the_summary_can_be_pasted_into_a_shell():
    import shlex

    line = next(line for line in told(run="my runs/it's").splitlines() if "tui-rnn resume" in line)
    assert shlex.split(line.partition("tui-rnn")[2])[:2] == ["resume", "my runs/it's"]


def test_a_path_that_would_steer_the_terminal_is_shown_as_pictures():
    assert told(run="a\x1b[2J\nb").replace("\n", "").isprintable()


def test_a_run_that_was_stopped_before_its_first_update_has_a_summary():
    text = told(step=0, smooth_loss=None, best_smooth_loss=None, best_step=0, reason="stopped")
    assert "no loss yet" in text
    assert "0 of 1,000 steps" in text


@pytest.mark.parametrize(
    ("recipe", "text"),
    [
        ("adagrad", "adagrad, eta = 0.1, seed 0"),
        ("adam", "adam, eta = 0.001, seed 0"),
        ("fast", "fast: nadam, eta = 0.014, seed 0"),
    ],
)
def test_a_recipe_is_named_once(recipe, text):
    assert recipe_text(RunConfig.from_recipe(recipe, "book.txt")) == text


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, "RNN"),
        ({"cell": "lstm", "layers": 2}, "LSTM, 2 layers"),
        ({"cell": "gru", "layers": 3, "dropout": 0.25}, "GRU, 3 layers, dropout 0.25"),
    ],
)
def test_a_network_is_named_by_its_cells_and_layers(settings, text):
    assert network_text(RunConfig.from_recipe("fast", "book.txt", **settings)) == text


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, "fast: nadam, eta = 0.014, seed 0"),
        ({"order": "sequential"}, "fast: nadam, eta = 0.014, in sequence, seed 0"),
        ({"order": "random"}, "fast: nadam, eta = 0.014, windows at random, seed 0"),
        ({"chunks": 40}, "fast: nadam, eta = 0.014, 40 shuffled chunks, seed 0"),
        ({"chunks": 1}, "fast: nadam, eta = 0.014, 1 shuffled chunk, seed 0"),
        ({"recipe": "adam"}, "adam, eta = 0.001, seed 0"),
        ({"recipe": "adam", "chunks": 40}, "adam, eta = 0.001, seed 0"),
        ({"recipe": "adam", "order": "chunks"}, "adam, eta = 0.001, shuffled chunks, seed 0"),
    ],
)
def test_an_order_that_is_not_the_recipes_is_said(settings, text):
    assert recipe_text(RunConfig.from_recipe(**{"recipe": "fast", "corpus": "book.txt", **settings})) == text


def test_a_unit_has_its_layers_number_before_it_where_there_are_several():
    assert [unit_number(unit, 100, layers) for unit, layers in ((14, 1), (14, 2), (114, 2), (100, 3))] == [
        "14", "1·14", "2·14", "2·0",
    ]  # fmt: skip
