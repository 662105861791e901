"""A run with very many samples, checkpoints or progress events is read, listed and reported as one with ten."""

import json

import pytest

from tests.runs.support import a_run
from tui_rnn.engine import checkpoint
from tui_rnn.engine.event_records import as_record
from tui_rnn.engine.events import Checkpointed, HeldOut, Progress, Sample
from tui_rnn.report import assignment, log, views
from tui_rnn.report.document import Text
from tui_rnn.report.page import page
from tui_rnn.report.read import read_run
from tui_rnn.report.sections.texts import MOST
from tui_rnn.runs import log as run_log
from tui_rnn.runs.listing import list_runs

MANY = 3000


def progress(step, loss=50.0):
    return Progress(step, 0.0, 0, loss, loss, loss, loss, None, None, step / 100)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """MANY samples of 200 characters, checkpoints, held-out losses and progress events in the log of a run."""
    directory = a_run(tmp_path_factory.mktemp("many"), run="runs/run", holdout=0.2)
    lines = directory.events_file.read_text().splitlines(keepends=True)
    for path in directory.checkpoints.iterdir():
        path.unlink()
    with directory.events_file.open("w") as file:
        file.write(next(line for line in lines if '"event": "start"' in line))
        for step in range(1, MANY + 1):
            for event in (
                Sample(step, 50.0, 1.0, 1.0, "abcdefghij" * 20, "scheduled", "live"),
                HeldOut(step, 2.0, 2.9, 2.0, 1),
                progress(step, 40.0 if step == 777 else 50.0),
                Checkpointed(step, "periodic", "a path"),
            ):
                file.write(json.dumps(as_record(event)) + "\n")
    return directory


def test_lines_of_kinds_that_are_not_asked_for_are_not_parsed(run, monkeypatch):
    parsed = []
    loads = run_log.exact_json.loads
    monkeypatch.setattr(run_log.exact_json, "loads", lambda line: parsed.append(line) or loads(line))
    assert [each["step"] for each in run_log.read_records(run.events_file, {"sample"})] == list(range(1, MANY + 1))
    assert len(parsed) == MANY
    parsed.clear()
    (line,) = list_runs(run.path.parent)
    assert (line.step, line.best_smooth_loss, line.best_step) == (MANY, 40.0, 777)
    assert not any('"sample"' in text for text in parsed if isinstance(text, str))


def test_a_line_that_begins_otherwise_is_read_for_what_it_is(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text('{"step": 1, "event": "sample"}\n{"event":"sample"}\n{"event": "start"}\n{"event": "samples"}\n')
    assert [len(each) for each in run_log.read_records(path, {"sample"})] == [2, 1]


def test_the_page_shows_a_bounded_choice(run):
    read = read_run(str(run.path))
    assert len(read.log.samples) == MANY
    document = assignment.document(read, views.levels(read), views.epochs(read))
    texts = [block for block in document.blocks if isinstance(block, Text)]
    assert 2 < len(texts) <= MOST + 4
    assert len(page(document, {"loss": "", "position": ""})) < 200_000


def test_of_a_long_sample_no_more_is_kept_than_is_shown(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text(json.dumps(as_record(Sample(1, 5.0, 1.0, 1.0, "x" * 100_000, "scheduled", "live"))) + "\n")
    assert len(log.read_log(path).samples[1].text) == log.MOST_SAMPLE_TEXT + 1


def test_of_very_many_progress_events_the_telling_ones_are_kept(run, monkeypatch):
    monkeypatch.setattr(log, "MOST_PROGRESS", 200)
    kept = log.read_log(run.events_file).progress
    assert 50 < len(kept) <= 200
    assert list(kept) == sorted(kept)
    assert {1, MANY} <= set(kept)
    assert {1000, 2000, 3000} <= set(kept)  # the rounder, the sooner they stand in a table
    assert min(each.smooth_loss for each in kept.values()) == kept[777].smooth_loss == 40.0
    assert max(b - a for a, b in zip(list(kept), list(kept)[1:], strict=False)) <= MANY / 20
    read = read_run(str(run.path))
    assert (read.best, read.step) == ((40.0, 777), MANY)


def test_few_progress_events_are_all_kept(run):
    assert list(log.read_log(run.events_file).progress) == list(range(1, MANY + 1))


def test_what_a_crash_undid_is_forgotten_in_any_order(tmp_path):
    start = {"event": "start", "version": "1", "corpus": {}, "config": {}}
    told = [{**start, "resumed_step": 0}, *(as_record(progress(step)) for step in (10, 30, 20))]
    told += [as_record(HeldOut(step, 2.0, 2.9, 2.0, 1, "final")) for step in (10, 30, 20)]
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in [*told, {**start, "resumed_step": 15}]))
    read = log.read_log(path)
    assert list(read.progress) == [10]
    assert [each.step for each in read.held_out] == [10]


def test_of_many_checkpoint_files_the_newest_alone_is_read(tmp_path, monkeypatch):
    directory = a_run(tmp_path, checkpoint_every=20)
    data = (directory.checkpoints / "step-00000020.ckpt").read_bytes()
    for step in range(20):
        (directory.checkpoints / f"step-{step:08}.ckpt").write_bytes(data)
    read = []
    load = checkpoint.load
    monkeypatch.setattr(checkpoint, "load", lambda path: read.append(path) or load(path))
    snapshot, _, warnings = directory.latest()
    assert (snapshot.state.step, warnings) == (40, [])
    assert len(read) == 1
