"""Headless without `--json`: lines for a person, with loss, samples and the gradient table, safe for a terminal."""

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cli.support import SMALL, is_one_line
from tests.small import uncompiled
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.event_records import MOST_WHOLE
from tui_rnn.engine.events import Done, HeldOut, Progress, Sample
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.kernels import cache, preparing
from tui_rnn.headless.training import ProgressLine, _Readable

HOSTILE = "\x1b[2J\x9b31m\u202e\u2066\u200b\u2028\x00\r\x07\x7f\t" * 100


@pytest.fixture
def lines(command, tale):
    every = ("--sample-every", "100", "--checkpoint-every", "150", "--progress-every", "50")
    answer = command(tale, "--headless", *SMALL, "--steps", "300", *every, "--run", "run")
    assert (answer.code, answer.err) == (0, "")
    return answer.out.splitlines()


def test_it_begins_with_the_facts_of_the_run(lines):
    head = "\n".join(lines[:8])
    for words in ("tale.txt: 2,080 characters, K = 16", "m = 8, T = 10", "adagrad, eta = 0.1, seed 0, 300 steps"):
        assert words in head
    assert "2.773 nats/char, 4.000 bits/char (sum of 10: 27.73)" in head  # 10 ln 16, ln 16, and log2 16


def test_progress_lines_tell_step_and_loss(lines):
    steps = [line.split()[1] for line in lines if line.startswith("step ")]
    assert steps == ["50", "100", "150", "200", "250", "300"]
    for line in lines:
        if line.startswith("step "):
            for words in ("nats/char", "bits", "recent", "sum"):
                assert words in line


def test_samples_are_told_with_step_and_loss(lines):
    heads = [line for line in lines if "sample before update" in line]
    assert [line.split("update ")[1].split(",")[0] for line in heads] == ["1", "100", "200", "300"]
    assert all("nats/char" in line for line in heads)


def test_the_gradient_check_is_a_table_with_verdicts(lines):
    titles = [line for line in lines if line.startswith("Gradient check")]
    assert [("central" in title, title.endswith("PASS")) for title in titles] == [(True, True), (False, True)]
    rows = [line.split() for line in lines if line.startswith("  ") and line.endswith("PASS")]
    assert sorted(row[0] for row in rows) == sorted("UWbVc" * 2)


def test_checkpoints_are_told_with_their_paths(lines):
    told = [line for line in lines if line.startswith("checkpoint (")]
    assert [line.split("(")[1].split(")")[0] for line in told if "(best)" not in line] == [
        "periodic",
        "periodic",
        "final",
    ]
    for line in told:
        assert Path(line.split(": ", 1)[1]).is_file()


def test_it_ends_with_a_summary_that_tells_how_to_go_on(lines):
    tail = "\n".join(lines[-8:])
    for words in ("Finished after 300 of 300 steps", "smooth loss", "best", "tui-rnn resume run --steps", "sample run"):
        assert words in tail


def test_a_hostile_text_comes_out_as_pictures(command):
    Path("hostile\x1b[2J.txt").write_bytes(HOSTILE.encode())
    answer = command("hostile\x1b[2J.txt", *SMALL, "--steps", "40", "--sample-every", "10")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.replace("\n", "").isprintable()
    assert "hostile␛[2J.txt" in answer.out
    sampled = answer.out.split("sample before update 10,")[1].split("---")[0]
    assert set(sampled.splitlines()[1]) <= set("␛[2J31m␀␍␇␡␉⇄␤␦")


def test_a_resumed_run_says_where_it_goes_on(lines, command):
    out = command("resume", "run", "--steps", "310").out
    assert "resumed from" in out
    assert "at step 300" in out
    assert "Finished after 310 of 310 steps" in out


def test_an_unexpected_error_is_one_line_and_its_traceback_is_in_the_run(command, tale, monkeypatch):
    def fail(self, *_):
        raise RuntimeError("a wheel\x1b came off")

    monkeypatch.setattr("tui_rnn.engine.trainer.Trainer.step", fail)
    answer = command(tale, *SMALL, "--steps", "10", "--run", "run")
    assert answer.code == 1
    assert is_one_line(answer.err)
    assert "RuntimeError: a wheel␛ came off" in answer.err
    (traceback,) = Path("run").glob("traceback-*.txt")
    assert str(traceback) in answer.err
    assert "raise RuntimeError" in traceback.read_text()
    assert command("resume", "run").code == 1  # the run is free for another try


def test_held_out_losses_are_told_in_a_line_each_and_in_the_summary(command, tale):
    out = command(tale, *SMALL, "--steps", "250", "--sample-every", "100", "--holdout", "0.1", "--run", "run").out
    assert "tale.txt: 2,080 characters, K = 16, 208 held out, sha256" in out
    lines = [line for line in out.splitlines() if line.startswith("held out at step")]
    assert [line.split(":")[0].removeprefix("held out at step ") for line in lines] == ["1", "100", "200", "250"]
    for line in lines:
        assert re.fullmatch(r"held out at step [0-9,]+: \d\.\d{3} nats/char; best \d\.\d{3} at step \d+", line)
    summary = out.split("Finished")[1]
    assert "\nheld out      " + lines[-1].split(": ")[1].split(";")[0] + ", " in summary
    assert "\nbest held out " in summary
    assert "tui-rnn sample run --held-out" in summary
    assert "checkpoint (best-held-out) of step " in out


def test_without_a_holdout_nothing_is_said_of_it(lines):
    assert "held" not in "\n".join(lines)


LARGEST = sys.float_info.max
FIGURE = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([LARGEST, 5e-324, -0.0]))
STEP = st.sampled_from([0, 1, 100, MOST_WHOLE])


@given(STEP, FIGURE, FIGURE.map(abs), st.none() | FIGURE.map(abs), st.sampled_from([Goal(100), Goal(100, 0.01)]))
@example(MOST_WHOLE, 1.0, 1.0, 5e-324, Goal(100))
def test_every_event_of_legal_numbers_has_its_lines(step, loss, seconds, rate, goal):
    config = RunConfig.from_recipe("adagrad", "tale.txt")
    tell = _Readable(SimpleNamespace(config=config, config_in_force=config, goal=goal, run="run"))
    progress = Progress(step, seconds, step, loss, loss, loss / 25, loss / 25, rate, rate, seconds)
    for event in (
        progress,
        Sample(step, loss, loss, 1.0, "x", "scheduled", "live"),
        HeldOut(step, loss, loss, loss, step),
        Done(step, "steps", loss, loss, step, seconds, "0" * 64, held_out_nats_per_char=loss),
    ):
        assert all(line.endswith("\n") for line in tell.lines(event))
    ProgressLine(goal).show(progress)


def test_a_kernel_that_is_compiled_is_said_to_be_in_a_line_and_in_no_record(command, tale, monkeypatch):
    uncompiled(monkeypatch)
    monkeypatch.setattr(cache, "_base", [])
    monkeypatch.setattr(preparing, "_compile", lambda config: None)
    options = (tale, *SMALL, "--kernel", "numba", "--steps", "1")
    said = f"compiling the kernel, once: about {preparing.SECONDS} s"
    assert sum(line.startswith(said) for line in command(*options, "--headless").out.splitlines()) == 1
    records = [json.loads(line) for line in command(*options, "--json").out.splitlines()]
    assert {each["event"] for each in records} <= {"start", "gradient_check", "sample", "checkpoint", "warning", "done"}
