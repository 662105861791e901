"""Options as they are typed come out as a command line would take them, and what cannot be meant is refused."""

import pytest

from tui_rnn.engine.errors import ConfigError
from tui_rnn.typed_options import options_in


@pytest.mark.parametrize(
    "typed",
    ["seq_length 50 clip none", "--seq-length 50 --clip none", "seq-length=50,clip=none", " T 50,\tclip  none "],
)
def test_every_way_of_typing_is_read(typed):
    assert options_in(typed) == {"seq_length": 50, "clip": None}


def test_values_are_of_their_options_kinds():
    found = options_in("m 1e2 eta 1e-3 cell gru seed 7 minutes 2 encoding latin-1")
    assert found == {"hidden_size": 100, "eta": 0.001, "cell": "gru", "seed": 7, "minutes": 2.0, "encoding": "latin-1"}
    assert [type(value) for value in found.values()] == [int, float, str, int, float, str]
    assert options_in("chunks none clip_norm none") == {"chunks": None, "clip_norm": None}
    assert options_in("") == options_in(" , ") == {}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("etaa 1", "'etaa' is no option: did you mean eta?"),
        ("eta 1 etaa", "'etaa' is no option: did you mean eta?"),
        ("seq_length", "seq_length has no value: give one behind it"),
        ("eta 1 T 5 eta 2", "eta is named twice: leave one of them out"),
        ("T 5.5", "seq_length='5.5' is no whole number: give one"),
        ("eta none", "eta='none' is no number: give one"),
        ("eta inf", "eta='inf' is no number: give one"),
        ("corpus x", "'corpus' is no option: choose recipe, "),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_remedy(typed, words):
    with pytest.raises(ConfigError) as refused:
        options_in(typed)
    assert str(refused.value).startswith(words)
