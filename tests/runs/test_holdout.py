"""A run with a holdout keeps its split and its best model by held-out loss on disk and through a resume."""

import json

import pytest

from tests.runs.support import OPTIONS, a_run, of, small_job, train
from tui_rnn.engine.checkpoint import load
from tui_rnn.engine.control import Control
from tui_rnn.engine.errors import CorpusError
from tui_rnn.engine.events import Checkpointed, Done, HeldOut
from tui_rnn.runs.job import resumed_job
from tui_rnn.runs.listing import list_runs
from tui_rnn.runs.log import read_records
from tui_rnn.runs.session import Session


def test_each_held_out_loss_is_logged(tmp_path):
    run = a_run(tmp_path, holdout=0.015, sample_every=10)
    records = [record for record in read_records(run.events_file) if record["event"] == "held_out"]
    assert [(record["step"], record["kind"]) for record in records] == [
        *[(step, "scheduled") for step in (1, 10, 20, 30)],
        (40, "final"),
    ]
    *_, done = read_records(run.events_file)
    assert done["held_out_nats_per_char"] == records[-1]["nats_per_char"]
    assert done["best_held_out_nats_per_char"] == min(record["nats_per_char"] for record in records)
    assert done["best_held_out_step"] == records[-1]["best_step"]


def test_the_best_model_by_held_out_loss_is_on_disk(tmp_path):
    run = a_run(tmp_path, holdout=0.1)
    snapshot, warnings = run.model(last=False, held_out=True)
    assert warnings == []
    assert snapshot.contents == "model"
    assert snapshot.state.best_held_out_loss == load(run.checkpoints / "last.ckpt").state.best_held_out_loss
    assert not (a_run(tmp_path, run="another").checkpoints / "best-held-out.ckpt").exists()


def test_a_resumed_run_holds_out_the_same_part_and_shows_what_was_told(tmp_path):
    run = a_run(tmp_path, holdout=0.015, sample_every=10)
    job = resumed_job(str(run.path), 60, dict(OPTIONS))
    session = Session(job, Control(), progress_every=10)
    past = [event.step for event in session.past() if isinstance(event, HeldOut)]
    assert past == [1, 10, 20, 30, 40]
    assert len(session.trainer.corpus.held_out) == 31
    events = list(session.events())
    session.close()
    assert [event.step for event in of(events, HeldOut)] == [50, 60]
    assert (
        of(events, Done)[0].best_held_out_nats_per_char <= load(run.checkpoints / "last.ckpt").state.best_held_out_loss
    )
    assert [event.kind for event in of(events, Checkpointed)][-1] == "final"


def test_a_configuration_of_before_there_was_a_holdout_is_resumed(tmp_path):
    run = a_run(tmp_path)
    config = json.loads(run.config_file.read_text())
    assert config.pop("holdout") == 0
    run.config_file.write_text(json.dumps(config))
    events = train(resumed_job(str(run.path), 50, dict(OPTIONS)))
    assert (events[-1].step, events[-1].held_out_nats_per_char) == (50, None)


def test_a_holdout_for_which_the_text_is_too_short_leaves_nothing_on_disk(tmp_path):
    with pytest.raises(CorpusError, match="holds out 2; seq_length 8 needs at least 9"):
        small_job(tmp_path, holdout=0.001)
    assert not (tmp_path / "run").exists()


def test_a_run_with_a_holdout_is_listed(tmp_path):
    run = a_run(tmp_path, holdout=0.1)
    (line,) = list_runs(tmp_path)
    assert (line.run, line.step, line.state) == (str(run.path), 40, "steps")
