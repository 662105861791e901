"""A misspelt name is answered with the one that was meant, or with those that there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_rnn.engine.errors import meant, nearest, not_known
from tui_rnn.sweeps.values import NAMES

LONG = [name for name in NAMES if len(name) > 4]


@given(st.sampled_from(LONG), st.data())
def test_of_the_options_the_one_with_a_slip_in_it_is_meant(name, data):
    at = data.draw(st.integers(0, len(name) - 1))
    slips = (
        name[:at] + name[at + 1 :],
        name[:at] + 2 * name[at] + name[at + 1 :],
        name.upper(),
        name.replace("_", "-"),
    )
    for slip in slips:
        assert nearest(slip, NAMES) == name
        assert meant(slip, NAMES) == f"did you mean {name}?"


@pytest.mark.parametrize(
    ("typed", "name"), [("etaa", "eta"), ("eat", "eta"), ("hidden", "hidden_size"), ("chunk", "chunks")]
)
def test_a_name_that_is_begun_or_short_is_found(typed, name):
    assert nearest(typed, NAMES) == name


@pytest.mark.parametrize("typed", ["lr", "", "x" * 10_000, "learning_rate", "he"])
def test_where_none_is_near_all_are_named(typed):
    assert nearest(typed, NAMES) is None
    assert meant(typed, NAMES) == f"choose {', '.join(NAMES[:-1])} or {NAMES[-1]}"


@pytest.mark.parametrize("names", [["float"], ["float", "b"], ["float", *"bcdef"]])
def test_of_few_choices_all_are_named_though_one_is_near(names):
    message = str(not_known("--kind", "floot", names))
    assert message.startswith("--kind 'floot' is not known: choose ")
    assert message.split("choose ")[1].replace(" or ", ", ").split(", ") == names


def test_of_many_choices_the_near_one_is_named():
    assert str(not_known("--theme", "gruvbx", [*"abcdef", "gruvbox"])) == (
        "--theme 'gruvbx' is not known: did you mean gruvbox?"
    )
