"""Forks processes that train, and kills them at random moments: `python -m tests.laws.killed FOLDER SEED TIMES`.

It has imported everything and has one thread, so that a fork is quick and sound. After each kill it looks at what is on
disk: every checkpoint must be whole, and the newest state one that was really reached, and no older than the last that
was said to be saved. Its last line tells what it saw, as JSON.
"""

import collections
import json
import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path

from tests.cli.support import TALE
from tests.runs.support import OPTIONS
from tui_rnn.engine.checkpoint import load, resumed_trainer
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.events import Checkpointed, Done
from tui_rnn.engine.state import digest
from tui_rnn.engine.text import read_text
from tui_rnn.engine.trainer import Trainer
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import Job, new_job, resumed_job
from tui_rnn.runs.log import read_records
from tui_rnn.runs.session import Session

STEPS = 24
SETTINGS = {
    "hidden_size": 3, "seq_length": 5, "sample_length": 5, "sample_every": 7, "steps": STEPS, "checkpoint_every": 2,
    "holdout": 0.1,
}  # fmt: skip


def job_in(folder: Path, config: RunConfig) -> Job:
    """The run that is there, or a new one."""
    if RunDirectory(folder).holds_a_run():
        return resumed_job(str(folder), None, dict(OPTIONS))
    return new_job(config, str(folder), dict(OPTIONS))


def live(folder: Path, config: RunConfig, pipe: int) -> None:
    """Begin or resume the run, train it to its end, and tell of each state that was said to be saved."""
    session = Session(job_in(folder, config), Control(), progress_every=10)
    for event in session.events():
        if isinstance(event, Checkpointed) and event.holds_the_state:
            os.write(pipe, f"{event.step}\n".encode())
        elif isinstance(event, Done):
            os.write(pipe, f"{event.state_sha256}\n".encode())
    session.close()
    session.job.directory.release()


def killed(rng: random.Random, folder: Path, config: RunConfig) -> tuple[bool, list[str]]:
    """Whether a process that trains there was killed, not done, at a random moment, and what it said before."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reader)
            live(folder, config, writer)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    with open(reader, encoding="ascii") as told:
        wait = rng.randrange(6)  # states that it says are saved; then a little longer, or while it begins
        words = [told.readline() for _ in range(wait)]
        time.sleep(rng.uniform(0, 0.005 if wait else 0.04))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        words = "".join([*words, told.read()]).split()
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status) != 0:
        raise SystemExit(f"the process failed in {folder}")
    return os.WIFSIGNALED(status), words


def look(folder: Path, digests: list[str], corpus: Corpus, said: int) -> str:
    """How the run stands after a kill; raises AssertionError where anything is not as it must be."""
    run = RunDirectory(folder)
    assert not run.is_locked()
    whole = [load(path) for path in run.checkpoints.glob("*.ckpt")]  # raises where one is not
    snapshot, _, warnings = run.latest()
    assert warnings == []
    for record in read_records(run.events_file) if run.events_file.exists() else ():
        assert {"event"} < record.keys()
    if snapshot is None:
        assert said == 0
        return "configured" if run.config_file.exists() else "no run yet"
    assert snapshot.state.step >= said, f"{said} was said to be saved, {snapshot.state.step} is there"
    for each in (each for each in whole if each.contents == "state"):
        assert digest(resumed_trainer(each, corpus)) == digests[each.state.step]
    return "saved"


def main(root: Path, seed: int, times: int) -> dict[str, object]:
    rng = random.Random(seed)
    (root / "tale.txt").write_text(TALE, newline="")
    config = RunConfig.from_recipe("adagrad", str(root / "tale.txt"), **SETTINGS)
    corpus = Corpus.from_source(read_text(config.corpus, config.encoding, config.errors))
    trainer = Trainer(config, corpus)
    digests = [digest(trainer)]
    for _ in range(STEPS):
        trainer.step()
        digests.append(digest(trainer))
    seen: collections.Counter[str] = collections.Counter()
    kills = runs = ended = litter = most = 0
    said = here = 0
    folder = root / "run-0"
    while kills < times:
        was_killed, words = killed(rng, folder, config)
        kills, here = kills + was_killed, here + was_killed
        said = max([said, *(int(word) for word in words if len(word) < 64)])
        for word in words:
            assert len(word) < 64 or word == digests[-1]
        litter += any(folder.rglob("*.tmp"))
        seen[look(folder, digests, corpus, said)] += was_killed
        most = max(most, here)
        if was_killed and rng.random() < 0.8:
            continue
        if rng.random() < 0.2:
            session = Session(job_in(folder, config), Control(), progress_every=10)
            *_, done = session.events()
            session.close()
            session.job.directory.release()
            assert done.state_sha256 == digests[-1]
            assert not any(folder.rglob("*.tmp"))
            ended += 1
        runs, said, here = runs + 1, 0, 0
        folder = root / f"run-{runs}"
    return {
        "kills": kills,
        "runs": runs,
        "resumed to the end": ended,
        "most kills of one run": most,
        "with litter": litter,
        **seen,
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
