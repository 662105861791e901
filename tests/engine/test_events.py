"""Events are frozen, and their records are what the command line promises to other programs."""

import dataclasses
import json
import math

import pytest

from tests.small import MemoryStore, run_to, small_trainer
from tui_rnn.engine import events
from tui_rnn.engine.control import AdjustRequest, Control, GradientCheckRequest
from tui_rnn.engine.event_records import KINDS, as_record, event_of, from_record
from tui_rnn.engine.events import (
    Continued,
    Event,
    Finding,
    GradientChecked,
    GradientRow,
    HeldOut,
    Paused,
    Started,
    Warned,
)
from tui_rnn.engine.kinds import CheckpointKind, Ending

# Of CLI.md: keys may be added, none removed.
CONTRACT = {
    "start": "version run corpus config parameters uniform_loss resumed_from",
    "progress": "step epoch position loss smooth_loss nats_per_char bits_per_char updates_per_second "
    "characters_per_second elapsed_seconds",
    "sample": "step smooth_loss temperature top_p text",
    "held_out": "step nats_per_char bits_per_char best_nats_per_char best_step",
    "gradient_check": "method delta hidden_size seq_length passed rows",
    "checkpoint": "step kind path",
    "adjusted": "name value before step refused_because",
    "finding": "step name value message remedy",
    "warning": "message",
    "paused": "step",
    "continued": "step",
    "done": "step reason smooth_loss best_smooth_loss best_step elapsed_seconds state_sha256 "
    "held_out_nats_per_char best_held_out_nats_per_char best_held_out_step",
}
ROW = "parameter shape checked relative_error max_relative_error max_index max_absolute_error verdict"
CORPUS = {"path": "a.txt", "characters": 39, "vocab_size": 11, "sha256": "0" * 64}


@pytest.fixture(scope="module")
def told():
    """One event of each kind, as a run tells it."""
    trainer, control = small_trainer(holdout=0.2), Control()
    control.post(GradientCheckRequest(most_elements=3))
    control.post(AdjustRequest("eta", 0.05))
    happened = run_to(trainer, 2, control, store=MemoryStore(), progress_every=1)
    config = trainer.config.to_json()
    happened += [Started("0", "runs/a", CORPUS, config, 79, 11.5, None), Warned("a disk is full")]
    happened += [Paused(7), Continued(7)]
    happened += [Finding(9, "saturated", 0.9, "90 % of the hidden values are saturated", "try --memory-start 10")]
    return {event.event: event for event in happened if event.event}


def test_every_event_of_the_contract_is_told_and_no_other(told):
    assert told.keys() == CONTRACT.keys()
    classes = [kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)]
    assert {kind.event for kind in classes} - {""} == CONTRACT.keys()


@pytest.mark.parametrize("name", CONTRACT)
def test_a_record_has_the_keys_of_the_contract(told, name):
    record = as_record(told[name])
    assert next(iter(record)) == "event"
    assert record["event"] == name
    assert set(CONTRACT[name].split()) <= record.keys()
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_a_record_holds_the_events_values(told):
    for name, event in told.items():
        record = as_record(event)
        for field in dataclasses.fields(event):
            if field.name != "rows":
                assert record[field.name] == getattr(event, field.name), name


def test_the_rows_of_a_gradient_check_have_the_keys_of_the_contract(told):
    rows = as_record(told["gradient_check"])["rows"]
    assert [row["parameter"] for row in rows] == list("bcUWV")
    for row in rows:
        assert set(ROW.split()) <= row.keys()
        assert row["verdict"] in ("pass", "fail")
        assert isinstance(row["shape"], list)
        assert isinstance(row["max_index"], list)
        assert len(row["shape"]) == len(row["max_index"])


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_null_however_deep_it_stands(bad):
    row = GradientRow("b", (4,), 4, bad, 1.0, (0,), bad, "fail")
    record = as_record(GradientChecked("central", bad, 4, 5, False, (row,)))
    assert record["delta"] is record["rows"][0]["relative_error"] is record["rows"][0]["max_absolute_error"] is None
    assert record["rows"][0]["max_relative_error"] == 1
    config = {"eta": bad, "nested": [bad, {"deep": bad}]}
    record = as_record(Started("0", "runs/a", CORPUS, config, 79, bad, None))
    assert record["config"] == {"eta": None, "nested": [None, {"deep": None}]}
    assert record["uniform_loss"] is None


@pytest.mark.parametrize("name", CONTRACT)
def test_a_record_gives_its_event_back_whatever_a_newer_version_added(told, name):
    event = told[name]
    record = {**json.loads(json.dumps(as_record(event))), "a_newer_key": [float("inf")]}
    assert from_record(type(event), record) == event_of(record) == event


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 10**400, "many", [1], {}])
def test_a_record_of_a_value_that_no_event_has_gives_none(told, bad):
    for name in ("progress", "sample", "held_out", "checkpoint", "done"):
        event = told[name]
        assert from_record(type(event), {**as_record(event), "step": bad}) is None
        assert from_record(type(event), as_record(told["warning"])) is None
    assert from_record(HeldOut, {**as_record(told["held_out"]), "nats_per_char": bad}) is None


def test_a_whole_number_where_a_loss_is_told_is_that_loss(told):
    event = from_record(HeldOut, {**as_record(told["held_out"]), "nats_per_char": 2, "bits_per_char": None})
    assert (event.nats_per_char, type(event.nats_per_char), event.bits_per_char) == (2.0, float, None)


def test_an_event_cannot_be_changed(told):
    for event in told.values():
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(event, dataclasses.fields(event)[0].name, 1)


def test_a_record_of_every_kind_can_be_read_back():
    assert KINDS.keys() == CONTRACT.keys()


@pytest.mark.parametrize("record", [{}, {"event": 1}, {"event": "of a newer version"}, {"event": "done"}])
def test_a_record_of_no_event_gives_none(record):
    assert event_of(record) is None


def test_the_words_of_an_event_are_those_of_the_contract_and_no_others(told):
    checkpoint, done = as_record(told["checkpoint"]), as_record(told["done"])
    for kind in ("periodic", "best", "best-held-out", "requested", "final"):
        event = event_of({**checkpoint, "kind": kind})
        assert (type(event.kind), json.loads(json.dumps(as_record(event)))["kind"]) == (CheckpointKind, kind)
        assert event.holds_the_state == (not kind.startswith("best"))
    for ending in ("steps", "stopped", "signal", "diverged"):
        event = event_of({**done, "reason": ending})
        assert (type(event.reason), json.loads(json.dumps(as_record(event)))["reason"]) == (Ending, ending)
    for word in ("weekly", "", None, 3, []):
        assert event_of({**checkpoint, "kind": word}) is event_of({**done, "reason": word}) is None


def test_a_start_of_another_version_tells_where_it_went_on_from():
    record = {"event": "start", "corpus": CORPUS, "config": {"eta": 0.1}, "resumed_step": 20}
    started = event_of(record)
    assert (started.resumed_step, started.corpus, started.config) == (20, CORPUS, {"eta": 0.1})
    assert event_of({"event": "start"}) is None
    for change in ({"resumed_step": "20"}, {"config": []}, {"corpus": None}):
        assert event_of({**record, **change}) is None


@pytest.mark.parametrize(
    "change", [{"rows": []}, {"rows": 3}, {"rows": [{}]}, {"method": "by eye"}, {"passed": 1}, {"delta": None}], ids=str
)
def test_a_gradient_check_of_which_a_part_does_not_fit_is_passed_over(told, change):
    assert event_of({**as_record(told["gradient_check"]), **change}) is None


def test_a_gradient_check_is_read_whole_or_not_at_all(told):
    record = json.loads(json.dumps(as_record(told["gradient_check"])))
    assert event_of(record) == told["gradient_check"]
    record["rows"][-1] = {}
    assert event_of(record) is None


def test_an_error_of_a_row_that_was_no_number_is_none_again(told):
    record = json.loads(json.dumps(as_record(told["gradient_check"])))
    record["rows"][0]["relative_error"] = None
    assert math.isnan(event_of(record).rows[0].relative_error)
