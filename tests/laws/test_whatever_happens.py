"""Train, look, save, stop, crash, damage, resume, open twice, in any order: the disk holds what a plain model says."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.runs.support import NOW, OPTIONS, small_job
from tests.small import trained
from tui_rnn.engine.checkpoint import load, resumed_trainer
from tui_rnn.engine.control import Control, GradientCheckRequest, SampleRequest, SaveRequest
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.errors import CheckpointError, RunError
from tui_rnn.engine.events import Checkpointed, Done, Event, GradientChecked, Paused, Sample, StepDone
from tui_rnn.engine.state import digest
from tui_rnn.engine.trainer import Trainer
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import Job, resumed_job
from tui_rnn.runs.listing import list_runs
from tui_rnn.runs.log import read_records
from tui_rnn.runs.session import Session

EVERY = 7  # updates between two checkpoints
GOAL = 10_000
_ANY = st.integers(0, 2**20)
BROKEN = -1  # what the model writes for a file that was damaged


class Reference:
    """The run as it goes when nothing happens to it: its digest and its best step after each update."""

    def __init__(self, job: Job) -> None:
        self.corpus = Corpus.from_source(job.source)
        self._trainer = Trainer(job.config, self.corpus)
        self.digests, self.best_steps = [digest(self._trainer)], [0]

    def at(self, step: int) -> tuple[str, int]:
        while len(self.digests) <= step:
            trained(self._trainer, 1)
            self.digests.append(digest(self._trainer))
            self.best_steps.append(self._trainer.best.step or 0)
        return self.digests[step], self.best_steps[step]


class WhateverHappens(RuleBasedStateMachine):
    """The model: `step`, where the live run stands, and `disk`, each checkpoint's step."""

    @initialize(recipe=st.sampled_from(["adagrad", "adam"]))
    def begin(self, recipe):
        self.folder = Path(tempfile.mkdtemp())
        job = small_job(
            self.folder, "runs/run", recipe, hidden_size=4, steps=GOAL, checkpoint_every=EVERY, sample_every=50
        )
        self.path = job.directory.path
        self.reference = Reference(job)
        self.disk: dict[str, int] = {}
        self.seen: dict[str, tuple[int, bytes]] = {}  # what was looked into already
        self._open(job, 0)

    def teardown(self):
        if getattr(self, "session", None) is not None:
            self.events.close()
            self.session.close()
            self.session.job.directory.release()
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    def _open(self, job: Job, step: int):
        self.control = Control()
        self.session, self.step = Session(job, self.control, progress_every=10), step
        self.events = self.session.events()
        self._until(GradientChecked, 2)  # at the start, before any update

    def _until(self, kind: type[Event], count: int = 1) -> Event:
        """Let the run go on to the count-th event of this kind; what it saves on the way goes into the model."""
        while True:
            event = next(self.events)
            if isinstance(event, StepDone):
                self.step += 1
                assert event.step == self.step
                if self.step % EVERY == 0:
                    self._saved(f"step-{self.step:08}.ckpt", "last.ckpt")
            count -= isinstance(event, kind)
            if not count:
                return event

    def _saved(self, *names: str):
        """By the rules of the contract: the best model of that moment goes with every state."""
        self.disk.update(dict.fromkeys(names, self.step))
        if best := self.reference.at(self.step)[1]:
            self.disk["best.ckpt"] = best

    def _settle(self):
        """Let what the last update made due be saved: events come before it is."""
        self.control.post(GradientCheckRequest(most_elements=1))
        self._until(GradientChecked)

    # What one does with a run that is open

    def is_open(self):
        return getattr(self, "session", None) is not None

    @precondition(is_open)
    @rule(updates=st.integers(1, 20))
    def train(self, updates):
        self._until(StepDone, updates)

    @precondition(is_open)
    @rule(steps=st.integers(0, 3))
    def pause_and_step(self, steps):
        self.control.pause()
        self._until(Paused)
        for _ in range(steps):
            self.control.one_step()
            self._until(StepDone)
        self.control.resume()

    @precondition(is_open)
    @rule(length=st.integers(1, 40), temperature=st.sampled_from([0.0, 1.0]), model=st.sampled_from(["live", "best"]))
    def sample(self, length, temperature, model):
        self.control.post(SampleRequest(length, temperature, model=model))
        while self._until(Sample).kind != "requested":
            pass

    @precondition(is_open)
    @rule()
    def save(self):
        self._settle()
        self.control.post(SaveRequest())
        event = self._until(Checkpointed)
        while event.kind != "requested":
            event = self._until(Checkpointed)
        self._saved(f"step-{self.step:08}.ckpt", "last.ckpt")
        assert event.step == self.step

    @precondition(is_open)
    @rule()
    def second_opener(self):
        before = self._files()
        for opener in (lambda: resumed_job(str(self.path), None, dict(OPTIONS)), lambda: small_job(self.path.parent)):
            with pytest.raises(RunError):
                opener()
        with pytest.raises(RunError, match="already holds a run"):
            RunDirectory.create(self.path, "tale.txt", NOW)
        (line,) = list_runs(self.path.parent)
        assert line.state == "training"
        assert self._files() == before

    @precondition(is_open)
    @rule()
    def stop(self):
        self.control.stop()
        done = self._until(Done)
        self._saved("last.ckpt")
        assert (done.step, done.state_sha256, done.saved) == (self.step, self.reference.at(self.step)[0], True)
        self._close()
        assert list(read_records(self.path / "events.jsonl"))[-1]["event"] == "done"

    @precondition(is_open)
    @rule()
    def crash(self):
        """The process is gone between two events; what was due and not written yet is not there."""
        self._settle()
        self._close()

    def _close(self):
        self.events.close()
        self.session.close()
        self.session.job.directory.release()
        self.session = None

    # What happens to one that is closed

    def is_closed(self):
        return getattr(self, "session", None) is None and hasattr(self, "disk")

    @precondition(lambda self: self.is_closed() and self.disk)
    @rule(how=st.sampled_from(["bit", "cut", "gone"]), which=_ANY, place=_ANY, bit=st.integers(0, 7))
    def damage(self, how, which, place, bit):
        name = sorted(self.disk)[which % len(self.disk)]
        path = self.path / "checkpoints" / name
        content = bytearray(path.read_bytes())
        place %= len(content) or 1  # a checkpoint's length follows the clock, so it cannot be what is drawn from
        if how == "gone":
            path.unlink()
            del self.disk[name]
            return
        if how == "bit":
            if self.disk[name] == BROKEN:
                return  # the same bit turned back would mend it
            content[place] ^= 1 << bit
        else:
            del content[place:]
        path.write_bytes(content)
        self.disk[name] = BROKEN

    @precondition(is_closed)
    @rule(garbage=st.binary(max_size=50))
    def a_line_is_cut(self, garbage):
        with open(self.path / "events.jsonl", "ab") as file:
            file.write(garbage)

    @precondition(is_closed)
    @rule()
    def resume(self):
        states = {name: step for name, step in self.disk.items() if name != "best.ckpt"}
        sound = [step for step in states.values() if step != BROKEN]
        if states and not sound:
            before = self._files()
            with pytest.raises(CheckpointError):
                resumed_job(str(self.path), None, dict(OPTIONS))
            assert self._files() == before
            return
        job = resumed_job(str(self.path), None, dict(OPTIONS))
        assert (job.snapshot.state.step if job.snapshot else 0) == max(sound, default=0)
        if states.get("last.ckpt") == BROKEN:  # the newest is refused aloud
            assert any("last.ckpt" in warning for warning in job.warnings)
        self._open(job, max(sound, default=0))

    # What must hold at any time

    def _files(self):
        return {path: path.read_bytes() for path in sorted(self.path.rglob("*")) if path.is_file()}

    @invariant()
    def the_disk_holds_what_the_model_says(self):
        if not hasattr(self, "disk"):
            return
        if self.is_open() and self.step:
            self._settle()
        found = {path.name: path for path in (self.path / "checkpoints").iterdir()}
        assert found.keys() == self.disk.keys()
        for name, path in found.items():
            content = path.read_bytes()
            if self.seen.get(name) == (self.disk[name], content):
                continue
            self.seen[name] = (self.disk[name], content)
            if self.disk[name] == BROKEN:
                with pytest.raises(CheckpointError):
                    load(path)
                continue
            snapshot = load(path)
            assert snapshot.state.step == self.disk[name], name
            assert snapshot.contents == ("model" if name == "best.ckpt" else "state")
            if name != "best.ckpt":
                state = resumed_trainer(snapshot, self.reference.corpus)
                assert digest(state) == self.reference.at(snapshot.state.step)[0]

    @invariant()
    def the_log_tells_of_every_checkpoint(self):
        if hasattr(self, "disk"):
            told = {record["path"] for record in read_records(self.path / "events.jsonl") if "path" in record}
            assert {str(self.path / "checkpoints" / name) for name in self.disk if name != "last.ckpt"} <= told


# A failure is told as it was found, with the blob that replays it: making it smaller would take minutes.
_SETTINGS = settings(deadline=None, print_blob=True, phases=[Phase.explicit, Phase.reuse, Phase.generate])

TestWhateverHappens = WhateverHappens.TestCase
TestWhateverHappens.settings = settings(_SETTINGS, max_examples=6, stateful_step_count=25)


@pytest.mark.slow
@pytest.mark.soak
class TestWhateverHappensForLong(WhateverHappens.TestCase):
    settings = settings(_SETTINGS, max_examples=150, stateful_step_count=50)
