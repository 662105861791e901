"""What the figures draw is what the run logged, point for point; the same run gives the same bytes."""

import sys
from dataclasses import replace

import matplotlib
import numpy as np
import pytest

from tests.report.support import a_run as a_new_run
from tests.report.support import arrays, of_kind, report_of
from tui_rnn.published import REPORT_2021
from tui_rnn.report import figures, views
from tui_rnn.report.curve import kept_points
from tui_rnn.report.lettered import LETTERS, Lettered
from tui_rnn.report.read import read_run

T = 8

pytestmark = pytest.mark.figures


def drawn(figure):
    """The lines of a figure by their names, each an array (n, 2)."""
    return {line.get_gid(): line.get_xydata() for axes in figure.axes for line in axes.lines if line.get_gid()}


@pytest.fixture(scope="module")
def loss(run):
    read = read_run(str(run.path))
    return drawn(figures.loss_figure(views.loss_picture(read, views.levels(read))))


def test_smooth_and_raw_loss_are_the_checkpoints_history(run, loss):
    history = arrays(run.checkpoints / "last.ckpt")
    start = next(each for each in of_kind(run, "sample") if each["step"] == 1)["smooth_loss"]
    steps = history["history.steps"]
    assert steps[0] == 1  # every update of so short a run is kept, the first window's loss among them
    assert history["history.smooth"][0] == pytest.approx(start)
    assert np.array_equal(loss["smooth"][:, 0], steps)
    assert np.array_equal(loss["smooth"][:, 1], history["history.smooth"])
    assert np.array_equal(loss["raw"], np.column_stack([steps, history["history.raw"]]))


def test_the_lowest_smooth_loss_is_marked(run, loss):
    done = of_kind(run, "done")[-1]
    assert loss["best"].tolist() == [[done["best_step"], done["best_smooth_loss"]]]


def test_the_epochs_are_marked_where_they_end(run, loss):
    ends = [loss[f"epoch-{number}"][0, 0] for number in (1, 2)]
    assert ends == [259, 518]  # windows of 8 that fit into 2,080 characters
    assert "epoch-3" not in loss


def test_a_longer_history_keeps_its_minimum_and_its_first_loss(tmp_path):
    run = a_new_run(tmp_path, steps=4100, checkpoint_every=5000, sample_every=5000)
    read = read_run(str(run.path))
    assert read.curve.stride == 2
    told = drawn(figures.loss_figure(views.loss_picture(read, [])))
    history = arrays(run.checkpoints / "last.ckpt")
    start = next(each for each in of_kind(run, "sample") if each["step"] == 1)["smooth_loss"]
    assert told["smooth"][0].tolist() == [1, start]
    assert np.array_equal(told["smooth"][1:, 1], history["history.smooth"])
    assert told["best"][0, 1] == of_kind(run, "done")[-1]["best_smooth_loss"] == history["history.lowest"].min()


def test_the_largest_history_makes_a_page_below_400_kilobytes(tmp_path):
    run = a_new_run(tmp_path, steps=4095, checkpoint_every=5000, sample_every=100)
    assert len(read_run(str(run.path)).curve.steps) == 4095
    report = report_of(run, out=tmp_path / "out")
    assert len(report.html.encode()) < 400_000


def test_without_a_checkpoint_the_points_are_the_progress_events(tmp_path):
    run = a_new_run(tmp_path)
    for path in run.checkpoints.iterdir():
        path.unlink()
    read = read_run(str(run.path))
    told = drawn(figures.loss_figure(views.loss_picture(read, [])))
    progress = of_kind(run, "progress")
    start = next(each for each in of_kind(run, "sample") if each["step"] == 1)["smooth_loss"]
    assert told["smooth"].tolist() == [[1, start], *([each["step"], each["smooth_loss"]] for each in progress)]
    assert told["raw"].tolist()[1:] == [[each["step"], each["loss"]] for each in progress]
    report = report_of(run, out=tmp_path / "out")
    assert "The points are the run's progress events" in report.text
    assert "The run has no checkpoint yet" in report.text
    assert "The run holds no model that could write" in report.text


def test_the_figure_by_position_draws_each_epoch(run):
    read = read_run(str(run.path))
    epochs = views.epochs(read)
    best = (read.best[0], views.best_place(read))
    told = drawn(figures.position_figure(epochs, best, T, "the text"))
    assert told["best"].tolist() == [[100 * best[1], best[0]]]
    for epoch in epochs:
        assert told[f"smooth-{epoch.number}"] == pytest.approx(np.column_stack([100 * epoch.places, epoch.smooth]))
        parts = told[f"parts-{epoch.number}"]
        assert parts[:-1, 1] == pytest.approx(epoch.part_losses, nan_ok=True)
        assert parts[:, 0] == pytest.approx(np.linspace(0, 100, len(epoch.part_losses) + 1))


def test_later_epochs_are_drawn_stronger(run):
    figure = figures.position_figure(views.epochs(read_run(str(run.path))), None, T, "the text")
    strengths = [line.get_alpha() for line in figure.axes[0].lines]
    assert strengths == sorted(strengths)
    assert len(set(strengths)) == 3


def test_the_published_losses_are_drawn_as_far_as_the_run_came(run):
    read = read_run(str(run.path))
    assert views.loss_picture(read, []).published == []  # another T, another m
    like = replace(read.config, hidden_size=100, seq_length=25)
    picture = views.loss_picture(replace(read, config=like), [])
    assert picture.published == [(1, REPORT_2021.losses[1])]
    assert drawn(figures.loss_figure(picture))["published"].tolist() == [[1, 109.8]]


def test_the_comparison_draws_every_run_against_updates_and_seconds(run):
    read = read_run(str(run.path))
    told = drawn(figures.comparison_figure([views.line(Lettered(letter, read)) for letter in "AB"], []))
    progress = of_kind(run, "progress")
    for letter in "AB":
        assert told[f"steps-{letter}"][:, 1] == pytest.approx(read.curve.smooth / T)
        assert told[f"seconds-{letter}"].tolist() == [
            [each["elapsed_seconds"], each["smooth_loss"] / T] for each in progress
        ]


@pytest.mark.parametrize("lowest", [0, 1, 500, 777, 998, 999])
def test_thinning_keeps_the_lowest_point_wherever_it_stands(lowest):
    losses = np.ones(1000)
    losses[lowest] = 0
    kept = kept_points(losses, 50)
    assert len(kept) <= 51
    assert {0, lowest, 999} <= set(kept.tolist())
    assert np.array_equal(kept_points(losses, 1000), np.arange(1000))


def test_a_thinned_curve_keeps_the_lowest_point_and_both_ends(run):
    curve = read_run(str(run.path)).curve
    thinned = curve.thinned(50)
    assert len(thinned.steps) <= 51
    assert thinned.smooth.min() == curve.smooth.min()
    assert (thinned.steps[0], thinned.steps[-1]) == (curve.steps[0], curve.steps[-1])


def test_two_reports_of_the_same_run_are_the_same_bytes(run, report, tmp_path):
    again = report_of(run, out=tmp_path / "again")
    names = sorted(path.name for path in report.folder.iterdir())
    assert names == sorted(path.name for path in again.folder.iterdir())
    for name in names:
        assert (report.folder / name).read_bytes() == (again.folder / name).read_bytes(), name


def test_a_users_own_style_changes_nothing_and_is_put_back(run, report, tmp_path):
    with matplotlib.rc_context({"grid.linestyle": ":", "svg.fonttype": "path", "axes.titleweight": "bold"}):
        again = report_of(run, out=tmp_path / "again")
        assert matplotlib.rcParams["grid.linestyle"] == ":"
        assert matplotlib.rcParams["svg.fonttype"] == "path"
    for name in ("loss.svg", "position.svg", "loss.png"):
        assert (again.folder / name).read_bytes() == (report.folder / name).read_bytes(), name


def test_no_window_toolkit_and_no_global_figure_is_loaded(report):
    assert report.folder.is_dir()  # figures were drawn in this process
    assert "matplotlib.figure" in sys.modules
    assert "matplotlib.pyplot" not in sys.modules


def test_a_comparison_has_a_letter_for_every_run_it_takes():
    assert len(LETTERS) == len(set(LETTERS)) == 26
