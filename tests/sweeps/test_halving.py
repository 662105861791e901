"""Successive halving: the better half by the median of its seeds goes on, and is the run that nobody had compared."""

import json
from pathlib import Path

import pytest

from tests.sweeps.reference import digest_of
from tests.sweeps.test_conduct import MadeUp
from tui_rnn.engine.errors import ConfigError
from tui_rnn.sweeps.conduct import Conductor
from tui_rnn.sweeps.events import SweepJudged, Tick
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.halving import Halving, rungs
from tui_rnn.sweeps.local import LocalEngine
from tui_rnn.sweeps.planning import planned
from tui_rnn.sweeps.spec import JobResult, Status


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tale.txt").write_text("Once upon a time there was a network.\n" * 20)


def sweep(etas, seeds=(0, 1), **more):
    folder = SweepFolder(Path("there"))
    options = {"hidden_size": 4, "seq_length": 5, "steps": 80, "sample_length": 5, **more}
    with folder.locked():
        folder.create(planned(["tale.txt"], "adagrad", options, {"eta": etas}, seeds, halving=True))
    return folder


class Rungs(MadeUp):
    """Every run comes as far as it may, with a loss that is its eta, or what `loss(spec)` says."""

    def __init__(self, folder, loss=lambda spec: spec.config["eta"]):
        super().__init__(folder, None)
        self.loss, self.trained = loss, []

    def completed(self, seconds):
        found = []
        for spec in self.out:
            step, loss = spec.until or spec.config["steps"], self.loss(spec)
            self.trained.append((spec.config["eta"], spec.seed, step))
            status = Status.WAITING if spec.until else Status.FINISHED
            if loss is None:
                status = Status.DIVERGED
            found.append(JobResult(spec.name, status, step=step, recent_nats_per_char=loss, state_sha256="d"))
            self.folder.journal(spec.name).end(found[-1])
        self.out = []
        return found


@pytest.mark.parametrize(("settings", "times"), [(1, 0), (2, 1), (3, 1), (4, 2), (9, 3), (16, 4), (1000, 4)])
def test_settings_are_halved_until_one_or_two_are_left(settings, times):
    assert rungs(settings) == times


def test_the_better_half_goes_twice_as_far():
    folder = sweep([0.4, 0.1, 0.3, 0.2, 0.5])  # 5 settings, then 3, then 2
    engine = Rungs(folder)
    events = [event for event in Conductor(folder, engine).events() if not isinstance(event, Tick)]
    reached = {eta: max(step for each, _, step in engine.trained if each == eta) for eta in (0.1, 0.2, 0.3, 0.4, 0.5)}
    assert reached == {0.1: 80, 0.2: 80, 0.3: 40, 0.4: 20, 0.5: 20}
    judged = [(event.rung, event.kept, event.cut) for event in events if isinstance(event, SweepJudged)]
    assert judged == [(1, 3, 2), (2, 2, 1)]
    assert events[-1].counts == {"finished": 4, "cut": 6}
    [cut] = [job for job in folder.plan().jobs if job.config["eta"] == 0.4 and job.seed == 1]
    why = "its recent loss was 0.400 nats/char, and the better half had 0.300 or less"
    assert folder.result(cut.name).reason == f"cut at step 20: {why}"


def test_the_median_of_the_seeds_judges_and_a_diverged_run_is_infinitely_bad():
    losses = {(0.1, 0): 1.0, (0.1, 1): None, (0.1, 2): None, (0.2, 0): 3.0, (0.2, 1): 2.0, (0.2, 2): 9.0}
    folder = sweep([0.1, 0.2], (0, 1, 2))
    engine = Rungs(folder, lambda spec: losses[spec.config["eta"], spec.seed])
    [*_, done] = Conductor(folder, engine).events()
    assert done.counts == {"finished": 3, "diverged": 2, "cut": 1}
    [first, *_] = folder.plan().jobs
    assert "its runs did not train" in folder.result(first.name).reason


def test_a_held_out_loss_from_before_the_rung_has_no_say():
    folder = sweep([1e-5, 0.1], (0,), holdout=0.3, sample_every=1000)  # measured before update 1 alone
    [*_, done] = Conductor(folder, LocalEngine(2)).events()
    assert done.counts == {"finished": 1, "cut": 1}
    stood, learnt = (folder.result(job.name) for job in folder.plan().jobs)
    assert (learnt.status, stood.status) == ("finished", "cut")
    assert stood.best_held_out_nats_per_char is not None


@pytest.mark.parametrize("at", range(1, 30, 4))
def test_a_sweep_that_is_stopped_anywhere_cuts_the_same(at):
    folder = sweep([0.4, 0.1, 0.3, 0.2])
    engine = Rungs(folder)
    conductor = Conductor(folder, engine)
    for number, _ in enumerate(conductor.events()):
        if number == at:  # killed: no more than what is on disk is left
            break
    [*_, done] = Conductor(folder, Rungs(folder)).events()
    assert done.counts == {"finished": 2, "cut": 6}
    again = Halving(folder, folder.plan())
    assert sorted({job.config["eta"] for job in again.jobs()}) == [0.1]
    lines = [json.loads(line) for line in (folder.path / "halving.jsonl").read_text().splitlines()]
    assert [line["kept"] for line in lines] == [[1, 3], [1]]


def test_a_run_that_goes_on_is_the_run_that_nobody_had_compared():
    folder = sweep([0.1, 1e-5], (0,), schedule="cosine", holdout=0.1)
    [*_, done] = Conductor(folder, LocalEngine(2)).events()
    assert done.counts == {"finished": 1, "cut": 1}
    best, worst = folder.plan().jobs
    assert folder.result(best.name).state_sha256 == digest_of(best)
    assert (folder.result(best.name).attempts, folder.result(worst.name).attempts) == (2, 1)
    assert folder.result(worst.name).step == 40


@pytest.mark.parametrize(
    ("etas", "more", "word"), [([0.1], {}, "--set"), ([0.1, 0.2], {"minutes": 1.0}, "--steps in place of --minutes")]
)
def test_what_cannot_be_halved_is_refused(etas, more, word):
    with pytest.raises(ConfigError, match=word):
        sweep(etas, **more)
