"""A run in training: reported as far as it is, without its lock, and with no effect on it."""

import time

from tests.cli.support import SECONDS, TALE, running
from tests.report.support import a_run as a_new_run
from tests.report.support import append, of_kind, report_of
from tests.runs.support import small_job, train
from tui_rnn.engine.control import Control
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.session import Session


def content(folder):
    """Every file below, with its bytes and the time it was last written."""
    return {
        path.relative_to(folder): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_report_changes_nothing_in_the_run(tmp_path):
    run = a_new_run(tmp_path)
    before = content(run.path)
    report_of(run, out=tmp_path / "out")
    assert content(run.path) == before


def test_a_report_takes_no_lock(tmp_path, monkeypatch):
    run = a_new_run(tmp_path)

    def refuse(self):
        raise AssertionError("the lock was asked for")

    monkeypatch.setattr(RunDirectory, "lock", refuse)
    report_of(run, out=tmp_path / "out")


def test_reports_between_updates_leave_the_run_as_it_would_have_been(tmp_path):
    """The trainer holds its lock, is reported on at every checkpoint, and ends with the same digest."""
    settings = {"steps": 300, "checkpoint_every": 100}
    job = small_job(tmp_path, **settings)
    session = Session(job, Control(), progress_every=10)
    told = []
    for event in session.events():
        if event.event == "checkpoint" and event.kind == "periodic":
            told.append(report_of(job.directory, out=job.directory.path / "report"))
            assert f"after {event.step} of 300 updates or a little more" in told[-1].text
            assert "a run prints its digest when it ends" in told[-1].text
            assert told[-1].table("The smooth loss at its beginning")[3][1] == str(event.step)
    session.close()
    assert len(told) == 3
    alone = small_job(tmp_path, run="alone", **settings)
    train(alone)
    digests = [of_kind(each.directory, "done")[-1]["state_sha256"] for each in (job, alone)]
    assert digests[0] == digests[1]
    assert digests[0] in report_of(job.directory, out=job.directory.path / "report").text


def test_progress_beyond_the_last_checkpoint_is_on_the_curve(tmp_path):
    run = a_new_run(tmp_path)
    progress, done = of_kind(run, "progress")[-1], of_kind(run, "done")[-1]
    append(run, {**of_kind(run, "start")[0], "resumed_step": 600, "resumed_from": "x"})
    append(run, {**progress, "step": 610, "smooth_loss": done["best_smooth_loss"] - 0.5})
    report = report_of(run, out=tmp_path / "out")
    rows = report.table("The smooth loss at its beginning")
    lowest = f"{done['best_smooth_loss'] - 0.5:.2f}"
    assert rows[2][1:3] == ["610", lowest]
    assert rows[3][1:3] == ["610", lowest]


def test_a_process_at_work_is_reported_and_goes_on(tmp_path):
    (tmp_path / "tale.txt").write_text(TALE)
    options = ("--hidden-size", "8", "--seq-length", "10", "--steps", "100000000", "--progress-every", "50")
    with running("tale.txt", "--json", "--run", "run", "--checkpoint-every", "200", *options, cwd=tmp_path) as process:
        assert process.stdout is not None
        lines = (line for line in process.stdout if b'"kind": "periodic"' in line)
        next(lines)
        report = report_of(tmp_path / "run", out=tmp_path / "out")
        assert "It had not ended when this was read" in report.text
        next(lines)  # it goes on, and saves
        process.terminate()
        end = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < end:
            process.stdout.read(1 << 16)
        assert process.returncode == 143
