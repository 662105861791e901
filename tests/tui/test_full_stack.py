"""The whole program on a small run: with the screen and without it a run ends in the same state, whatever one does."""

import json
from pathlib import Path

import pytest

from tests.cli.support import TALE, is_one_line
from tests.tui.support import sees, until
from tui_rnn import cli
from tui_rnn.engine.checkpoint import load
from tui_rnn.engine.config import RunConfig
from tui_rnn.runs.job import new_job, resumed_job
from tui_rnn.tui import program
from tui_rnn.tui.app import TuiRnnApp
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.panels.samples import Samples
from tui_rnn.tui.screens.sample import SampleScreen
from tui_rnn.tui.screens.training import TrainingScreen

STEPS = 120
SETTINGS = {
    "hidden_size": 8,
    "seq_length": 10,
    "sample_length": 30,
    "steps": STEPS,
    "sample_every": 25,
    "kernel": "numpy",
}
CLEARED_LINE = "\r\x1b[K"  # under the keys that were typed into the last moments
OPTIONS = {"progress_every": 20, "marker": "braille", "fps": 10.0, "theme": None}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tale.txt").write_text(TALE, newline="")


def job(run="screen", **settings):
    recipe = settings.pop("recipe", "adagrad")
    return new_job(RunConfig.from_recipe(recipe, "tale.txt", **{**SETTINGS, **settings}), run, dict(OPTIONS))


def screen(job):
    """The app of the job, which looks at it ten times a second."""
    return TuiRnnApp(job, ScreenOptions(fps=OPTIONS["fps"]), progress_every=OPTIONS["progress_every"])


def headless(capsys, *options):
    """The last record of the same run without a screen."""
    given = [f"--{name.replace('_', '-')}={value}" for name, value in SETTINGS.items()]
    assert cli._run(["tale.txt", "--json", "--run", "headless", *given, *options]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def last_record(run="screen"):
    return json.loads(Path(run, "events.jsonl").read_text().splitlines()[-1])


def training(pilot):
    return pilot.app.training


def state(pilot):
    return training(pilot).run.state if len(pilot.app.screen_stack) > 1 else ""


async def close(pilot):
    """Quit, and wait until the worker has ended."""
    await pilot.press("q")
    await until(pilot, lambda: pilot.app._exit)


@pytest.mark.parametrize(
    "recipe", ["adagrad", *(pytest.param(each, marks=pytest.mark.slow) for each in ("adam", "fast"))]
)
async def test_with_and_without_the_screen_a_run_ends_in_the_same_state(capsys, recipe):
    app = screen(job(recipe=recipe))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: state(pilot) == "done")
        await sees(pilot, f"{STEPS} of {STEPS}")
        assert (
            len(training(pilot).query_one(Samples).query(".sample")) == 6
        )  # before 1, 25, 50, 75, 100, and at the end
        await close(pilot)
    assert app.exit_code == 0
    assert any(str(Path("screen")) in line for line in app.last_words)
    expected = headless(capsys, "--recipe", recipe)
    assert last_record()["state_sha256"] == expected["state_sha256"]
    assert last_record()["best_smooth_loss"] == expected["best_smooth_loss"]


async def test_whatever_one_does_on_the_way_a_run_ends_in_the_same_state(capsys):
    """Paused, stepped, sampled, saved, checked, resized, and looked at with every key."""
    app = screen(job())
    app.control.pause()  # before the first update, so that keys are not raced
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: state(pilot) == "paused")
        for _ in range(3):
            await pilot.press("n")
        await until(pilot, lambda: app.worker.picture is not None and app.worker.picture.step == 3)
        await sees(pilot, "update 3")  # the last one, whole
        await pilot.press("v", "v")
        await sees(pilot, "a wrong sign")  # on a copy
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SampleScreen) and app.screen._chosen.sample is not None)
        assert len(app.screen._chosen.sample.text) == 1000
        await pilot.press("b", "left_square_bracket", "v", "escape")  # which are cancelled
        await pilot.press("f", "f", "2", "m", "k", "enter", "j", "m")
        await pilot.press("c")
        await until(pilot, lambda: Path("screen/checkpoints/step-00000003.ckpt").exists())
        await pilot.press("g", "l", "z", "plus", "5", "m", "escape")
        for size in ((80, 24), (1, 1), (200, 60), (120, 40)):
            await pilot.resize_terminal(*size)
        await pilot.press("n")
        await until(pilot, lambda: app.worker.picture.step == 4)
        await pilot.press("space")
        await until(pilot, lambda: state(pilot) == "done")
        await close(pilot)
    assert load("screen/checkpoints/step-00000003.ckpt").state.step == 3
    assert last_record()["event"] in ("done", "gradient_check")
    done = [r for r in map(json.loads, Path("screen/events.jsonl").read_text().splitlines()) if r["event"] == "done"]
    assert done[0]["state_sha256"] == headless(capsys)["state_sha256"]


@pytest.mark.parametrize("where", [0, 7])
async def test_a_run_that_was_quit_on_the_screen_resumes_to_the_same_state(capsys, where):
    app = screen(job())
    app.control.pause()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: state(pilot) == "paused")
        for _ in range(where):
            await pilot.press("n")
        await until(pilot, lambda: (app.worker.picture.step if app.worker.picture else 0) == where)
        await until(pilot, lambda: (training(pilot).poll(), training(pilot).run.picture)[1] is app.worker.picture)
        await pilot.press("q", *(["q"] if where else []))
        await until(pilot, lambda: app._exit)
    assert app.exit_code == 0
    assert last_record()["reason"] == "stopped"
    assert load("screen/checkpoints/last.ckpt").state.step == where
    app._job.directory.release()

    app = screen(resumed_job("screen", None, dict(OPTIONS)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: state(pilot) == "done")
        await close(pilot)
    assert last_record()["state_sha256"] == headless(capsys)["state_sha256"]


async def test_quitting_without_saving_writes_no_checkpoint():
    app = screen(job())
    app.control.pause()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: state(pilot) == "paused")
        await pilot.press("n")
        await until(pilot, lambda: (training(pilot).poll(), training(pilot).run.picture)[1] is not None)
        await pilot.press("q", "down", "enter")
        await until(pilot, lambda: app._exit)
    assert app.exit_code == 0
    assert list(Path("screen/checkpoints").iterdir()) == []


async def test_a_run_that_diverges_stays_on_the_screen_and_ends_with_its_code():
    app = screen(job(optimizer="sgd", eta=1e300, clip=0))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: state(pilot) == "diverged")
        await sees(pilot, "✖ DIVERGED")
        await pilot.press("5")
        await sees(pilot, "diverged at update")
        await close(pilot)
    assert app.exit_code == 3
    assert "Diverged" in app.last_words[0]


async def test_the_workers_failure_closes_the_app_with_its_code_and_a_traceback(monkeypatch):
    def fail(self, *_):
        raise RuntimeError("a wheel\x1b came off")

    monkeypatch.setattr("tui_rnn.engine.trainer.Trainer.step", fail)
    app = screen(job())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app._exit)
    assert app.exit_code == 1
    (line,) = app.last_words
    (traceback,) = Path("screen").glob("traceback-*.txt")
    assert "RuntimeError: a wheel␛ came off" in line
    assert str(traceback) in line
    assert "raise RuntimeError" in traceback.read_text()


def run_without_a_terminal(monkeypatch, wrong):
    """`program.train` on a screen that nobody sees, with something wrong in it; its exit code."""
    run = TuiRnnApp.run
    monkeypatch.setattr(TuiRnnApp, "run", lambda self, **_: run(self, headless=True, size=(80, 24)))
    wrong(monkeypatch)
    return program.train(job())


def in_an_event(monkeypatch):
    def fail(self, event, **_):
        raise RuntimeError("a pixel\x1b fell off")

    monkeypatch.setattr(TrainingScreen, "on_run_event", fail)


def in_compose(monkeypatch):
    def fail(self, *_):
        raise RuntimeError("a pixel\x1b fell off")

    monkeypatch.setattr(TrainingScreen, "compose", fail)


def in_render(monkeypatch):
    def fail(self, y):
        raise RuntimeError("a pixel\x1b fell off")

    monkeypatch.setattr("tui_rnn.tui.panels.loss.LossChart.render_line", fail)


@pytest.mark.parametrize("wrong", [in_an_event, in_compose, in_render])
def test_an_error_in_the_screen_is_one_line_with_its_traceback_in_the_run(monkeypatch, capsys, wrong):
    assert run_without_a_terminal(monkeypatch, wrong) == 1
    out, err = capsys.readouterr()
    assert out in ("", CLEARED_LINE)
    assert is_one_line(err)
    assert "RuntimeError" in err
    (traceback,) = Path("screen").glob("traceback-*.txt")
    assert str(traceback) in err
    assert "a pixel" in traceback.read_text()


def test_an_error_in_the_screen_loses_no_update(monkeypatch, capsys):
    """The worker has ended, with its last checkpoint on disk, before the run is let go."""
    run_without_a_terminal(monkeypatch, in_an_event)
    record = last_record()
    assert record["event"] == "done"
    assert load("screen/checkpoints/last.ckpt").state.step == record["step"]
    resumed_job("screen", None, dict(OPTIONS)).directory.release()


def test_a_crash_of_the_screen_writes_nothing_into_another_run(monkeypatch, capsys):
    def show(app):
        Path("screen").rename("elsewhere")
        job().directory.release()
        raise RuntimeError("a pixel fell off")

    monkeypatch.setattr(TuiRnnApp, "run", show)
    shown = job()
    assert program.train(shown) == 1
    err = capsys.readouterr().err
    assert is_one_line(err)
    assert "could not be written (the run directory is another one now)" in err
    assert not [*Path("screen").glob("traceback-*")]
    assert not shown.directory._lock.is_locked


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_whatever_ends_the_screen_lets_the_run_go(monkeypatch, error):
    def show(app):
        raise error

    monkeypatch.setattr(TuiRnnApp, "run", show)
    shown = job()
    with pytest.raises(error):
        program.train(shown)
    assert not shown.directory._lock.is_locked


def test_the_theme_and_the_summary_are_given(monkeypatch, capsys):
    async def leave(pilot):
        await until(pilot, lambda: state(pilot) == "done")
        themes.append(pilot.app.theme)
        await pilot.press("q")
        await until(pilot, lambda: pilot.app._exit)

    themes = []
    run = TuiRnnApp.run
    monkeypatch.setattr(TuiRnnApp, "run", lambda self, **_: run(self, headless=True, size=(80, 24), auto_pilot=leave))
    monkeypatch.setattr("tui_rnn.cli.training.has_terminal", lambda: True)
    given = [f"--{name.replace('_', '-')}={value}" for name, value in SETTINGS.items()]
    assert cli._run(["tale.txt", "--run", "screen", "--theme", "nord", *given]) == 0
    out, err = capsys.readouterr()
    assert themes == ["nord"]
    assert err == ""
    assert f"Finished after {STEPS} of {STEPS} steps" in out
    assert "tui-rnn resume screen" in out
