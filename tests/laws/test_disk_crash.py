"""A crash of the system at any call leaves every checkpoint whole, and nothing that was said to be saved is lost.

The saver writes to a disk that records it; then, for each of its calls, the disk crashes after it in every way that the
simulation knows, and what is left is read with the code that resumes a run.
"""

import functools
import hashlib
import itertools
import json
import os
import random
import shutil
from pathlib import Path

import pytest

from tests.laws.simulated_disk import Call, Recorded, put_back
from tests.runs.support import NOW
from tests.small import small_trainer, trained
from tui_rnn.engine.checkpoint import best_snapshot, seal, state_snapshot, unseal
from tui_rnn.engine.errors import CheckpointError, NotReadBack, RunError
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.log import as_line, read_records

RUN = Path("runs", "tale")
SETTINGS = {"text": "abba" * 3, "hidden_size": 1, "seq_length": 2}
SAVES = [  # of a first process, and of a second that resumes
    [(1, "requested"), (2, "best"), (2, "best-held-out"), (2, "periodic"), (3, "best"), (4, "periodic"), (5, "final")],
    [(6, "best-held-out"), (6, "requested"), (6, "periodic"), (7, "best"), (8, "periodic"), (9, "final")],
]


@functools.cache
def snapshot(step, kind):
    trainer = trained(small_trainer(**SETTINGS), step)
    return best_snapshot(trainer, "best") if kind.startswith("best") else state_snapshot(trainer)


def files_of(step, kind):
    """The names that a save of this kind writes, as the contract has them."""
    last = "checkpoints/last.ckpt"
    best = {name: [f"checkpoints/{name}.ckpt"] for name in ("best", "best-held-out")}
    return {**best, "final": [last]}.get(kind, [f"checkpoints/step-{step:08}.ckpt", last])


class Story:
    """A run's life on a recording disk, and at which call what was said to be safe."""

    def __init__(self, disk):
        self.disk = disk
        self.versions: dict[str, list[bytes]] = {}  # by path, in their order
        self.said: list[tuple[int, str, object]] = []  # at so many calls: ("file", path, version), ("state", step), …
        for path in (disk.folder / RUN).rglob("*"):  # what an earlier crash left counts as written and safe
            if path.suffix in (".ckpt", ".json"):
                self.versions[str(path.relative_to(disk.folder / RUN))] = [path.read_bytes()]
                self._say("file", (str(path.relative_to(disk.folder / RUN)), 0))
        log = disk.folder / RUN / "events.jsonl"
        self.lines = [*read_records(log)] if log.exists() else []
        ended = len(self.lines) - (bool(self.lines) and not log.read_bytes().endswith(b"\n"))
        for line in range(ended):  # one that lacks its end is spoiled if what follows it is
            self._say("line", line)

    def _say(self, kind, what):
        self.said.append((len(self.disk.calls), kind, what))

    def begin(self):
        run = RunDirectory.create(self.disk.folder / RUN, "tale.txt", NOW, self.disk)
        self.configure(run, {"steps": 10})
        return run

    def configure(self, run, config):
        self.versions.setdefault("config.json", []).append((json.dumps(config, indent=2) + "\n").encode())
        run.write_config(config)
        self._say("file", ("config.json", len(self.versions["config.json"]) - 1))

    def live(self, run, saves):
        """Train, to call it that, and save, with a line in the log before each and one that must last after it."""
        log = run.open_log()
        for step, kind in saves:
            self.append(log, {"event": "progress", "step": step})
            written = []
            for name in files_of(step, kind):
                self.versions.setdefault(name, []).append(seal(snapshot(step, kind)))
                written.append((name, len(self.versions[name]) - 1))
            run.save(snapshot(step, kind), kind)
            for each in written:
                self._say("file", each)
            if not kind.startswith("best"):
                self._say("state", step)
            self.append(log, {"event": "checkpoint", "step": step, "kind": kind}, durable=True)
        log.close()
        run.release()

    def append(self, log, record, durable=False):
        self.lines.append({**record, "line": len(self.lines)})
        log.append(self.lines[-1], durable=durable)
        if durable:
            self._say("line", len(self.lines) - 1)


class Judge:
    """Reads what a crash left as a resumed process would, and says what of a story's word was broken."""

    def __init__(self, story, folder):
        self.story, self.folder = story, folder
        self.whole = functools.cache(self._whole)
        self.latest = functools.cache(self._latest)
        self._lefts: dict[str, dict[str, bytes]] = {}
        self.crashes = 0

    def faults(self, rng, draws):
        """Of every crash at every call."""
        disk = self.story.disk.before
        for number, call in enumerate([Call("nothing"), *self.story.disk.calls]):
            disk.take(call)
            for left in disk.crashes(rng, draws):
                self.crashes += 1
                for fault in self.broken(number, left):
                    yield f"after call {number}, {call.name} {call.path}: {fault}"

    def broken(self, number, left):
        """What is not as it was said to be by the time of this call."""
        inside = {Path(path).relative_to(RUN): data for path, data in left.items() if Path(path).is_relative_to(RUN)}
        here = {str(path): data for path, data in inside.items() if path.name}
        said = [(kind, what) for at, kind, what in self.story.said if at <= number]
        files = dict(what for kind, what in said if kind == "file")  # the newest version said
        for name, versions in self.story.versions.items():
            if name not in here:
                if name in files:
                    yield f"{name} is lost"
            elif here[name] not in versions[files.get(name, 0) :]:
                yield f"{name} is {'an old one' if here[name] in versions else 'in pieces'}"
            elif name.endswith(".ckpt") and not self.whole(here[name]):
                yield f"{name} is refused"
        step, warnings = self.latest(self._key(here))
        if warnings:
            yield f"resuming warns: {warnings}"
        if step < max((what for kind, what in said if kind == "state"), default=0):
            yield f"the run resumes at step {step} only"
        lines = self._lines(here.get("events.jsonl") or b"")
        if lines != [line for line in self.story.lines if line in lines]:
            yield "the log holds what was never told, or not in its order"
        for kind, what in said:
            if kind == "line" and self.story.lines[what] not in lines:
                yield f"line {what} of the log is lost"

    def _whole(self, data):
        try:
            unseal(data)
        except CheckpointError:
            return False
        return True

    def _key(self, here):
        """One name for all crashes that leave the same checkpoints."""
        checkpoints = {name: data for name, data in here.items() if not name.endswith((".jsonl", ".tmp"))}
        digest = hashlib.sha256(repr(sorted(checkpoints.items())).encode()).hexdigest()
        self._lefts[digest] = checkpoints
        return digest

    def _latest(self, key):
        """The step at which the run resumes, and what is warned of."""
        self.folder.mkdir(exist_ok=True)
        put_back(self._lefts[key], self.folder / key)
        try:
            if "config.json" not in self._lefts[key]:
                return 0, []
            found, _, warnings = RunDirectory.find(str(self.folder / key)).latest()
        except (RunError, CheckpointError) as error:
            return -1, [str(error)]
        finally:
            shutil.rmtree(self.folder / key, ignore_errors=True)
        return found.state.step if found else 0, warnings

    @functools.cache  # noqa: B019  # a judge lives as long as its test
    def _lines(self, data):
        self.folder.mkdir(exist_ok=True)
        (self.folder / "events").write_bytes(data)
        return list(read_records(self.folder / "events"))


def a_life(folder, disk_of=Recorded, saves=SAVES):
    """A story of one process that begins a run and of others that resume it."""
    folder.mkdir(exist_ok=True)
    story = Story(disk_of(folder))
    for number, of_one in enumerate(saves):
        if number == 0:
            run = story.begin()
        else:
            run = RunDirectory(folder / RUN, story.disk)
            run.lock()
            story.configure(run, {"steps": 10, "goal": 20})
        story.live(run, of_one)
    return story


def check(tmp_path, seed, draws):
    print(f"seed {seed}")
    judge = Judge(a_life(tmp_path / "disk"), tmp_path / "left")
    assert list(itertools.islice(judge.faults(random.Random(seed), draws), 3)) == []
    print(f"{judge.crashes} crashes at {len(judge.story.disk.calls)} calls")
    return judge


def test_a_crash_at_any_call_loses_nothing_that_was_said_to_be_saved(tmp_path):
    judge = check(tmp_path, seed=random.randrange(2**32), draws=30)
    assert {call.name for call in judge.story.disk.calls} == {
        "make_folder", "sync_folder", "create", "write", "sync", "replace",
    }  # fmt: skip
    assert judge.crashes > 5000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_no_crash_of_many_loses_what_was_said_to_be_saved(tmp_path, seed):
    check(tmp_path, seed, draws=100)


def crashed_and_resumed(folder, rng, times):
    """One run that crashes at a random call, is resumed on what is left, and crashes again; the faults, all told."""
    left, faults = {}, []
    for number in range(times):
        disk = folder / f"disk-{number}"
        put_back(left, disk)
        story = Story(Recorded(disk))
        if (disk / RUN / "config.json").exists():
            run = RunDirectory(disk / RUN, story.disk)
            run.lock()
        else:
            shutil.rmtree(disk / RUN, ignore_errors=True)
            story = Story(Recorded(disk))
            run = story.begin()
        assert not [*run.path.rglob("*.tmp")]
        begun = run.latest()[0]
        first = begun.state.step if begun else 0
        story.live(run, [(first + step, kind) for step, kind in SAVES[0]])
        judge = Judge(story, folder / f"left-{number}")
        at = rng.randrange(len(story.disk.calls) + 1)
        for call in story.disk.calls[:at]:
            story.disk.before.take(call)
        left = rng.choice([*story.disk.before.crashes(rng, 20)])
        faults += judge.broken(at, left)
    return faults


def test_a_run_that_crashes_again_and_again_loses_nothing(tmp_path):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    assert crashed_and_resumed(tmp_path, random.Random(seed), times=15) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_run_that_crashes_thirty_times_loses_nothing(tmp_path, seed):
    assert crashed_and_resumed(tmp_path, random.Random(seed), times=30) == []


class NoFileSync(Recorded):
    """Never syncs a file."""

    def sync(self, descriptor):
        pass


class NoFolderSync(Recorded):
    """Never syncs a folder."""

    def sync_folder(self, path):
        pass


class NoSyncOfNewFolders(Recorded):
    """Syncs checkpoints/ alone, so that the names of the folders around it are not safe."""

    def sync_folder(self, path):
        if path.name == "checkpoints":
            super().sync_folder(path)


class SyncedTooLate(Recorded):
    """Syncs a file only when it has taken the name of the one before it."""

    def sync(self, descriptor):
        self.late = self._open[descriptor]

    def replace(self, source, target):
        super().replace(source, target)
        self.calls.append(Call("sync", file=self.late))


class WrittenInPlace(Recorded):
    """Writes over the old file instead of beside it."""

    def create(self, path):
        target = path.with_name(path.name[1:].rsplit(".", 2)[0]) if path.suffix == ".tmp" else path
        if not target.exists():
            return super().create(target)
        descriptor = os.open(target, os.O_WRONLY | os.O_TRUNC)
        self.calls.append(Call("empty", file=self._files[self.inside(target)]))
        return self._opened("open", target, descriptor)

    def replace(self, source, target):
        pass


class Forgetful(Recorded):
    """Keeps the tail of every write to itself."""

    def write(self, descriptor, data):
        super().write(descriptor, data[:-1])
        return len(data)


MUTANTS = [NoFileSync, NoFolderSync, NoSyncOfNewFolders, SyncedTooLate, WrittenInPlace]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_saver_that_leaves_out_a_step_is_caught(tmp_path, mutant):
    judge = Judge(a_life(tmp_path / "disk", mutant), tmp_path / "left")
    assert next(judge.faults(random.Random(0), draws=0), None) is not None


def test_a_disk_that_forgets_a_byte_is_caught_when_the_first_checkpoint_is_read_back(tmp_path):
    with pytest.raises(NotReadBack, match="its seal is broken"):
        a_life(tmp_path / "disk", Forgetful)


def test_a_log_that_is_not_synced_is_caught(tmp_path):
    class NoLogSync(Recorded):
        def sync(self, descriptor):
            if self._open[descriptor] != self._files.get(str(RUN / "events.jsonl")):
                super().sync(descriptor)

    judge = Judge(a_life(tmp_path / "disk", NoLogSync), tmp_path / "left")
    assert "of the log is lost" in next(judge.faults(random.Random(0), draws=0))


def test_the_story_s_log_is_that_of_the_real_disk(tmp_path):
    """The recording is true: what it makes of a life without a crash is what the real folder holds."""
    story = a_life(tmp_path / "disk")
    disk = story.disk.before
    for call in story.disk.calls:
        disk.take(call)
    assert not disk.changes
    (left,) = disk.crashes(random.Random(0), draws=0)
    left = {path: data for path, data in left.items() if data is not None}
    real = {str(path.relative_to(tmp_path / "disk")): path for path in (tmp_path / "disk").rglob("*") if path.is_file()}
    assert left == {name: path.read_bytes() for name, path in real.items() if path.name != ".lock"}
    assert left[str(RUN / "events.jsonl")].decode() == "".join(map(as_line, story.lines))
