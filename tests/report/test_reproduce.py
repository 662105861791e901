"""The command in a report trains the same run again: typed, it ends with the same digest."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from tests.report.support import a_run as a_new_run
from tests.report.support import of_kind, report_of
from tests.runs.support import OPTIONS, Ticking, small_job, train
from tui_rnn.engine.control import AdjustRequest, Control
from tui_rnn.engine.events import Progress
from tui_rnn.engine.kernels import choice
from tui_rnn.report.read import read_run
from tui_rnn.report.reproduce import commands
from tui_rnn.report.sections.making import again, facts
from tui_rnn.runs.branch import branched_job
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import resumed_job
from tui_rnn.runs.session import Session
from tui_rnn.runs.twin import twin_job


def typed_again(command, lines):
    """The digest at the end of the last of these commands."""
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "tui-rnn"
        answer = command(*words)
        assert answer.code == 0, answer.err
    return answer.out.split("state sha256")[1].split()[0]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"recipe": "adam", "seed": 3, "dtype": "float64"},
        {"recipe": "fast", "batch_size": 3, "steps": 60},
        {"holdout": 0.25, "steps": 300},
        {"clip": 0, "clip_norm": 0.5, "memory_start": 0.25, "eta": 0.05, "eta_recurrent": 0.5, "eta_input": 2.0},
    ],
)
def test_the_command_ends_with_the_digest_of_the_report(tmp_path, command, settings):
    run = a_new_run(tmp_path, **{"steps": 50, **settings})
    report = report_of(run, out=tmp_path / "out")
    (shown,) = [each.text for each in report.page.of_class("command")]
    digest = of_kind(run, "done")[-1]["state_sha256"]
    assert digest in report.text
    assert typed_again(command, shown.split("\n")) == digest


def test_a_run_that_was_stopped_and_one_that_was_taken_further(tmp_path, command):
    run = a_new_run(tmp_path, recipe="fast", steps=40, batch_size=2)
    train(resumed_job(str(run.path), 70, dict(OPTIONS)))
    lines = commands(read_run(str(run.path)))
    assert len(lines) == 2
    assert typed_again(command, lines) == of_kind(run, "done")[-1]["state_sha256"]
    assert RunDirectory(Path("again")).latest()[0].state.step == 70


@pytest.mark.parametrize("is_installed", [False, True])
def test_the_command_names_the_kernel_whether_numba_is_installed_or_not(tmp_path, monkeypatch, is_installed):
    run = a_new_run(tmp_path, steps=3)
    monkeypatch.setattr(choice, "numba_is_installed", lambda: is_installed)
    (line,) = commands(read_run(str(run.path)))
    assert " --kernel numpy " in line


def test_a_twin_of_a_run_that_was_taken_further(tmp_path, command):
    run = a_new_run(tmp_path, recipe="fast", steps=40, batch_size=2)
    train(resumed_job(str(run.path), 70, dict(OPTIONS)))
    twin = twin_job(run, {"seq_length": 9}, str(tmp_path / "twin"), dict(OPTIONS))
    done = train(twin)[-1]
    record = read_run(twin.run)
    told = dict(facts(record))
    assert told["twin of"] == str(run.path)
    assert told["goal"] == "70 steps, its learning rate's schedule spread over 40 steps"
    assert "trained in" not in told
    assert typed_again(command, commands(record)) == done.state_sha256


def test_of_a_constant_rate_the_steps_made_are_enough(tmp_path, command):
    run = a_new_run(tmp_path, steps=40)
    train(resumed_job(str(run.path), 70, dict(OPTIONS)))
    (line,) = commands(read_run(str(run.path)))
    assert "--steps 70" in line
    assert typed_again(command, [line]) == of_kind(run, "done")[-1]["state_sha256"]


def test_a_run_of_some_minutes_at_a_constant_rate_is_made_again_by_its_steps(tmp_path, command):
    job = small_job(tmp_path, steps=None, minutes=0.5)
    train(job, Control(clock=Ticking()))
    (line,) = commands(read_run(str(job.directory.path)))
    done = of_kind(job.directory, "done")[-1]
    assert f"--steps {done['step']} " in line
    assert "--minutes" not in line
    assert typed_again(command, [line]) == done["state_sha256"]


def test_a_schedule_that_followed_the_clock_is_said_not_to_come_again(tmp_path):
    job = small_job(tmp_path, recipe="fast", batch_size=2, steps=None, minutes=0.5)
    train(job, Control(clock=Ticking()))
    read = read_run(str(job.directory.path))
    (line,) = commands(read)
    assert "--minutes 0.5" in line
    assert "--steps" not in line
    report = report_of(job.directory, out=tmp_path / "out")
    assert "schedule followed the clock" in report.text
    assert of_kind(job.directory, "done")[-1]["state_sha256"] not in report.text
    assert dict(report.table("Every setting"))["steps"] == "none"
    train(resumed_job(str(job.directory.path), None, dict(OPTIONS), 1.0), Control(clock=Ticking()))
    lines = commands(read_run(str(job.directory.path)))
    assert lines[1:] == ["tui-rnn resume again --minutes 1 --headless"]


def test_a_schedule_that_was_cut_short_is_said_to_pass_the_digest(tmp_path):
    run = a_new_run(tmp_path, recipe="fast", steps=60, batch_size=2)
    read = read_run(str(run.path))
    done = replace(read.log.done, step=30, reason="stopped")
    state = replace(read.state, state=replace(read.state.state, step=30))
    progress = {step: each for step, each in read.log.progress.items() if step <= 30}
    short = replace(read, state=state, log=replace(read.log, done=done, progress=progress))
    assert "--steps 60" in commands(short)[0]
    said = "".join(part for block in again(short) for part in getattr(block, "parts", ()) if isinstance(part, str))
    assert "when it stands at update 30" in said


def test_a_branch_on_an_edited_text_is_made_again_with_the_option_that_accepts_it(tmp_path, command):
    run = a_new_run(tmp_path, steps=20)
    text = Path(read_run(str(run.path)).config.corpus)
    text.write_text(text.read_text().replace("e", "t", 5))
    branch = tmp_path / "branch"
    done = train(branched_job(str(run.path), 0.05, str(branch), 40, dict(OPTIONS), accept_changed_corpus=True))[-1]
    (line,) = commands(read_run(str(branch)))
    assert typed_again(command, [line]) == done.state_sha256


def test_a_run_that_was_adjusted_tells_each_change_and_is_replayed(tmp_path, command):
    job = small_job(tmp_path, steps=60)
    changed = {20: AdjustRequest("eta", 0.05), 30: AdjustRequest("clip", None)}
    control = Control()
    with job, Session(job, control, progress_every=1) as session:
        for event in session.events():
            if isinstance(event, Progress) and event.step in changed:
                control.post(changed.pop(event.step))
    report = report_of(job.directory, out=tmp_path / "out")
    eta, clip = of_kind(job.directory, "adjusted")
    assert f"η\xa0=\xa00.1 at first, 0.05 from update {eta['step'] + 1} on" in report.text
    assert dict(report.table("Every setting"))["eta"] == "0.1"
    rows = report.table("What was changed while it trained")[1:]
    assert rows == [[str(eta["step"]), "eta", "0.1", "0.05"], [str(clip["step"]), "clip", "5", "none"]]
    (shown,) = [each.text for each in report.page.of_class("command")]
    assert shlex.split(shown) == ["tui-rnn", "replay", str(job.directory.path)]
    answer = command(*shlex.split(shown)[1:])
    assert answer.code == 0
    assert of_kind(job.directory, "done")[-1]["state_sha256"] in answer.out


def test_a_branch_of_a_run_that_went_further_is_made_again_from_its_step(tmp_path, command):
    run = a_new_run(tmp_path, steps=40, checkpoint_every=20)
    branch = tmp_path / "branch"
    done = train(branched_job(str(run.path), 0.05, str(branch), 30, dict(OPTIONS), at=20))[-1]
    (line,) = commands(read_run(str(branch)))
    assert "--at 20 --eta 0.05 --steps 30" in line
    assert typed_again(command, [line]) == done.state_sha256
    assert "as its latest" not in report_of(str(branch), out=tmp_path / "out").text


@pytest.mark.parametrize(
    ("corpus", "typed"), [("report", "./report"), ("-x.txt", "./-x.txt"), ("a b.txt", "'a b.txt'")]
)
def test_a_text_of_an_awkward_name_is_typed_so_that_it_is_found(run, corpus, typed):
    read = read_run(str(run.path))
    (line,) = commands(replace(read, config=replace(read.config, corpus=corpus)))
    assert line.startswith(f"tui-rnn {typed} --recipe adagrad")
