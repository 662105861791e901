"""The figures and sentences that people read are true, and fit the place they are given."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import HeldOut
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.engine.hopeless import why_hopeless
from tui_rnn.wording import (
    counted,
    duration_text,
    epoch_text,
    figure,
    goal_text,
    held_out_text,
    loss_text,
    nats_and_bits,
    network_text,
    percent_text,
    rate_text,
    recipe_text,
    text_size,
    unit_number,
)


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
        ({"recipe": "adam", "order": "chunks"}, "adam, eta = 0.001, shuffled chunks, seed 0"),
    ],
)
def test_an_order_that_is_not_the_recipes_is_said(settings, text):
    assert recipe_text(RunConfig.from_recipe(**{"recipe": "fast", "corpus": "book.txt", **settings})) == text


def test_a_unit_has_its_layers_number_before_it_where_there_are_several():
    assert [unit_number(unit, 100, layers) for unit, layers in ((14, 1), (14, 2), (114, 2), (100, 3))] == [
        "14", "1·14", "2·14", "2·0",
    ]  # fmt: skip
