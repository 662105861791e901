"""One job of a sweep is cancelled by whichever process, trains no further, and is taken up again where it stood."""

import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.sweeps.reference import digest_of
from tests.sweeps.test_conduct import MadeUp
from tests.sweeps.test_conduct import folder as folder  # a fixture
from tests.sweeps.test_halving import Rungs
from tui_rnn.engine.errors import RunError
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.sweeps.cancelled import CANCELLED
from tui_rnn.sweeps.conduct import Conductor
from tui_rnn.sweeps.events import JobEnded, SweepDone, SweepJudged
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.local import LocalEngine
from tui_rnn.sweeps.planning import planned
from tui_rnn.sweeps.rows import SweepReader, standing
from tui_rnn.sweeps.spec import JobResult, Status


def conducted(folder, outcome=lambda name, attempt: (Status.FINISHED, "")):
    engine = MadeUp(folder, outcome)
    return list(Conductor(folder, engine).events()), engine


def cancelled(events):
    return [(event.spec.name, event.result.reason) for event in events
            if isinstance(event, JobEnded) and event.result.status == Status.CANCELLED]  # fmt: skip


def of_small_runs(options, varied, seeds, **more):
    """A sweep in the current folder, on a text of its own."""
    Path("tale.txt").write_text("Once upon a time there was a network.\n" * 20)
    folder = SweepFolder(Path("there"))
    options = {"hidden_size": 4, "seq_length": 5, **options}
    with folder.locked():
        folder.create(planned(["tale.txt"], "adagrad", options, varied, seeds, **more))
    return folder


def names(folder):
    return [job.name for job in folder.plan().jobs]


def test_a_job_that_was_cancelled_is_not_begun_until_it_is_taken_up(folder):
    _, two, _ = names(folder)
    folder.cancelled.add(two)
    folder.cancelled.add(two)
    for _ in range(2):
        events, engine = conducted(folder)
        assert events[-1] == SweepDone({"finished": 2, "cancelled": 1}, False)
    assert not folder.journal(two).path.exists()
    assert [row.status for row in standing(folder, folder.plan())] == ["finished", "cancelled", "finished"]
    folder.cancelled.remove(two)
    folder.cancelled.remove(two)
    events, engine = conducted(folder)
    assert (events[-1].counts, engine.begun) == ({"finished": 3}, Counter([two]))


def test_what_is_cancelled_meanwhile_is_left_out_and_ends_where_it_trains(folder):
    one, two, three = names(folder)

    def outcome(name, attempt):
        if name == one:
            folder.cancelled.add(two)  # which the engine has
            folder.cancelled.add(three)  # which waits
        return (Status.STOPPED, CANCELLED) if name == two else (Status.FINISHED, "")

    events, engine = conducted(folder, outcome)
    assert sorted(cancelled(events)) == [(two, CANCELLED), (three, CANCELLED)]
    assert engine.begun == Counter([one, two])
    assert events[-1] == SweepDone({"finished": 1, "cancelled": 2}, False)


def test_what_is_taken_up_meanwhile_goes_on_in_the_same_sweep(folder):
    one, two, three = names(folder)
    folder.cancelled.add(one)

    def outcome(name, attempt):
        if name == two:
            folder.cancelled.remove(one)
        stops = name == three and attempt == 1  # cancelled and taken up again before its process had ended
        return (Status.STOPPED, CANCELLED) if stops else (Status.FINISHED, "")

    events, engine = conducted(folder, outcome)
    assert events[-1] == SweepDone({"finished": 3}, False)
    assert engine.begun == Counter({one: 1, two: 1, three: 2})


def test_a_job_that_has_a_result_keeps_it_and_one_that_failed_is_not_tried_again(folder):
    one, two, _ = names(folder)
    folder.journal(one).end(JobResult(one, Status.FINISHED))
    folder.journal(two).end(JobResult(two, Status.FAILED))
    for name in names(folder):
        folder.cancelled.add(name)
    reader = SweepReader(folder)
    assert [row.status for row in reader.look()] == ["finished", "cancelled", "cancelled"]
    assert not conducted(folder)[1].begun
    folder.cancelled.remove(two)  # its journal is as it was, and the row another all the same
    assert [row.status for row in reader.look()] == ["finished", "failed", "cancelled"]


def test_halving_judges_a_setting_by_the_seeds_that_were_not_cancelled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = of_small_runs({"steps": 80, "sample_length": 5}, {"eta": [0.1, 0.2]}, (0, 1), halving=True)
    for job in folder.plan().jobs:
        if job.setting == {"eta": 0.1} and job.seed == 0:
            folder.cancelled.add(job.name)
    engine = Rungs(folder)
    events = list(Conductor(folder, engine).events())
    assert [(event.kept, event.cut) for event in events if isinstance(event, SweepJudged)] == [(1, 1)]
    assert [each for each in engine.trained if each[2] == 80] == [(0.1, 1, 80)]  # the lower loss, though of one seed
    assert events[-1].counts == {"finished": 1, "cancelled": 1, "cut": 2}


def test_a_real_process_ends_with_a_checkpoint_and_goes_on_to_the_same_digest(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = of_small_runs({"steps": 4_000, "sample_length": 10}, {"eta": [0.05]}, [3])
    [spec] = folder.plan().jobs

    def cancel():
        while not RunDirectory(Path(spec.run)).is_locked():
            time.sleep(0.01)
        folder.cancelled.add(spec.name)

    thread = threading.Thread(target=cancel)
    thread.start()
    events = list(Conductor(folder, LocalEngine(1)).events())
    thread.join()
    [ended] = [event.result for event in events if isinstance(event, JobEnded)]
    assert (ended.status, ended.reason) == (Status.CANCELLED, CANCELLED)
    assert (folder.result(spec.name).status, folder.result(spec.name).reason) == (Status.STOPPED, CANCELLED)
    assert ended.step < 4_000
    assert (Path(spec.run) / "checkpoints" / "last.ckpt").is_file()
    folder.cancelled.remove(spec.name)
    assert [*Conductor(folder, LocalEngine(1)).events()][-1] == SweepDone({"finished": 1}, False)
    assert folder.result(spec.name).state_sha256 == digest_of(spec)


def test_where_it_cannot_be_noted_that_is_said(folder):
    (folder.path / "cancelled").write_text("a file in the folder's place")
    with pytest.raises(RunError, match="cancelled cannot be written"):
        folder.cancelled.add(names(folder)[0])
    assert folder.cancelled.names() == frozenset()
