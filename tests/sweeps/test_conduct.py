"""The conductor, on an engine that trains nothing: what died is tried again, three times, and costs no other job."""

import errno
import os
from collections import Counter
from pathlib import Path

import pytest

from tui_rnn.sweeps.conduct import MOST_DEATHS, Conductor
from tui_rnn.sweeps.events import JobBegun, JobEnded, JobRetried, SweepDone, SweepWaits, Tick, as_record
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.planning import planned
from tui_rnn.sweeps.spec import JobResult, Status


class MadeUp:
    """An engine whose jobs end, one a look, as `outcome(name, attempt)` says; with their attempt in the journal."""

    trouble = ""

    def __init__(self, folder, outcome, places=2):
        self.places, self.folder, self.outcome = places, folder, outcome
        self.out, self.begun, self.most_out, self.is_cancelled, self.is_closed = [], Counter(), 0, False, False

    def submit(self, spec):
        self.out.append(spec)
        self.most_out = max(self.most_out, len(self.out))
        self.begun[spec.name] += 1
        self.folder.journal(spec.name).begin()

    def completed(self, seconds):
        if not self.out:
            return []
        spec = self.out.pop(0)
        status, reason = self.outcome(spec.name, self.begun[spec.name])
        status = Status.STOPPED if self.is_cancelled else status
        result = JobResult(spec.name, status, reason=reason, attempts=self.begun[spec.name])
        self.folder.journal(spec.name).end(result)
        return [result]

    def cancel(self):
        self.is_cancelled = True

    def close(self):
        self.is_closed = True


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tale.txt").write_text("Once upon a time. " * 20)
    folder = SweepFolder(Path("there"))
    with folder.locked():
        folder.create(planned(["tale.txt"], "adagrad", {"steps": 9}, {"eta": [0.1, 0.2, 0.3]}, [0]))
    return folder


def conducted(folder, outcome, **more):
    engine = MadeUp(folder, outcome)
    conductor = Conductor(folder, engine, **more)
    return [event for event in conductor.events() if not isinstance(event, Tick)], engine


def names(folder):
    return [job.name for job in folder.plan().jobs]


def test_every_job_is_trained_once_and_no_more_than_there_are_places(folder):
    events, engine = conducted(folder, lambda name, attempt: (Status.FINISHED, ""))
    assert [event.spec.name for event in events if isinstance(event, JobEnded)] == names(folder)
    assert engine.begun == Counter(names(folder))
    assert engine.most_out == 2
    assert engine.is_closed
    assert events[-1] == SweepDone({"finished": 3}, False)
    again, engine = conducted(folder, lambda name, attempt: (Status.FINISHED, ""))
    assert again == [SweepDone({"finished": 3}, False)]
    assert not engine.begun


def test_a_job_that_always_dies_is_given_up_with_its_reason_and_costs_no_other(folder):
    poison = names(folder)[0]

    def outcome(name, attempt):
        return (Status.WAITING, "its process was ended by SIGKILL") if name == poison else (Status.FINISHED, "")

    events, engine = conducted(folder, outcome)
    assert engine.begun[poison] == MOST_DEATHS == 3
    assert [event.deaths for event in events if isinstance(event, JobRetried)] == [1, 2]
    [given_up] = [event.result for event in events if isinstance(event, JobEnded) and event.spec.name == poison]
    assert given_up.status == Status.FAILED
    assert given_up.reason == "given up after 3 attempts: its process was ended by SIGKILL"
    assert events[-1].counts == {"failed": 1, "finished": 2}
    assert folder.result(poison).status == Status.FAILED
    assert folder.result(poison).attempts == 3
    events, engine = conducted(folder, lambda name, attempt: (Status.FINISHED, ""))  # its user asks for it again
    assert engine.begun == Counter([poison])
    assert [(event.attempt, event.goes_on) for event in events if isinstance(event, JobBegun)] == [(4, True)]


def test_a_job_that_died_goes_on(folder):
    events, engine = conducted(folder, lambda name, attempt: (Status.FINISHED if attempt == 3 else Status.WAITING, ""))
    assert set(engine.begun.values()) == {3}
    assert events[-1].counts == {"finished": 3}


def test_a_full_disk_is_said_once_and_is_no_attempt(folder):
    reason = f"last.ckpt cannot be written ({os.strerror(errno.ENOSPC)})"
    many = 2 * MOST_DEATHS

    def outcome(name, attempt):
        return (Status.WAITING, reason) if attempt < many else (Status.FINISHED, "")

    events, engine = conducted(folder, outcome, patience=0.0)
    assert events[-1].counts == {"finished": 3}
    assert not [event for event in events if isinstance(event, JobRetried)]
    assert SweepWaits(reason) in events
    assert set(engine.begun.values()) == {many}


def test_after_a_full_disk_nothing_is_begun_for_a_while(folder):
    reason = os.strerror(errno.ENOSPC)
    engine = MadeUp(folder, lambda name, attempt: (Status.WAITING, reason))
    conductor = Conductor(folder, engine, patience=1e6)
    ticks = 0
    for event in conductor.events():
        ticks += isinstance(event, Tick)
        if ticks == 20:
            conductor.stop()
    assert engine.begun.total() <= 2


def test_what_is_stopped_goes_on(folder):
    def outcome(name, attempt):
        conductor.stop()
        return Status.FINISHED, ""

    engine = MadeUp(folder, outcome)
    conductor = Conductor(folder, engine)
    events = list(conductor.events())
    assert engine.is_cancelled
    assert engine.is_closed
    assert events[-1] == SweepDone({"finished": 1, "stopped": 1, "waiting": 1}, True)
    events, engine = conducted(folder, lambda name, attempt: (Status.FINISHED, ""))
    assert events[-1] == SweepDone({"finished": 3}, False)
    assert engine.begun.total() == 2


def test_an_event_is_plain_json(folder):
    [spec, *_] = folder.plan().jobs
    record = as_record(JobEnded(spec, JobResult(spec.name, Status.FINISHED, step=9)))
    assert record["event"] == "job_ended"
    assert (record["name"], record["setting"], record["seed"]) == (spec.name, {"eta": 0.1}, 0)
    assert record["result"]["step"] == 9
