"""Another text for a trained network: what stays and what begins anew, and that such a run resumes and is repeated."""

import json
import random
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.cli.support import SMALL, TALE, is_one_line
from tests.cli.support import command as command  # the fixture
from tui_rnn.engine.checkpoint import load
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.state import digest
from tui_rnn.engine.text import read_text
from tui_rnn.engine.trainer import Trainer
from tui_rnn.report.read import read_run
from tui_rnn.report.reproduce import commands
from tui_rnn.runs.branch import branched_job
from tui_rnn.runs.job import resumed_job

OTHER = "".join(random.Random(1).sample(TALE, 1500))  # harder, so that its losses stay above those of the first text
OPTIONS = (*SMALL, "--batch-size", "2", "--holdout", "0.1", "--sample-every", "1000")


def records(answer):
    assert (answer.code, answer.err) == (0, "")
    return [json.loads(line) for line in answer.out.splitlines()]


@pytest.fixture
def run(command):
    Path("tale.txt").write_text(TALE, newline="")
    Path("other.txt").write_text(OTHER, newline="")
    records(command("tale.txt", *OPTIONS, "--recipe", "fast", "--steps", "150", "--run", "run", "--json"))
    return "run"


def files():
    return {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def test_the_network_stays_and_the_text_is_read_from_its_beginning(command, run):
    before = files()
    Path("tale.txt").unlink()  # what it knew is in the checkpoint
    told = records(command("resume", run, "--new-text", "other.txt", "--steps", "170", "--run", "new", "--json"))
    assert {path: files()[path] for path in before if path.name != "tale.txt"} == {
        path: data for path, data in before.items() if path.name != "tale.txt"
    }
    start, done = told[0], told[-1]
    assert (start["resumed_step"], start["config"]["corpus"], done["step"]) == (150, "other.txt", 170)
    assert start["corpus"]["begun_at"] == 150
    assert not [each for each in told if each["event"] == "warning"]  # it was asked for

    parent = load("run/checkpoints/last.ckpt")
    trainer = Trainer(parent.config, Corpus.from_source(read_text("other.txt"), parent.vocabulary))
    for name in trainer.theta:
        trainer.theta[name][...] = parent.arrays[f"theta.{name}"]
        for slot, flat in trainer.optimizer.slots.items():
            np.copyto(flat, np.concatenate([parent.arrays[f"{slot}.{each}"].ravel() for each in trainer.theta]))
    trainer.step_count = 150
    assert parent.state.epochs > 0
    losses = [trainer.step().loss for _ in range(20)]
    assert done["state_sha256"] == digest(trainer)
    smooth = losses[0]
    for loss in losses[1:]:
        smooth = 0.999 * smooth + 0.001 * loss
    assert done["smooth_loss"] == pytest.approx(smooth, rel=1e-12)
    assert done["best_smooth_loss"] > parent.state.best_smooth_loss
    assert done["best_step"] > 150
    assert load("new/checkpoints/best.ckpt").state.step == done["best_step"]
    assert done["best_held_out_step"] > 150
    assert done["best_held_out_nats_per_char"] > parent.state.best_held_out_loss


def test_such_a_run_resumes_is_repeated_and_branches(command, run):
    Path("more.txt").write_text("sat on the log.\n" * 9, newline="")
    new = ("--new-text", "other.txt", "--new-text", "more.txt")
    whole = records(command("resume", run, *new, "--steps", "170", "--run", "whole", "--json"))[-1]["state_sha256"]
    command("resume", run, *new, "--steps", "160", "--run", "new")
    assert records(command("resume", "new", "--steps", "170", "--json"))[-1]["state_sha256"] == whole
    repeated = records(command("replay", "new", "--json"))[0]
    assert (repeated["equal"], repeated["state_sha256"]) == (True, whole)
    again = command(*shlex.split(commands(read_run("new"))[0])[1:], "--json", "--run", "again")
    assert records(again)[-1]["state_sha256"] == whole
    branch = records(command("resume", "new", "--eta", "0.0005", "--steps", "180", "--run", "branch", "--json"))
    assert branch[0]["corpus"]["begun_at"] == 150
    Path("tale.txt").rename("gone.txt")
    assert records(command("replay", "new", "--json"))[0]["equal"]  # the checkpoint that it began with is enough
    Path("gone.txt").rename("tale.txt")
    shutil.rmtree("run/checkpoints")  # what it came to is made again, on its own text
    for name in ("new", "branch"):
        assert records(command("replay", name, "--json"))[0]["equal"]
    Path("tale.txt").rename("gone.txt")
    answer = command("replay", "new")
    assert (answer.code, answer.out) == (2, "")
    assert "the text of run is gone" in answer.err


def test_such_a_run_that_was_cut_off_at_once_goes_on_without_a_word(command, run):
    branched_job(run, None, "new", 170, {}, new_text=("other.txt",)).directory.release()
    job = resumed_job("new", None, {})
    job.directory.release()
    assert job.warnings == []
    assert job.source.characters == OTHER


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--new-text", "tale.txt"], "--new-text tale.txt is what run was trained on"),
        (
            ["--new-text", "strange.txt"],
            "2 characters that the run was not trained on, such as 'X', 'Y': leave them out",
        ),
        (["--new-text", "short.txt"], "short.txt"),
        (["--new-text", "nowhere.txt"], "nowhere.txt does not exist"),
        (["tale.txt", "--new-text", "other.txt"], "takes the place of tale.txt: leave one of them out"),
    ],
)
def test_a_text_that_cannot_follow_is_named_with_the_remedy(command, run, arguments, words):
    Path("strange.txt").write_text(OTHER + "XY")
    Path("short.txt").write_text("the cat")
    before = files()
    answer = command("resume", run, *arguments, "--steps", "170")
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    assert words in answer.err
    assert files() == before
