"""What a branch shows of the runs before it: their samples and losses up to where it branched off, and no more."""

import json
import shutil

import pytest

from tests.runs.support import OPTIONS, of, small_job, train
from tui_rnn.engine.control import Control
from tui_rnn.engine.events import Adjusted, HeldOut, InheritedSample, Progress, Sample
from tui_rnn.runs.branch import branched_job
from tui_rnn.runs.manifest import Manifest
from tui_rnn.runs.past import inherited_past
from tui_rnn.runs.session import Session


@pytest.fixture(scope="module")
def family(tmp_path_factory):
    """A run of 40 updates, its branch from step 20 on, and a branch of that from step 30 on."""
    folder = tmp_path_factory.mktemp("family")
    train(small_job(folder, sample_every=10, checkpoint_every=10, holdout=0.2))
    train(branched_job(str(folder / "run"), 0.05, str(folder / "one"), 40, dict(OPTIONS), at=20))
    with branched_job(str(folder / "one"), 0.02, str(folder / "two"), 40, dict(OPTIONS), at=30) as job:
        with Session(job, Control()) as session:
            past = list(session.past())
        return job.directory, past


def logged(folder, kind, last):
    """What a run's log holds of a kind up to a step, read by this test's own means."""
    records = map(json.loads, (folder / "events.jsonl").read_text().splitlines())
    return [each for each in records if each["event"] == kind and each["step"] <= last]


def test_the_samples_of_the_runs_before_stand_first_each_with_the_run_that_wrote_it(family):
    directory, past = family
    home = directory.path.parent
    oldest, middle = logged(home / "run", "sample", 20), logged(home / "one", "sample", 30)
    assert [each["step"] for each in oldest + middle] == [1, 10, 20, 30]
    inherited = of(past, InheritedSample)
    assert [(each.step, each.text) for each in inherited] == [(s["step"], s["text"]) for s in oldest + middle]
    assert [each.by for each in inherited] == [str(home / "run")] * 3 + [str(home / "one")]
    assert of(past, Sample) == inherited  # it has written none itself


def test_so_do_held_out_losses_changes_and_the_time_trained(family):
    directory, past = family
    home = directory.path.parent
    for kind, name in ((HeldOut, "held_out"), (Progress, "progress"), (Adjusted, "adjusted")):
        told = [*logged(home / "run", name, 20), *logged(home / "one", name, 30)]
        assert [each.step for each in of(past, kind)] == [each["step"] for each in told]
    assert {each.step for each in of(past, Progress)} == {10, 20, 30}
    assert [each.value for each in of(past, Adjusted)] == [0.05]


def test_a_run_before_that_is_gone_or_another_one_by_now_has_nothing_to_tell(family, tmp_path):
    directory, _ = family
    for name in ("one", "two"):
        shutil.copytree(directory.path.parent / name, tmp_path / name)
    moved = type(directory)(tmp_path / "two")
    config = json.loads((tmp_path / "one" / "config.json").read_text())
    (tmp_path / "one" / "config.json").write_text(json.dumps({**config, "seed": 7}))
    lost = json.loads((tmp_path / "two" / "config.json").read_text())
    lost["branched_from"]["run"] = "elsewhere/one"
    (tmp_path / "two" / "config.json").write_text(json.dumps(lost))
    assert list(inherited_past(moved, Manifest.read(moved))) == []
    (tmp_path / "one" / "config.json").write_text(json.dumps(config))
    found = of(list(inherited_past(moved, Manifest.read(moved))), InheritedSample)  # beside it, where both were moved
    assert [each.step for each in found] == [1, 10, 20, 30]


def test_a_run_that_says_it_is_its_own_parent_has_no_other(family, tmp_path):
    directory, _ = family
    shutil.copytree(directory.path.parent / "two", tmp_path / "two")
    own = type(directory)(tmp_path / "two")
    record = json.loads((tmp_path / "two" / "config.json").read_text())
    record["branched_from"]["run"] = str(tmp_path / "two")
    (tmp_path / "two" / "config.json").write_text(json.dumps(record))
    assert list(inherited_past(own, Manifest.read(own))) == []
