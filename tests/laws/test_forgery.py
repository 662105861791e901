"""No forgery passes: a checkpoint with a right seal whose content fits no run is refused, cheaply, in one line."""

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.laws.forger import SOUND, assert_same, forged, refused, resealed
from tests.small import small_corpus
from tui_rnn.engine.checkpoint import resumed_trainer, seal, state_snapshot, unseal
from tui_rnn.engine.errors import CorpusError, Diverged

OLD = Path(__file__).parents[1] / "engine" / "old_checkpoints"


def test_a_forger_who_changes_nothing_is_believed():
    assert_same(unseal(forged(SOUND)), unseal(SOUND))


def test_a_checkpoint_of_before_there_were_minutes_is_believed():
    assert_same(unseal(forged(SOUND, values=lambda values: values["config"].pop("minutes"))), unseal(SOUND))


def test_a_checkpoint_of_before_there_was_a_holdout_is_believed():
    def older(values):
        values["config"].pop("holdout")
        for name in ("held_out_loss", "held_out_updates", "best_held_out_step", "best_held_out_loss"):
            values.pop(name)

    first = (OLD / "adagrad.ckpt").read_bytes()  # of format 1, which such a checkpoint has
    assert_same(unseal(forged(first, values=older)), unseal(first))


def _set(name, value):
    return lambda values: values.update({name: value})


def _set_state(**settings):
    return lambda values: values["state"].update(settings)


def _config(**settings):
    return lambda values: values["config"].update(settings)


_tensor = '"theta.b": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, '
FORGERIES = {
    "newer format": {"values": _set("format", 3)},
    "format as text": {"values": _set("format", "1")},
    "no format": {"values": lambda values: values.pop("format")},
    "no step": {"values": lambda values: values["state"].pop("step")},
    "no state": {"values": lambda values: values.pop("state")},
    "a state that is a list": {"values": _set("state", [])},
    "one value of the state too many": {"values": _set_state(colour="blue")},
    "format 1, and the state as in format 2": {"values": _set("format", 1)},
    "adjustments as list": {"values": _set_state(adjusted=[])},
    "what cannot be adjusted": {"values": _set_state(adjusted={"hidden_size": 2})},
    "adjusted to what is out of range": {"values": _set_state(adjusted={"eta": -1.0})},
    "adjusted to NaN": {"values": _set_state(adjusted={"temperature": float("nan")})},
    "best loss without its step": {"values": _set_state(best_step=None)},
    "one value too many": {"values": _set("colour", "blue")},
    "giant m": {"values": _config(hidden_size=8192)},
    "m beyond bounds": {"values": _config(hidden_size=10**9)},
    "giant window": {"values": _config(seq_length=10_000, batch_size=65_536)},
    "giant batch": {"values": _config(batch_size=60_000)},
    "no config": {"values": _set("config", None)},
    "config without corpus": {"values": lambda values: values["config"].pop("corpus")},
    "config of another version": {"values": _config(colour="blue")},
    "other optimizer": {"values": _config(optimizer="adam")},
    "other dtype": {"values": _config(dtype="float64")},
    "eta beyond any float": {"values": _config(eta=10**400)},
    "negative budget": {"values": _config(minutes=-1.0)},
    "budget of no time": {"values": _config(minutes=0)},
    "budget that is NaN": {"values": _config(minutes=float("nan"))},
    "budget as text": {"values": _config(minutes="30")},
    "negative holdout": {"values": _config(holdout=-0.1)},
    "holdout of all": {"values": _config(holdout=1.0)},
    "holdout as text": {"values": _config(holdout="0.1")},
    "holdout without its best model": {"values": _config(holdout=0.2)},
    "held-out loss that is NaN": {"values": _set_state(held_out_loss=float("nan"))},
    "best held-out loss without its step": {"values": _set_state(best_held_out_loss=2.0)},
    "half a best held-out step": {"values": _set_state(best_held_out_loss=2.0, best_held_out_step=1.5)},
    "held-out loss as of a negative update": {"values": _set_state(held_out_updates=-1)},
    "seconds beyond any float": {"values": _set_state(elapsed_seconds=10**400)},
    "NaN": {"values": _set_state(smooth_loss=float("nan"))},
    "no smooth loss but text": {"values": _set_state(smooth_loss="1.5")},
    "negative step": {"values": _set_state(step=-1)},
    "half a step": {"values": _set_state(step=1.5)},
    "step true": {"values": _set_state(step=True)},
    "position beyond the text": {"values": _set_state(position=13)},
    "vocabulary out of order": {"values": _set("vocabulary", "ba")},
    "vocabulary twice the same": {"values": _set("vocabulary", "aa")},
    "vocabulary of none": {"values": _set("vocabulary", "")},
    "vocabulary too long": {"values": _set("vocabulary", "abc")},
    "vocabulary as list": {"values": _set("vocabulary", ["a", "b"])},
    "unknown contents": {"values": _set("contents", "weights")},
    "a state called a model": {"values": _set("contents", "model")},
    "libraries as list": {"values": _set("libraries", [])},
    "wrong shape": {"header": lambda header: header["theta.U"].update(shape=[1, 2])},
    "flat": {"header": lambda header: header["theta.U"].update(shape=[2])},
    "giant shape": {"header": lambda header: header["theta.U"].update(shape=[2**40, 2**40])},
    "negative shape": {"header": lambda header: header["theta.U"].update(shape=[-2, -1])},
    "wrong dtype": {"header": lambda header: header["theta.U"].update(dtype="I32")},
    "unknown dtype": {"header": lambda header: header["theta.U"].update(dtype="F31")},
    "half dtype": {"header": lambda header: header["theta.U"].update(dtype="BF16", shape=[2, 2])},
    "eighth dtype": {"header": lambda header: header["theta.U"].update(dtype="F8_E4M3", shape=[2, 4])},
    "history of two columns": {"header": lambda header: header["history.steps"].update(shape=[3, 1])},
    "a tensor less": {"header": lambda header: header.pop("theta.U")},
    "another name": {"header": lambda header: header.update({"theta.X": header.pop("theta.U")})},
    "a name that clears the screen": {"header": lambda header: header.update({"a\n\x1b[2J": header.pop("theta.U")})},
    "a dtype that clears the screen": {"header": lambda header: header["theta.U"].update(dtype="\r\x1b[2J")},
    "overlap": {"header": lambda header: header["theta.U"].update(header["best.U"])},
    "beyond the end": {"header": lambda header: header["theta.c"].update(data_offsets=[2**30, 2**30 + 8])},
    "no metadata": {"header": lambda header: header.update(__metadata__={"note": 'a "seal": "' + "0" * 64 + '"'})},
    "a tensor twice": {"text": lambda text: text.replace(b"{", b"{" + _tensor.encode(), 1)},
    "a value twice": {"text": lambda text: text.replace(b'\\"step\\": 3', b'\\"step\\": 2, \\"step\\": 3')},
    "not JSON": {"text": lambda text: text[:-1]},
    "a list": {"text": lambda text: b"[" + text + b"]"},
    "nested without end": {"text": lambda text: text.replace(b'\\"epochs\\": 0', b'\\"epochs\\": ' + b"[" * 10**5)},
    "no arrays": {"body": lambda body: b""},
    "more arrays than the header names": {"body": lambda body: body + b"\0\0\0\0"},
    "NaN in the arrays": {"body": lambda body: body[:-4] + np.float32(np.nan).tobytes()},
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_checkpoint_is_refused_though_its_seal_is_right(forgery):
    data = forged(SOUND, **forgery)
    tracemalloc.start()
    try:
        message = refused(data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert message is not None
    assert "seal is broken" not in message
    assert most < 8 << 20  # bytes: a small file cannot ask for the machine's memory


_numbers = st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), 2**63, 2**64, 1e308])
_json = st.recursive(
    st.none() | st.booleans() | _numbers | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_inner = json.loads(json.loads(SOUND[8 : 8 + int.from_bytes(SOUND[:8], "little")])["__metadata__"]["tui_rnn"])


@given(st.sampled_from(sorted(_inner.keys() - {"seal"})), _json)
def test_any_forged_value_makes_a_sound_checkpoint_or_a_refused_one(name, value):
    assert_sound_or_refused(forged(SOUND, values=_set(name, value)))


@example("memory_start", 1e39)  # beyond float32
@example("sig", 1e39)
@example("eta", 1e300)
@given(st.sampled_from(sorted(_inner["config"])), _json)
def test_any_forged_setting_makes_a_sound_checkpoint_or_a_refused_one(name, value):
    assert_sound_or_refused(forged(SOUND, values=_config(**{name: value})))


@given(st.fixed_dictionaries({}, optional={"dtype": _json, "shape": _json, "data_offsets": _json}))
def test_any_forged_tensor_makes_a_sound_checkpoint_or_a_refused_one(entry):
    assert_sound_or_refused(forged(SOUND, header=lambda header: header["theta.W"].update(entry)))


@given(st.binary(min_size=4, max_size=4), st.integers(0, 56))
def test_any_forged_number_makes_a_sound_checkpoint_or_a_refused_one(number, place):
    def replaced(body):
        return body[: 4 * place] + number + body[4 * place + 4 :]

    assert_sound_or_refused(forged(SOUND, body=replaced))


_edits = st.lists(
    st.tuples(
        st.sampled_from(["put", "insert", "cut", "repeat"]),
        st.integers(0, len(SOUND)),
        st.integers(1, 200),
        st.binary(min_size=1, max_size=8) | st.sampled_from([b"[" * 50, b"{", b'"', b",", b"9" * 50, b"NaN", b"1e999"]),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=150)
@given(_edits, st.booleans())
def test_any_edited_file_makes_a_sound_checkpoint_or_a_refused_one(edits, seal_again):
    data = SOUND
    for kind, place, length, new in edits:
        if kind == "insert":
            data = data[:place] + new + data[place:]
        elif kind == "put":
            data = data[:place] + new + data[place + len(new) :]
        elif kind == "cut":
            data = data[:place] + data[place + length :]
        else:
            data = data[: place + length] + data[place:]
    if seal_again:
        assert_sound_or_refused(resealed(data))
    else:
        assert data == SOUND or refused(data) is not None


def test_a_file_that_is_sealed_again_is_believed():
    """So that the edits above are judged for what they make, and not for a broken seal."""
    assert resealed(SOUND) == SOUND
    place = SOUND.index(b'\\"step\\": 3') + len(b'\\"step\\": ')
    edited = SOUND[:place] + b"4" + SOUND[place + 1 :]
    assert refused(edited) is not None
    assert unseal(resealed(edited)).state.step == 4


def assert_sound_or_refused(data):
    """What loads is sealed again as it is, and can be trained on, at the worst until it diverges."""
    if refused(data) is None:
        snapshot = unseal(data)
        assert_same(unseal(seal(snapshot)), snapshot)
        try:
            trainer = resumed_trainer(snapshot, small_corpus("abba" * 3))
            trainer.step()
            trainer.step()
            saved = seal(state_snapshot(trainer))  # refused where the last update made a number that is not finite
        except (Diverged, CorpusError):
            return
        assert unseal(saved).state.step == snapshot.state.step + 2
