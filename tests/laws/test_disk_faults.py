"""Whatever call of a save or of a run's making a disk refuses: it is said, the old is whole, and no litter stays."""

import errno
import functools
import os

import pytest

from tests.laws.faulty_disk import ERRORS, Faulty, failing_with, tree
from tests.runs.support import OPTIONS, of, small_job, train
from tests.small import small_trainer, trained
from tui_rnn.engine.checkpoint import load, seal, state_snapshot
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control
from tui_rnn.engine.errors import RunError
from tui_rnn.engine.events import Checkpointed, Done, Warned
from tui_rnn.runs.branch import branched_job
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import new_job, resumed_job
from tui_rnn.runs.log import read_records
from tui_rnn.runs.session import Session
from tui_rnn.storage.files import Files

KINDS = ["best", "periodic", "final"]  # best-held-out is written as best is, requested as periodic
OLD, NEW = (state_snapshot(trained(small_trainer(), step)) for step in (3, 5))
codes = pytest.mark.parametrize("code", ERRORS, ids=lambda code: errno.errorcode[code])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "tale.txt"
    path.write_text("the cat sat on the mat. " * 20, newline="")
    return path


def job(corpus, folder, files):
    """A new job two folders down, on this disk."""
    config = RunConfig.from_recipe("adagrad", str(corpus), hidden_size=4, seq_length=5, sample_length=5, steps=10)
    return new_job(config, str(folder / "runs" / "a"), dict(OPTIONS), files)


def a_run(folder, files):
    run = RunDirectory(folder / "run", files)
    (folder / "run" / "checkpoints").mkdir(parents=True, exist_ok=True)
    run.lock()
    return run


def error_of(act):
    """What it raises, if it does."""
    try:
        act()
    except Exception as error:
        return error
    return None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("code", "and_cleaning", "most"),
    [*[(code, False, None) for code in ERRORS], (errno.EIO, True, None), (errno.ENOSPC, False, 1500)],
)
def test_a_save_that_fails_says_so_and_costs_no_earlier_checkpoint(tmp_path, kind, code, and_cleaning, most):
    """Each call of the save fails in turn, where writes are short too; the next save, without a fault, succeeds."""
    run = a_run(tmp_path, Faulty())
    run.save(OLD, kind)
    names = sorted(path.name for path in run.checkpoints.iterdir())
    number = 0
    while True:
        for name in ("step-00000005.ckpt", *names):
            (run.checkpoints / name).unlink(missing_ok=True)
        run.save(OLD, kind)
        run._files = disk = Faulty({number}, failing_with(code), and_cleaning=and_cleaning, most=most)
        told = error_of(lambda: run.save(NEW, kind))
        if not disk.raised:
            break  # it has no further calls
        assert told is disk.raised[0]
        assert not disk.open
        found = tree(run.checkpoints)
        for name in names:
            assert load(run.checkpoints / name).state.step in (OLD.state.step, NEW.state.step)
        assert and_cleaning or not [name for name in found if name.endswith(".tmp")]
        run._files = Faulty(most=most)
        saved = run.save(NEW, kind)
        assert load(saved.path).state.step == NEW.state.step
        assert not [name for name in tree(run.checkpoints) if name.endswith(".tmp")]
        number += 1
    assert number >= 6 * (2 if kind == "periodic" else 1)
    run.release()


@pytest.mark.parametrize(("code", "and_cleaning"), [*[(code, False) for code in ERRORS], (errno.EIO, True)])
def test_a_run_that_cannot_be_made_is_refused_in_one_line_and_leaves_nothing(tmp_path, corpus, code, and_cleaning):
    number = 0
    while True:
        disk = Faulty({number}, failing_with(code), and_cleaning=and_cleaning)
        folder = tmp_path / str(number)
        told = error_of(lambda: job(corpus, folder, disk))  # noqa: B023  # called at once
        if not disk.raised:
            break
        assert isinstance(told, RunError)
        assert os.strerror(code) in str(told)
        assert str(told).isprintable()
        assert not disk.open
        assert and_cleaning or not folder.exists()
        run = folder / "runs" / "a"
        if (run / "config.json").exists():  # nothing could be cleaned: whole, and free to be resumed
            found = RunDirectory.find(str(run))
            found.lock()
            found.release()
        else:
            job(corpus, folder, Faulty()).directory.release()  # nothing is held, nothing in the way
        assert not [*folder.rglob("*.tmp")]
        number += 1
    assert number == 2 * 4 + 6  # four folders and their names, and config.json


def test_what_was_there_before_a_run_that_could_not_be_made_stays(tmp_path, corpus):
    (tmp_path / "runs" / "a").mkdir(parents=True)
    (tmp_path / "runs" / "a" / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="cannot be written"):
        job(corpus, tmp_path, Faulty({5}))  # after the folders' own calls: create of config.json
    assert tree(tmp_path) == {"runs": None, "runs/a": None, "runs/a/notes.txt": b"mine"}
    assert not (tmp_path / "runs" / "a" / ".lock").exists()


@pytest.mark.parametrize(
    "code",
    [*ERRORS[:1], *(pytest.param(code, marks=pytest.mark.slow) for code in ERRORS[1:])],
    ids=lambda code: errno.errorcode[code],
)
@pytest.mark.parametrize("late", [False, True])
def test_a_branch_that_cannot_be_made_is_refused_in_one_line_and_leaves_nothing(tmp_path, code, late):
    """Each call fails in turn, or has had its effect when it fails; what was made can then be made again."""
    train(small_job(tmp_path, "origin", steps=4, hidden_size=1, seq_length=2, sample_length=2))
    number = 0
    while True:
        disk = Faulty({number}, failing_with(code), late=late)
        folder = tmp_path / str(number)
        branch = functools.partial(branched_job, str(tmp_path / "origin"), 0.05, str(folder / "a"), 6, dict(OPTIONS))
        told = error_of(lambda: branch(files=disk))  # noqa: B023  # called at once
        if not disk.raised:
            break
        assert isinstance(told, RunError)
        assert str(told).isprintable()
        assert late or not folder.exists(), [*folder.rglob("*")]
        again = branch(files=Faulty())
        assert again.snapshot.state.step == 4
        again.directory.release()
        number += 1
    assert number == 2 * 3 + 6 + 6  # three folders and their names, config.json, and one checkpoint


def test_what_a_disk_has_room_for_is_the_newest_checkpoint_to_resume(tmp_path):
    """Beside the old last.ckpt there is room for one file more: it is the new one."""

    class Small(Files):
        room = 0

        def write(self, descriptor, data):
            if len(data) > self.room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.room -= len(data)
            return super().write(descriptor, data)

    run = a_run(tmp_path, Small())
    run._files.room = 3 * len(seal(NEW))
    run.save(OLD, "periodic")
    run._files.room = len(seal(NEW))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        run.save(NEW, "periodic")
    assert load(run.checkpoints / "last.ckpt").state.step == NEW.state.step
    snapshot, _, warnings = run.latest()
    assert (snapshot.state.step, warnings) == (NEW.state.step, [])
    assert sorted(tree(run.checkpoints)) == ["last.ckpt", f"step-{OLD.state.step:08}.ckpt"]
    run._files.room = 2 * len(seal(NEW))
    assert run.save(NEW, "periodic").path == str(run.checkpoints / f"step-{NEW.state.step:08}.ckpt")
    run.release()


@codes
@pytest.mark.parametrize("number", [0, 1])
def test_a_log_that_cannot_be_begun_is_refused_in_one_line(tmp_path, corpus, code, number):
    made = job(corpus, tmp_path, Faulty())
    made.directory._files = disk = Faulty({number}, failing_with(code))
    with pytest.raises(RunError, match=os.strerror(code)) as told:
        Session(made, Control(), progress_every=10)
    assert str(told.value).isprintable()
    assert not disk.open
    made.directory.release()
    assert train(resumed_job(made.run, None, dict(OPTIONS)))[-1].step == 10


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EINTR], ids=lambda code: errno.errorcode[code])
def test_a_run_whose_disk_fails_at_any_one_call_trains_to_the_same_end(tmp_path, code):
    """Every call that a whole session makes fails in turn; what is lost is warned of, and nothing else is."""
    settings = {"steps": 4, "checkpoint_every": 2, "hidden_size": 1, "seq_length": 2, "sample_length": 2}
    whole = small_job(tmp_path, "whole", **settings)
    whole.directory._files = counting = Faulty()
    told = train(whole)
    digest = told[-1].state_sha256
    saves = len(of(told, Checkpointed))
    for number in range(2, len(counting.calls)):
        each = small_job(tmp_path, f"run-{number}", **settings)
        each.directory._files = disk = Faulty({number}, failing_with(code))
        events = train(each)
        (done,), warned = of(events, Done), of(events, Warned)
        assert done.state_sha256 == digest
        last = counting.calls[number:].count("open_to_append") == 0 and number == len(counting.calls) - 1
        assert len(warned) == (0 if last else 1), number  # the log's own close loses nothing
        assert not disk.open
        assert not [*each.directory.path.rglob("*.tmp")]
        lines = list(read_records(each.directory.events_file))
        lost = "events.jsonl" in (warned[0].message if warned else "")
        assert len(of(events, Checkpointed)) == saves or not lost
        assert len([line for line in lines if line["event"] == "done"]) >= (0 if lost else 1)
        snapshot, _, refused = each.directory.latest()
        assert refused == []
        assert snapshot.state.step == 4 if done.saved else snapshot is None or snapshot.state.step >= 2
        again = train(resumed_job(each.run, None, dict(OPTIONS)))
        assert again[-1].state_sha256 == digest
        assert again[-1].saved
