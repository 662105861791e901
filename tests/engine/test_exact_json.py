"""Every text comes back from JSON as it was, and one without a joined pair is plain JSON."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui_rnn.engine import exact_json

# Surrogates in any order stand side by side far more often than all code points would have them.
texts = st.text(st.one_of(st.characters(), st.sampled_from("a\ud83d\ude00\udbff\udfff\U0001f600\uffff")))
values = st.recursive(
    st.one_of(texts, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=6,
)
records = st.dictionaries(st.sampled_from("xyz"), values, max_size=3)


@given(records, st.sampled_from([{}, {"indent": 2}, {"sort_keys": True}]))
@example({"x": {"a": ["\ud83d\ude00\ud83d\ud83d\ude00"]}}, {"indent": 2})
def test_every_record_comes_back_in_ascii(record, options):
    written = exact_json.dumps(record, **options)
    assert written.isascii()
    assert exact_json.loads(written) == record
    assert exact_json.loads(written.encode()) == record


@given(records)
def test_a_reader_of_json_finds_the_same_texts_but_for_joined_pairs(record):
    read = json.loads(exact_json.dumps(record))
    joined = json.loads(json.dumps(record))
    assert read.pop(exact_json.KEY, None) is None or joined != record
    assert read == joined


def test_what_a_reader_sees_of_a_pair():
    written = exact_json.dumps({"event": "sample", "text": "a\ud83d\ude00b\U0001f600\ude00\ud83d"})
    assert json.loads(written) == {
        "event": "sample",
        "text": "a\U0001f600b\U0001f600\ude00\ud83d",
        "surrogate_pairs": [[["text"], [1]]],
    }


@pytest.mark.parametrize(
    "pairs",
    [
        *(None, 1, {}, [[]], [1], [[["text"]]], [[["text"], 1]], [[["text"], ["0"]]], [[["text"], [True]]]),
        *([[["text"], [5]]], [[["text"], [-1]]], [[["text"], [1]]], [[["text"], [0, 0]]], [[[], [0]]]),
        *([[["nothing"], [0]]], [[["text", 0], [0]]], [[["text"], [0]], [["text"], []]], [[[["text"]], [0]]]),
    ],
    ids=repr,
)
def test_pairs_that_are_not_there_are_refused(pairs):
    if pairs == {}:  # names no text
        assert exact_json.loads(json.dumps({"text": "\U0001f600a", "surrogate_pairs": pairs})) == {
            "text": "\U0001f600a"
        }
        return
    with pytest.raises(ValueError, match=r"surrogate_pairs|unpack"):
        exact_json.loads(json.dumps({"text": "\U0001f600a", "surrogate_pairs": pairs}))


def test_what_is_no_object_is_read_as_json():
    assert exact_json.loads("[1]") == [1]
    with pytest.raises(ValueError, match="Expecting"):
        exact_json.loads("{")
