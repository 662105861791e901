"""Checkpoints of format 1 are read and resumed: the same digest, and after more updates the one they had then."""

import json
from pathlib import Path

import pytest

from tests.laws.forger import forged
from tests.small import run_to, small_corpus
from tui_rnn.engine.arithmetic import libraries
from tui_rnn.engine.checkpoint import load, resumed_trainer, seal, state_snapshot, unseal
from tui_rnn.engine.state import digest
from tui_rnn.engine.writing import characters

FOLDER = Path(__file__).parent / "old_checkpoints"
EXPECTED = json.loads((FOLDER / "expected.json").read_text())


@pytest.mark.parametrize("name", EXPECTED["files"])
def test_a_state_of_format_1_goes_on_as_it_did_then(name):
    expected, snapshot = EXPECTED["files"][name], load(FOLDER / name)
    assert (snapshot.state.step, snapshot.state.elapsed_seconds) == (EXPECTED["updates_before"], 12.5)
    assert snapshot.state.adjusted == {}
    trainer = resumed_trainer(snapshot, small_corpus(EXPECTED["text"]))
    assert digest(trainer) == expected["state_sha256_at_23"]
    done = run_to(trainer, EXPECTED["updates_before"] + EXPECTED["updates_after"])[-1]
    assert done.smooth_loss == pytest.approx(expected["smooth_loss_at_40"], rel=1e-6)
    assert done.best_smooth_loss == pytest.approx(expected["best_smooth_loss_at_40"], rel=1e-6)
    assert done.best_step == expected["best_step_at_40"]
    if expected["held_out_at_40"] is not None:
        assert done.held_out_nats_per_char == pytest.approx(expected["held_out_at_40"], rel=1e-6)
    if libraries()["arithmetic"] == EXPECTED["arithmetic"]:
        assert done.state_sha256 == expected["state_sha256_at_40"]


def test_a_state_of_format_1_before_its_first_update_has_no_best_step():
    def fresh(values):
        values.update(step=0, epochs=0, position=0, smooth_loss=None, best_step=0, best_smooth_loss=None)

    snapshot = unseal(forged((FOLDER / "adagrad.ckpt").read_bytes(), values=fresh))
    assert (snapshot.state.best_step, snapshot.state.best_smooth_loss) == (None, None)
    assert run_to(resumed_trainer(snapshot, small_corpus(EXPECTED["text"])), 1)[-1].best_step == 1


@pytest.mark.parametrize("name", EXPECTED["best"])
def test_a_model_of_format_1_writes(name):
    snapshot = load(FOLDER / name)
    assert snapshot.contents == "model"
    step, loss = EXPECTED["best"][name]
    by_held_out = name == "best-held-out.ckpt"
    assert (snapshot.state.step, snapshot.state.smooth_loss) == (step, None if by_held_out else loss)
    assert by_held_out is False or snapshot.state.best_held_out_loss == loss
    text = characters(snapshot, prime="so ")
    assert all(next(text) in EXPECTED["text"] for _ in range(20))


@pytest.mark.parametrize("name", EXPECTED["files"])
def test_what_is_saved_of_it_has_todays_format(name):
    old = resumed_trainer(load(FOLDER / name), small_corpus(EXPECTED["text"]))
    again = unseal(seal(state_snapshot(old, 12.5)))
    assert again.state == load(FOLDER / name).state
    assert digest(resumed_trainer(again, small_corpus(EXPECTED["text"]))) == digest(old)
