"""A checkpoint is whole or is refused: no bit flip and no truncation loads, and what loads is what was saved."""

import dataclasses
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.forger import MARK, SOUND, assert_same, refused, sealed
from tests.small import small_corpus, small_trainer, trained
from tui_rnn.engine.checkpoint import best_snapshot, load, resumed_trainer, save, seal, state_snapshot, unseal
from tui_rnn.engine.errors import CheckpointError


def test_no_single_bit_flip_loads():
    loaded = []
    for byte in range(len(SOUND)):
        for bit in range(8):
            flipped = bytearray(SOUND)
            flipped[byte] ^= 1 << bit
            if refused(bytes(flipped)) is None:
                loaded.append((byte, bit))
    assert refused(SOUND) is None
    assert loaded == []


def test_no_truncation_and_no_extension_loads():
    assert [length for length in range(len(SOUND)) if refused(SOUND[:length]) is None] == []
    assert refused(SOUND + b"\0") is not None
    assert refused(SOUND + SOUND) is not None


@given(st.binary(max_size=200))
def test_no_other_bytes_load(data):
    assert refused(data) is not None
    assert refused(len(data).to_bytes(8, "little") + data) is not None
    assert refused(sealed(len(MARK + data).to_bytes(8, "little") + MARK + data)) is not None


@pytest.mark.parametrize("recipe", ["adagrad", "adam", "fast"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_loaded_is_what_was_saved(tmp_path, recipe, dtype):
    snapshot = state_snapshot(trained(small_trainer(recipe, dtype=dtype, batch_size=2, seed=2**63 - 1), 9))
    save(tmp_path / "a.ckpt", snapshot)
    assert_same(load(tmp_path / "a.ckpt"), snapshot)


def test_a_run_before_its_first_update_survives():
    snapshot = state_snapshot(small_trainer())
    assert snapshot.state.smooth_loss is None
    assert_same(unseal(seal(snapshot)), snapshot)


def test_the_best_model_alone_survives():
    trainer = trained(small_trainer(eta=0.5), 30)
    trainer.best.theta.flat[:] = np.arange(trainer.best.theta.flat.size)  # nothing like the live weights
    best = unseal(seal(best_snapshot(trainer, "best")))
    assert (best.contents, best.state.step, best.state.smooth_loss) == ("model", trainer.best.step, trainer.best.loss)
    assert {name: array.tolist() for name, array in best.arrays.items()} == {
        f"theta.{name}": array.tolist() for name, array in trainer.best.theta.items()
    }


def test_arrays_that_are_transposed_or_strided_survive():
    snapshot = state_snapshot(trained(small_trainer(), 3))
    arrays = dict(snapshot.arrays)
    for name, array in arrays.items():
        wide = np.repeat(array, 2, axis=-1)
        wide[..., 1::2] = 99
        arrays[name] = np.asfortranarray(array) if name.startswith("theta") else wide[..., ::2]
    assert not arrays["theta.W"].flags.c_contiguous
    assert not arrays["state"].flags.c_contiguous
    assert_same(unseal(seal(dataclasses.replace(snapshot, arrays=arrays))), snapshot)


@given(
    st.text(st.characters(), min_size=1), st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.floats(0, 1)
)
def test_any_vocabulary_and_path_survive(characters, path, seconds):
    trainer = small_trainer(text=characters * 10, seq_length=1)
    config = dataclasses.replace(trainer.config, corpus=path + '\\"seal\\": \\"')
    snapshot = dataclasses.replace(state_snapshot(trainer, seconds), config=config)
    assert_same(unseal(seal(snapshot)), snapshot)


def test_a_history_that_was_thinned_survives():
    trainer = trained(small_trainer(), 3)
    for step in range(4, 9_999):
        trainer.history.append(step, step % 7, 1000 - step % 911)
    resumed = resumed_trainer(unseal(seal(state_snapshot(trainer))), small_corpus())
    for trainer_ in (trainer, resumed):
        for step in range(9_999, 20_000):
            trainer_.history.append(step, step % 5, 1000 - step % 911)
    for name, array in trainer.history.arrays().items():
        assert np.array_equal(resumed.history.arrays()[name], array), name


@pytest.mark.parametrize("group", ["theta.U", "best.V", "memory.W", "state", "history.raw"])
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_refused(group, number):
    snapshot = unseal(SOUND)
    snapshot.arrays[group].flat[-1] = number
    message = refused(seal(snapshot))
    assert group in message
    assert "not finite" in message


def test_what_is_no_checkpoint_file_is_refused_with_its_path(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text").write_bytes(b"import os\n" * 100)
    with open(tmp_path / "giant", "wb") as file:
        file.truncate(5 << 30)  # takes no room on the disk
    for name in ("missing", "empty", "text", "giant", "."):
        with pytest.raises(CheckpointError) as error:
            load(tmp_path / name)
        assert str(error.value).startswith(str(tmp_path / name))
    with pytest.raises(CheckpointError, match="5,368,709,120 bytes"):  # refused unread
        load(tmp_path / "giant")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load("a\0b")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_and_a_device_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(CheckpointError, match="not a regular file"):
            load(path)
