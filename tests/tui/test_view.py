"""`tui-rnn view`: a run on the screen, read from its files, whatever state it was left in, and never changed."""

import json
import shutil
from pathlib import Path

import pytest

from tests.runs.support import a_run, small_job, train
from tests.tui.support import done, live, painted, sampled, saved, sees, started, until
from tui_rnn.engine.checkpoint import load
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import AdjustRequest, Control
from tui_rnn.engine.event_records import as_record
from tui_rnn.engine.events import Finding, HeldOut, InheritedSample, Progress, Sample, StepDone, Viewed, Warned
from tui_rnn.engine.goal import Goal
from tui_rnn.runs.branch import branched_job
from tui_rnn.runs.followed import FollowedRun
from tui_rnn.runs.session import Session
from tui_rnn.tui.destinations import ToTrain
from tui_rnn.tui.header.tiles import tiles_of
from tui_rnn.tui.panels.event_lines import past_lines
from tui_rnn.tui.panels.loss import LossChart
from tui_rnn.tui.panels.run import facts
from tui_rnn.tui.panels.samples import Samples
from tui_rnn.tui.run_state import RunState
from tui_rnn.tui.screens.sample import SampleScreen
from tui_rnn.tui.story import StoryView
from tui_rnn.tui.view_app import ViewApp
from tui_rnn.tui.viewing import ReadOnlyControl, ViewWorker

SIZE = (100, 30)
CONFIG = RunConfig.from_recipe("adagrad", "made-up.txt")


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """A run that has ended, held out text and all."""
    return a_run(tmp_path_factory.mktemp("ended"), holdout=0.3, sample_every=10)


def files(folder):
    return {path: path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def app_of(directory):
    return ViewApp(FollowedRun.find(str(directory.path)))


async def test_a_finished_run_is_shown_whole_and_no_key_changes_it(ended):
    before = files(ended.path)
    state = load(ended.checkpoints / "last.ckpt")
    samples = [json.loads(line) for line in ended.events_file.read_text().splitlines()]
    samples = [each for each in samples if each["event"] == "sample"]
    app = app_of(ended)
    async with app.run_test(size=SIZE) as pilot:
        run = app.view.run
        assert (run.state, run.step) == ("done", 40)  # before a file is read whole
        await until(pilot, lambda: run.sample_steps)
        app.view.poll()
        assert app.view.query_one(LossChart).series.steps == tuple(state.arrays["history.steps"].tolist())
        smooth = [loss / run.config.seq_length for loss in state.arrays["history.smooth"].tolist()]
        assert app.view.query_one(LossChart).series.smooth == tuple(smooth)
        assert run.picture.best_smooth_loss == state.state.best_smooth_loss
        assert list(run.sample_steps) == [each["step"] for each in samples]
        assert run.held_out
        await until(pilot, lambda: app.view.query_one(LossChart).series.references)  # its text was found and counted
        await sees(pilot, "DONE", "40 of 40", "t train on, 40 more")
        await until(pilot, lambda: run.book is not None and run.book.words is not None)  # of the text where it lay
        assert {"cat", "mat"} <= {word for word in ("cat", "mat", "tac") if word in run.book.words} == {"cat", "mat"}
        for key in ("space", "n", "c", "g"):
            await pilot.press(key)
        await until(pilot, lambda: any("t trains on, from step 40" in each.message for each in app._notifications))
        assert "pause" not in painted(pilot).splitlines()[-1]
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SampleScreen) and app.screen._chosen.sample is not None)
        assert len(app.screen._chosen.sample.text) == 1000
        await sees(pilot, "latest saved weights at step 40 · training is done")
        await pilot.press("escape")
        await pilot.press("t")
        await until(pilot, lambda: app._exit)
        assert isinstance(app.goes_on, ToTrain)
    assert files(ended.path) == before


async def test_a_run_is_followed_while_another_process_trains_it(tmp_path):
    job = small_job(tmp_path)
    log = job.directory.open_log()
    app = app_of(job.directory)
    async with app.run_test(size=SIZE) as pilot:
        assert app.view.run.state == "training"
        await until(pilot, lambda: app.worker.picture is None and app.worker.followed._has_read is False)
        for step in (10, 20, 30):
            log.append(as_record(Progress(step, 0.1, 80, 20.0, 21.0 - step / 10, 2.6, 3.7, 9.0, 99.0, step / 9)))
        log.append(as_record(Sample(31, 18.0, 1.0, 1.0, "a tale of waves", "scheduled", "live")))
        await until(pilot, lambda: (app.view.poll(), app.view.run.step)[1] == 30)
        await sees(pilot, "a tale of waves")
        assert app.view.query_one(Samples)
        assert "t train on" not in painted(pilot)
        await pilot.press("t")
        await until(pilot, lambda: any("Another process" in each.message for each in app._notifications))
        log.close()
        job.directory.release()
        await until(pilot, lambda: (app.view.poll(), app.view.run.state)[1] == "cut off")
        await sees(pilot, "t train on")
        await pilot.press("q")
        await until(pilot, lambda: app._exit)
    assert (app.exit_code, app.goes_on) == (0, None)


async def test_a_run_whose_files_are_damaged_is_shown_as_far_as_they_can_be_read(ended, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(ended.path, copy)
    for path in (copy / "checkpoints").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    lines = (copy / "events.jsonl").read_bytes().splitlines(keepends=True)
    (copy / "events.jsonl").write_bytes(b"\xff{\n" + b"".join(lines[:-2]) + lines[-2][:30])
    (copy / "config.json").write_text("{")
    app = ViewApp(FollowedRun.find(str(copy)))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.view.run.sample_steps)
        await sees(pilot, "CUT OFF", "nats/char")
        assert app.view.run.picture.steps == (10, 20, 30, 40)
        await pilot.press("q")
        await until(pilot, lambda: app._exit)


def without(ended, folder, *names):
    """A copy of the run without these files."""
    shutil.copytree(ended.path, folder)
    for name in names:
        for path in folder.glob(name):
            path.unlink()
    return ViewApp(FollowedRun.find(str(folder)))


async def test_a_run_without_a_log_is_shown_by_its_checkpoint_and_its_text(ended, tmp_path):
    """What the log alone would hold is said not to be there, and the rest is as ever."""
    state = load(ended.checkpoints / "last.ckpt")
    app = without(ended, tmp_path / "run", "events.jsonl")
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "✓ step 40")
        per_epoch = (state.corpus_characters * 0.7 - 1) // 8  # windows of T = 8
        await sees(pilot, f"{40 / per_epoch:.2f}")
        await pilot.press("2", "m")  # where the story would be
        await sees(pilot, "The log of this run holds no sample. s has its weights write one.")
        await pilot.pause()
        assert app.view.area.alone == "samples"
        assert not app.view.query_one(StoryView).display
        await pilot.press("m", "8")
        await sees(pilot, "holds no gradient check")
        await pilot.press("9")
        await sees(pilot, "m = 6, T = 8", "tale.txt")
        await pilot.press("7")
        await sees(pilot, "the higher the harder")  # the book, as the weights read it


async def test_a_run_of_which_little_is_left_says_what_is_missing(ended, tmp_path):
    app = without(ended, tmp_path / "run", "events.jsonl", "checkpoints/*")
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "The log of this run holds no update.", "holds no sample. ", "0 of 40")
        for key in "34567":
            await pilot.press(key)
            panel = app.view.focused
            await until(pilot, lambda: "No checkpoint of this run" in "".join(panel._grid.text()))  # noqa: B023


def test_what_is_at_hand_of_a_run_is_said_by_its_files(ended, tmp_path):
    def at_hand(*missing):
        app = without(ended, tmp_path / str(len(list(tmp_path.iterdir()))), *missing)
        worker = app.worker
        worker._post = lambda message: None
        worker._read_checkpoint()
        worker._read_text()
        return worker._at_hand()

    length = len(Path(load(ended.checkpoints / "last.ckpt").config.corpus).read_text())
    assert at_hand() == Viewed(40, length)
    assert at_hand("events.jsonl", "config.json") == Viewed(40, length)
    found = at_hand("checkpoints/*")
    assert (found.saved_step, found.characters) == (None, length)
    assert "no weights to look at" in found.why_unseen


def test_a_state_that_cannot_be_read_is_not_said_to_be_saved():
    run = RunState(CONFIG, Goal(100), "run")
    run.is_viewed, run.state = True, "done"
    run.take(saved(90), None, paused=False)
    run.take_picture(live(90))
    for found, shown in ((None, "nothing"), (80, "✓ step 80")):
        run.take(Viewed(found), None, paused=False)
        (tile,) = (each for each in tiles_of(run.status(0.0)) if each.label == "saved")
        assert tile.value == shown
    assert list(run.kept.steps) == [90]  # a mark of what happened


async def test_what_was_changed_while_it_trained_is_shown(tmp_path):
    control = Control()
    with small_job(tmp_path) as job, Session(job, control) as session:
        for event in session.events():
            if isinstance(event, StepDone) and event.step == 13:
                control.post(AdjustRequest("eta", 0.05))
    app = app_of(job.directory)
    assert app.view.run.config.eta == 0.05
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: [event.step for event in app.view.run.adjusted] == [13])
        await sees(pilot, "▼ changed")


def test_what_happened_before_stands_in_the_order_of_its_steps_without_a_time():
    """Whatever order it was read in. A held-out loss joins its sample; what a parent wrote is no event of this run."""
    past = [
        started(resumed_step=10, resumed_from="runs/other/last.ckpt"),
        Warned("the disk is slow"),
        Finding(15, "beat", 0.9, "9 of 10 units beat", "they tell nothing"),
        Warned("the disk is full"),  # said after the finding
        InheritedSample(10, 80.0, 1.0, 1.0, "so", "scheduled", "live", by="runs/other"),
        sampled(20),
        sampled(30),
        HeldOut(20, 1.5, 2.2, 1.5, 20),
        saved(20),
        done(30, "stopped"),
    ]
    lines = past_lines(past)
    assert [line.words for line in lines] == [
        "stopped at step 30 after 1:01",
        "sample of step 30",
        "checkpoint saved, step 20",
        "sample of step 20; held out 1.500, the best",
        "the disk is full",
        "step 15: 9 of 10 units beat: they tell nothing",
        "goes on from step 10",
        "the disk is slow",
    ]
    assert all(row.plain.startswith(" " * 10) for line in lines for row in line.rows(80, in_full=False))


def test_the_view_of_a_branch_begins_with_what_its_parent_wrote(ended, tmp_path):
    with branched_job(str(ended.path), 0.05, str(tmp_path / "branch"), 50, {}) as job:
        followed, posted = FollowedRun(job.directory), []
        ViewWorker(followed, ReadOnlyControl(lambda: None), posted.append)._past()
    samples = [each for each in posted[0].events if isinstance(each, InheritedSample)]
    assert [(each.step, each.by) for each in samples] == [(step, str(ended.path)) for step in (1, 10, 20, 30, 40)]
    run = RunState(followed.config, followed.goal, followed.run)
    run.origin, run.started = followed.manifest.origin, started()
    assert facts(run)["branch of"] == f"{ended.path}, from its step 40 on"


async def test_the_curve_of_its_parent_lies_over_the_chart_of_a_branch(ended, tmp_path):
    train(job := branched_job(str(ended.path), 0.05, str(tmp_path / "branch"), 60, {}))
    app = app_of(job.directory)
    async with app.run_test(size=SIZE) as pilot:
        chart = app.view.query_one(LossChart)
        await until(pilot, lambda: chart.series.overlay is not None and len(chart.series.steps) == 60)
        over = chart.series.overlay
        assert (over.name, over.steps[-1]) == (ended.path.name, 40)
        assert over.smooth == pytest.approx(chart.series.smooth[:40])  # one run up to there
        await sees(pilot, f"╌ {ended.path.name}")
        await pilot.press("h", *"eta .05", "enter")
        await sees(pilot, "Nothing is changed")  # of what it branched with
        await pilot.press("ctrl+u", *"T 9")
        await sees(pilot, "Again, changed", "seq_length 8 → 9")
        await pilot.press("enter")
        await until(pilot, lambda: app._exit)
    with app.goes_on.make_job({}) as twin:
        assert (twin.config.seq_length, twin.config.eta, twin.manifest.twin_of) == (9, 0.05, job.run)  # as it branched
        assert twin.snapshot is None
