"""Whatever numbers a log may hold, the report is made: losses up to the largest float, steps up to the largest kept."""

import contextlib
import dataclasses
import io
import math
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.report.support import a_run as a_new_run
from tests.report.support import of_kind, report_of, rewrite
from tui_rnn.engine.event_records import MOST_WHOLE, from_record
from tui_rnn.engine.events import HeldOut, Progress
from tui_rnn.headless.runs import show
from tui_rnn.report import assignment, comparison, figures, views
from tui_rnn.report.curve import Curve, Epoch
from tui_rnn.report.figures import Level, Line, LossPicture
from tui_rnn.report.lettered import Lettered, lettered
from tui_rnn.report.markdown import markdown
from tui_rnn.report.read import read_run
from tui_rnn.runs.listing import list_runs

LARGEST = sys.float_info.max
EDGES = [LARGEST, -LARGEST, 1e300, 1e100, 1e30, 1e15, 5e-324, -5e-324, 1e-310, 0.0, -0.0]
LOSS = st.one_of(st.floats(1e-3, 200), st.sampled_from(EDGES), st.floats(allow_nan=False, allow_infinity=False))
STEP = st.one_of(
    st.integers(1, 3000), st.sampled_from([2**31, 2**53 + 1, MOST_WHOLE - 1, MOST_WHOLE]), st.integers(1, MOST_WHOLE)
)
SECONDS = st.one_of(st.floats(0, 1e4), st.sampled_from([0.0, -0.0, -1.0, 5e-324, 1e15, 1e300, LARGEST]))
PROGRESS = st.fixed_dictionaries(
    {
        "event": st.just("progress"),
        "step": STEP,
        "epoch": SECONDS,
        "position": STEP,
        **dict.fromkeys(("loss", "smooth_loss", "nats_per_char", "bits_per_char"), LOSS),
        **dict.fromkeys(("updates_per_second", "characters_per_second"), st.none() | SECONDS),
        "elapsed_seconds": SECONDS,
    }
)
SAMPLE = st.fixed_dictionaries(
    {
        "event": st.just("sample"),
        "step": STEP,
        "smooth_loss": st.none() | LOSS,
        "temperature": LOSS,
        "top_p": LOSS,
        "text": st.just("x"),
        "kind": st.just("scheduled"),
        "model": st.just("live"),
        "prime": st.just(""),
    }
)
HELD_OUT = st.fixed_dictionaries(
    {
        "event": st.just("held_out"),
        "step": STEP,
        **dict.fromkeys(("nats_per_char", "bits_per_char", "best_nats_per_char"), st.none() | LOSS),
        "best_step": st.none() | STEP,
        "kind": st.sampled_from(["scheduled", "final"]),
    }
)
DONE = st.fixed_dictionaries(
    {
        "event": st.just("done"),
        "step": STEP,
        "reason": st.sampled_from(["steps", "stopped", "signal", "diverged"]),
        **dict.fromkeys(("smooth_loss", "best_smooth_loss"), st.none() | LOSS),
        "best_step": STEP,
        "elapsed_seconds": SECONDS,
        "state_sha256": st.just("0" * 64),
    }
)
EVENTS = st.lists(st.one_of(PROGRESS, PROGRESS, PROGRESS, SAMPLE, HELD_OUT), max_size=30)
POINTS = st.lists(st.tuples(STEP, LOSS, LOSS | st.just(math.nan)), max_size=60, unique_by=lambda point: point[0])


fewer = settings(max_examples=settings.default.max_examples // 3)  # each takes a tenth of a second


@pytest.fixture(scope="module", autouse=True)
def no_warnings():
    """What overflows on the way to an axis is a fault, though NumPy only warns of it."""
    with np.errstate(all="raise", under="ignore"):
        yield


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A run without a checkpoint, so that its log alone tells; its folder is the only one beside it."""
    folder = tmp_path_factory.mktemp("extremes") / "runs"
    folder.mkdir()
    run = a_new_run(folder, steps=20, holdout=0.2)
    for path in run.checkpoints.iterdir():
        path.unlink()
    return run


@fewer
@given(EVENTS, st.none() | DONE)
def test_every_log_of_legal_numbers_is_reported_and_listed(told, records, done):
    start, check = of_kind(told, "start")[0], of_kind(told, "gradient_check")[0]
    rewrite(told, [start, check, *records, *([done] if done else [])])
    read = read_run(str(told.path))
    assert set(read.log.progress) == {each["step"] for each in records if each["event"] == "progress"}
    known = views.levels(read)
    views.loss_picture(read, known)
    views.line(Lettered("A", read))
    views.best_place(read)
    assert markdown(assignment.document(read, known, views.epochs(read)))
    assert markdown(comparison.document(lettered([read, read]), known))
    line = next(each for each in list_runs(told.path.parent) if each.run == str(told.path))
    assert line.state != "damaged"
    with contextlib.chdir(told.path.parent.parent), contextlib.redirect_stdout(io.StringIO()) as shown:
        assert show(as_json=False) == show(as_json=True) == 0
    assert len(shown.getvalue().splitlines()) == 5  # two runs under their headings, and two objects
    rewrite(told, [start, check])


@fewer
@given(POINTS, st.integers(1, 2**40), st.lists(LOSS, max_size=2))
@example([(1, 50.0, 50.0), (2, 1e30, 1e30), (3, 49.0, 49.0)], 1, [2.7])
def test_the_figures_of_any_losses_are_built(points, stride, levels):
    points = sorted(points)
    steps = np.array([step for step, _, _ in points], np.int64)
    smooth, raw = (np.array([point[column] for point in points], np.float64) for column in (1, 2))
    known = [Level(loss, "a level") for loss in levels if abs(loss) < 1e3]
    best = min(((loss, step) for step, loss, _ in points), default=None)
    picture = LossPicture(steps, smooth, raw, "loss", 25, best, steps[:3].tolist(), known, [(1, 109.8)], "theirs")
    figures.loss_figure(picture)
    places = np.linspace(0, 1, len(points))
    epoch = Epoch(1, places, smooth, raw)
    figures.position_figure([epoch], best and (best[0], 0.5), 25, "the text")
    line = Line("A", "a run", steps, smooth, raw, smooth)
    drawn = figures.comparison_figure([line, line], known)
    for axes in drawn.axes:
        assert all(math.isfinite(limit) for limit in (*axes.get_xlim(), *axes.get_ylim()))
    thin = Curve(steps, smooth, raw, stride, from_checkpoint=True, logged={}).thinned(10)
    assert len(thin.steps) <= 11


WHOLE = {
    "to 1e30 and back": [50.0, 1e30, 1e30, 49.0, 48.0],
    "the largest": [LARGEST, 1e300, LARGEST, -LARGEST, 1.0],
    "denormal": [5e-324, 1e-310, 0.0, -0.0, 5e-324],
}


@pytest.mark.figures
@pytest.mark.parametrize(
    "losses",
    [pytest.param(each, id=name, marks=pytest.mark.slow if name == "denormal" else ()) for name, each in WHOLE.items()],
)
def test_such_a_run_is_reported_whole(told, tmp_path, losses):
    """Drawn to the last byte of its pictures."""
    start, progress = of_kind(told, "start")[0], from_a_run(tmp_path)
    steps = [1, 1000, 2**53, MOST_WHOLE - 1, MOST_WHOLE]
    rewrite(
        told,
        [
            start,
            *(
                {**progress, "step": step, "loss": loss, "smooth_loss": loss, "elapsed_seconds": seconds}
                for step, loss, seconds in zip(steps, losses, [0.0, 0.0, 5.0, 1e300, LARGEST], strict=True)
            ),
        ],
    )
    report = report_of(told, out=tmp_path / "one")
    assert (report.folder / "loss.png").is_file()
    if losses[1] == 1e30:
        assert "cut: it rises to 1.00e+30" in report.html
    assert report_of(told, told.path.parent / "other", out=tmp_path / "two").table("The lowest smooth loss of each")


@pytest.fixture(scope="module", autouse=True)
def other(told):
    """A second run to compare with."""
    a_new_run(told.path.parent, run="other", steps=20)


def from_a_run(folder):
    """A progress event as a run writes it."""
    return {
        "event": "progress",
        "step": 1,
        "epoch": 0.0,
        "position": 0,
        "loss": 1.0,
        "smooth_loss": 1.0,
        "nats_per_char": 1.0,
        "bits_per_char": 1.0,
        "elapsed_seconds": 0.0,
        "updates_per_second": None,
        "characters_per_second": None,
    }


@pytest.mark.parametrize("step", [MOST_WHOLE + 1, 2**63, 10**30, 10**400, -(10**30)])
def test_a_step_beyond_all_integers_is_passed_over_as_damage(tmp_path, step):
    progress = from_a_run(tmp_path)
    assert from_record(Progress, progress) is not None
    assert from_record(Progress, {**progress, "step": step}) is None
    assert from_record(Progress, {**progress, "position": step}) is None
    held_out = {"step": 1, "nats_per_char": 1.0, "bits_per_char": 1.0, "best_nats_per_char": 1.0, "best_step": step}
    assert from_record(HeldOut, held_out) is None


def test_a_whole_number_stands_for_a_figure_of_any_size(tmp_path):
    """JSON writes 1e300 as either; what a float holds is a figure."""
    read = from_record(Progress, {**from_a_run(tmp_path), "loss": 10**300})
    assert read is not None
    assert read.loss == 1e300


def test_so_many_epochs_as_a_figure_can_show_are_marked(told):
    read = read_run(str(told.path))
    few = dataclasses.replace(read, state=None, log=dataclasses.replace(read.log, done=None))
    (n,) = {end // number for number, end in enumerate(_ends(few, 2000), 1)}
    assert _ends(few, MOST_WHOLE)[-1] <= MOST_WHOLE
    assert len(_ends(few, MOST_WHOLE)) <= views.MOST_EPOCH_ENDS
    assert all(end % n == 0 for end in _ends(few, MOST_WHOLE))
    assert _ends(few, n) == []
    assert _ends(few, n + 1) == [n]


def _ends(read, step):
    progress = Progress(step, 0.0, 0, 1.0, 1.0, 1.0, 1.0, None, None, 0.0)
    return views.epoch_ends(dataclasses.replace(read, log=dataclasses.replace(read.log, progress={step: progress})))
