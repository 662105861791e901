"""A run's manifest is read and written in one place: config.json of this version and of earlier ones, key by key."""

import contextlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.support import SMALL
from tests.runs.support import OPTIONS, small_job, train
from tests.runs.test_resume import resumed
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import ConfigError, RunError
from tui_rnn.engine.events import Started
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.memory import MAX_MEMORY
from tui_rnn.engine.text import MAX_CORPUS
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.log import read_events
from tui_rnn.runs.manifest import CorpusRecord, Manifest, Origin

CONFIG = RunConfig.from_recipe("adagrad", "tale.txt", steps=40)
ORIGIN = Origin("a", "a/checkpoints/last.ckpt", 13, 0.1, accept_changed_corpus=False)
WHOLE = Manifest(
    CONFIG, Goal(60, 2.5), "run", CorpusRecord("/tale.txt", "ab"), 7, 9, ORIGIN, {"eta": 0.05}, {"fps": 2.0, "odd": [1]}
)
ADDED = {"max_corpus", "max_memory", "run", "corpus_path", "corpus_sha256"}


@pytest.mark.parametrize(
    "manifest",
    [
        WHOLE,
        Manifest(CONFIG, CONFIG.goal),
        replace(WHOLE, goal=CONFIG.goal, origin=None, adjusted={}),
        replace(WHOLE, origin=None, adjusted={}, twin_of="runs/other"),
    ],
    ids=["whole", "bare", "of a new run", "of a twin"],
)
def test_a_manifest_comes_back_from_its_json(manifest):
    assert Manifest.from_json(json.loads(json.dumps(manifest.to_json()))) == manifest


def test_a_new_run_records_every_option_by_its_long_name_and_no_goal_beside(tmp_path):
    job = small_job(tmp_path, eta=0.25)
    with job:
        stored = json.loads(job.directory.config_file.read_text())
    assert stored.keys() == job.config.to_json().keys() | OPTIONS.keys() | ADDED
    assert {name: stored[name] for name in OPTIONS} == OPTIONS
    assert (stored["eta"], stored["run"], stored["corpus_sha256"]) == (0.25, job.run, job.source.sha256)
    assert stored["max_corpus"] == MAX_CORPUS
    assert Manifest.read(job.directory) == job.manifest


def test_a_start_tells_every_option_of_its_own_process(command, tale):
    """--fps and --theme are of no use to a headless run; they are recorded all the same."""
    given = ["--fps", 7, "--marker", "dot", "--theme", "nord", "--progress-every", 3, "--max-memory", 99]
    assert command(tale, *SMALL, "--steps", 4, "--run", "run", *given).code == 0
    assert command("resume", "run", "--steps", 6, "--fps", 9, "--progress-every", 2).code == 0
    first, second = (started.config for started in read_events(Path("run/events.jsonl"), Started))
    told = {"fps": 7.0, "marker": "dot", "theme": "nord", "progress_every": 3, "max_memory": 99, "steps": 4}
    assert {name: first[name] for name in told} == told
    told = {"fps": 9.0, "marker": "braille", "theme": None, "progress_every": 2, "max_memory": 99, "steps": 6}
    assert {name: second[name] for name in told} == told
    stored = json.loads(Path("run/config.json").read_text())
    kept = {"fps": 7.0, "marker": "dot", "theme": "nord", "progress_every": 3, "steps": 4, "goal": 6}
    assert {name: stored[name] for name in kept} == kept  # of the process that began the run


def test_what_another_version_recorded_stays_where_a_resume_writes_the_manifest_anew(tmp_path):
    train(small_job(tmp_path))
    directory = RunDirectory(tmp_path / "run")
    directory.write_config({**directory.read_config(), "notes": ["of a later version"], "cluster": None})
    with resumed(tmp_path, steps=60):
        stored = directory.read_config()
    assert (stored["goal"], stored["notes"], stored["cluster"]) == (60, ["of a later version"], None)


def test_a_manifest_of_an_earlier_version_has_todays_bounds_and_no_record_of_its_text():
    manifest = Manifest.from_json(CONFIG.to_json())
    assert (manifest.max_corpus, manifest.max_memory) == (MAX_CORPUS, MAX_MEMORY)
    assert (manifest.goal, manifest.corpus, manifest.origin) == (CONFIG.goal, CorpusRecord(None, None), None)
    assert (manifest.adjusted, manifest.front_end) == ({}, {})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"eta": -1}, "--eta"),
        ({"goal": "9"}, "goal '9'"),
        ({"goal": None}, "goal None"),
        ({"goal": 9, "goal_minutes": -1}, "--minutes"),
        ({"max_corpus": 0}, "--max-corpus"),
        ({"max_memory": "x"}, "--max-memory"),
        ({"adjusted": []}, "adjusted"),
        ({"adjusted": {"hidden_size": 3}}, "cannot be adjusted"),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_named(tmp_path, change, words):
    with pytest.raises(ConfigError, match=words):
        Manifest.from_json({**WHOLE.to_json(), **change})
    directory = RunDirectory(tmp_path)
    directory.write_config({**WHOLE.to_json(), **change})
    with pytest.raises(RunError, match=r"config\.json cannot be used: "):
        Manifest.read(directory)


@pytest.mark.parametrize("origin", [None, [], {}, {**ORIGIN.to_json(), "eta": "x"}, {**ORIGIN.to_json(), "step": 1.5}])
def test_an_origin_that_does_not_fit_is_passed_over_and_stays_in_the_file(origin):
    manifest = Manifest.from_json({**WHOLE.to_json(), "branched_from": origin})
    assert manifest.origin is None
    assert manifest.to_json()["branched_from"] == origin


def test_a_job_lets_others_write_at_its_end_whatever_happens(tmp_path):
    job = small_job(tmp_path)
    with contextlib.suppress(ZeroDivisionError), job:
        assert job.directory._lock.is_locked
        raise ZeroDivisionError
    assert not job.directory._lock.is_locked
