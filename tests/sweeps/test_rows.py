"""How the jobs of a sweep stand, by their journals and run directories alone."""

from pathlib import Path

import pytest

from tui_rnn.engine.control import Control
from tui_rnn.engine.kinds import Ending
from tui_rnn.runs.job import new_job
from tui_rnn.runs.session import Session
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.planning import planned
from tui_rnn.sweeps.rows import SweepReader
from tui_rnn.sweeps.spec import JobResult, Status


@pytest.fixture
def sweep(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tale.txt").write_text("Once upon a time. " * 20)
    folder = SweepFolder(Path("there"))
    with folder.locked():
        folder.create(
            planned(["tale.txt"], "adagrad", {"hidden_size": 4, "steps": 3, "seq_length": 5}, {"eta": [0.1]}, [0])
        )
    return folder


def statuses(reader):
    return [row.status for row in reader.look()]


def test_a_job_from_its_beginning_to_its_end(sweep):
    [spec] = sweep.plan().jobs
    reader, journal = SweepReader(sweep), sweep.journal(spec.name)
    [row] = reader.look()
    assert (row.status, row.line, row.result, row.attempts) == (Status.WAITING, None, None, 0)
    journal.begin()
    assert statuses(reader) == [Status.WAITING]  # its process has made no run yet
    control = Control()
    with new_job(spec.run_config, spec.run, {}) as job, Session(job, control) as session:
        assert statuses(reader) == [Status.TRAINING]
        for event in session.events():
            if event.event == "start":
                assert statuses(reader) == [Status.TRAINING]
    [row] = reader.look()
    assert row.status == Status.FINISHED  # by its log, though the sweep's process was killed before it said so
    journal.end(JobResult(spec.name, Status.FINISHED, state_sha256="d"))
    [row] = reader.look()
    assert (row.status, row.attempts, row.result.state_sha256) == (Status.FINISHED, 1, "d")
    assert row.line.step == 3
    assert row.followed.log.done.reason == "steps"
    assert sweep.result(spec.name) == row.result


@pytest.mark.parametrize(
    ("ending", "status"), [(Ending.SIGNAL, Status.STOPPED), (None, Status.WAITING), (Ending.STOPPED, Status.WAITING)]
)
def test_a_job_whose_process_ended_before_its_goal(sweep, ending, status):
    [spec] = sweep.plan().jobs
    sweep.journal(spec.name).begin()
    control = Control()
    with new_job(spec.run_config, spec.run, {}) as job, Session(job, control) as session:
        if ending:
            control.stop(ending)
            list(session.events())
    assert statuses(SweepReader(sweep)) == [status]


@pytest.mark.parametrize("status", [Status.FAILED, Status.CUT, Status.DIVERGED])
def test_what_the_journal_says_last_stands_until_the_next_process(sweep, status):
    [spec] = sweep.plan().jobs
    journal = sweep.journal(spec.name)
    journal.begin()
    journal.end(JobResult(spec.name, status, reason="why"))
    reader = SweepReader(sweep)
    assert statuses(reader) == [status]
    assert reader.look()[0].result.reason == "why"
    journal.begin()
    assert statuses(reader) == [Status.WAITING]
    assert reader.look()[0].attempts == 2


def test_a_damaged_journal_is_passed_over(sweep):
    [spec] = sweep.plan().jobs
    journal = sweep.journal(spec.name)
    journal.begin()
    journal.end(JobResult(spec.name, Status.FINISHED))
    with journal.path.open("ab") as file:
        file.write(b'{"event": "ended", "nam')
    assert statuses(SweepReader(sweep)) == [Status.FINISHED]
    journal.begin()  # begins a line of its own
    assert sweep.journal(spec.name).read().attempts == 2
