"""The values of --set: lists and ranges come out as they are typed, and what cannot be meant is refused in one line."""

import pytest

from tui_rnn.engine.errors import ConfigError
from tui_rnn.sweeps.values import varied


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("eta=0.05,0.1", {"eta": [0.05, 0.1]}),
        ("hidden-size=50, 100", {"hidden_size": [50, 100]}),
        ("--hidden_size=1e2", {"hidden_size": [100]}),
        ("eta=lin(0.01,0.1,4)", {"eta": [0.01, 0.04, 0.07, 0.1]}),
        ("eta=log(1e-4,1e-1,7)", {"eta": [1e-4, 3.162e-4, 1e-3, 3.162e-3, 1e-2, 3.162e-2, 1e-1]}),
        ("eta=log(0.1,0.001,3),0.5", {"eta": [0.1, 0.01, 0.001, 0.5]}),
        ("batch_size=log(1,64,7)", {"batch_size": [1, 2, 4, 8, 16, 32, 64]}),
        ("batch_size=lin(1,3,5)", {"batch_size": [1, 2, 3]}),  # whole numbers, each once
        ("clip=none,5", {"clip": [None, 5.0]}),
        ("cell=rnn,gru", {"cell": ["rnn", "gru"]}),
        ("recipe=adam,fast", {"recipe": ["adam", "fast"]}),
    ],
)
def test_values_are_read(typed, values):
    assert varied([typed]) == values


def test_options_come_in_the_order_in_which_they_are_named():
    assert list(varied(["seq_length=5", "eta=1", "cell=rnn"])) == ["seq_length", "eta", "cell"]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("eta", "eta"), ("eta=", "eta"), ("eta=a", "'a'"), ("eta=nan", "'nan'"), ("eta=1,,2", "eta"), ("eta=1,1", "1"),
        ("hidden_size=1.5", "1.5"), ("hidden_size=none", "'none'"), ("seed=1,2", "--seeds"), ("sig=1", "sig"),
        ("etta=1", "etta"), ("eta=lin(1,2)", "lin(1,2)"), ("eta=log(0,1,3)", "log(0,1,3)"), ("cell=", "cell"),
        ("eta=lin(1,2,1)", "lin(1,2,1)"), ("eta=lin(1,2,2.5)", "lin(1,2,2.5)"), ("cell=lin(1,2,3)", "lin(1,2,3)"),
        ("eta=lin(1,2,1e9)", "lin"), ("corpus=a,b", "corpus"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(typed, word):
    with pytest.raises(ConfigError) as refused:
        varied([typed])
    assert word in str(refused.value)
    assert ": " in str(refused.value)  # the remedy


def test_an_option_that_is_misspelt_is_answered_with_the_one_that_is_meant():
    with pytest.raises(ConfigError, match=r"^--set etaa=1 varies what cannot be varied: did you mean eta\?$"):
        varied(["etaa=1"])


def test_an_option_is_varied_once():
    with pytest.raises(ConfigError, match="second time"):
        varied(["eta=1", "eta=2"])
