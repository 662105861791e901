"""Several runs on one page: every number is that of its run, and what differs is told."""

import math
import shutil
from dataclasses import replace

import numpy as np
import pytest

from tests.report.support import a_run as a_new_run
from tests.report.support import arrays, of_kind, report_of
from tests.report.test_page import outside_references
from tests.runs.support import small_job, train
from tui_rnn.engine.control import AdjustRequest, Control
from tui_rnn.engine.events import Progress
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.report.document import Strong, Table
from tui_rnn.report.lettered import Lettered, lettered
from tui_rnn.report.read import read_run
from tui_rnn.report.sections.reached import reached
from tui_rnn.report.views import line
from tui_rnn.runs.session import Session


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return [
        a_new_run(folder, run="ada"),
        a_new_run(folder, run="adam", recipe="adam", steps=400),
        a_new_run(folder, run="long", recipe="fast", seq_length=12, steps=100, batch_size=4),
    ]


@pytest.fixture(scope="module")
def compared(runs, tmp_path_factory):
    return report_of(*runs, out=tmp_path_factory.mktemp("compared") / "out")


def test_the_best_losses_steps_and_seconds_are_those_of_the_runs(runs, compared):
    _, *rows = compared.table("The lowest smooth loss of each run")
    for row, run, letter, T in zip(rows, runs, "ABC", (8, 8, 12), strict=True):
        start, done = of_kind(run, "start")[0], of_kind(run, "done")[-1]
        best = done["best_smooth_loss"]
        assert row == [
            f"{letter} {start['config']['recipe']}",
            f"{best:.2f}",
            f"{best / T:.3f}",
            f"{best / T / math.log(2):.3f}",
            str(done["best_step"]),
            f"{done['recent_nats_per_char']:.3f}",
            str(done["step"]),
            f"{done['elapsed_seconds']:.1f}",
        ]
    assert "Sums are over each run's own T." in compared.text


def test_of_runs_this_short_the_recent_losses_are_to_be_compared(runs, compared):
    assert "the smooth loss lags far behind the network, so that of A, B and C cannot be compared" in compared.text
    assert "recent loss = the mean of the last 50 updates" in compared.text
    for run, letter, T in zip(runs, "ABC", (8, 8, 12), strict=True):
        logged = arrays(run.checkpoints / "last.ckpt")["history.raw"] / T
        means = np.array([logged[max(0, end - 50) : end].mean() for end in range(1, len(logged) + 1)])
        drawn = line(Lettered(letter, read_run(str(run.path))), by_recent=True)
        assert drawn.steps.tolist() == list(range(1, len(logged) + 1))
        assert drawn.smooth == pytest.approx(means)


def test_the_table_of_differences_holds_each_that_differs_and_no_other(runs, compared):
    head, *rows = compared.table("The options in which the runs differ")
    assert head == ["option", "A adagrad", "B adam", "C fast"]
    configs = [of_kind(run, "start")[0]["config"] for run in runs]
    told = {row[0]: row[1:] for row in rows}
    settings = {"recipe", "seq_length", "batch_size", "optimizer", "eta", "clip", "init", "reduction", "steps", "seed"}
    settings |= {"schedule", "warmup", "clip_norm", "sample_every", "hidden_size", "dtype", "sample_length"}
    for name in settings:
        values = ["none" if config[name] is None else str(config[name]) for config in configs]
        assert told.get(name.replace("_", "-")) == (values if len(set(values)) > 1 else None), name


def test_a_run_that_was_adjusted_says_so_first_and_in_what_differs(runs, tmp_path):
    job, control = small_job(tmp_path, steps=60), Control()
    with job, Session(job, control, progress_every=1) as session:
        for event in session.events():
            if isinstance(event, Progress) and event.step == 20:
                control.post(AdjustRequest("eta", 0.05))
    steady = a_new_run(tmp_path, run="steady", steps=60, eta=0.05)
    (eta,) = of_kind(job.directory, "adjusted")
    course = f"0.1 → 0.05 from {eta['step'] + 1}"
    report = report_of(job.directory, steady, out=tmp_path / "out")
    assert {row[0]: row[1:] for row in report.table("The options in which")}["eta"] == [course, "0.05"]
    said = f"A was adjusted while it trained: eta {course}."
    assert said in report.text
    assert report.text.index(said) < report.text.index("What differs")
    assert "B was adjusted" not in report.text


def test_what_each_run_had_tells_whether_the_comparison_is_fair(runs, compared, tmp_path):
    _, *rows = compared.table("What each had")
    for row, run, characters in zip(rows, runs, (8, 8, 4 * 12), strict=True):
        start, done = of_kind(run, "start")[0], of_kind(run, "done")[-1]
        K, m = start["corpus"]["vocab_size"], start["config"]["hidden_size"]
        weights = K * m + m * m + m * K + m + K  # U, W, V, b, c
        read = done["step"] * characters
        assert row[1:] == [f"{weights:,}", f"{read:,}", f"{read / done['elapsed_seconds']:,.0f}"]
    assert "All runs read the same text. No part of a text is held out: they are judged on what they" in compared.text
    held_out = [a_new_run(tmp_path, run=name, holdout=0.1, eta=eta) for name, eta in (("a", 0.1), ("b", 0.05))]
    said = "All runs read the same text. They are judged by the held-out loss, on the last tenth of the text"
    assert said in report_of(*held_out, out=tmp_path / "out").text
    assert "They hold out unlike parts" in report_of(runs[0], held_out[0], out=tmp_path / "other").text


def test_the_losses_on_the_way_are_those_logged(runs, compared):
    _, first, *_ = compared.table("Smooth loss after so many updates")
    for cell, run, T in zip(first[1:4], runs, (8, 8, 12), strict=True):
        start = next(each for each in of_kind(run, "sample") if each["step"] == 1)
        assert cell == f"{start['smooth_loss'] / T:.3f}"


def test_the_gradient_checks_are_those_of_the_runs(runs, compared):
    _, *rows = compared.table("The worst norm-wise relative error")
    for row, run in zip(rows, runs, strict=True):
        worst = {
            check["method"]: max(each["relative_error"] for each in check["rows"])
            for check in of_kind(run, "gradient_check")
        }
        assert row[1:] == [f"{worst['central']:.1e}", f"{worst['complex']:.1e}", "PASS"]


def test_every_run_can_be_made_again(runs, compared):
    for run in runs:
        assert of_kind(run, "done")[-1]["state_sha256"] in compared.text
    assert len(compared.page.of_class("command")) == 3


def test_the_page_stands_alone(compared):
    assert outside_references(compared.html) == []
    assert [each.tag for each in compared.page.all("svg")] == ["svg"]
    assert len(compared.html.encode()) < 400_000


@pytest.mark.slow
@pytest.mark.figures
def test_twenty_six_runs_fit_on_a_page(tmp_path, command):
    job = small_job(tmp_path, steps=4000, sample_every=5000, checkpoint_every=5000)
    train(job)
    for number in range(27):
        shutil.copytree(job.directory.path, tmp_path / f"r{number}")
    report = report_of(*(tmp_path / f"r{number}" for number in range(26)), out=tmp_path / "out")
    assert len(report.html.encode()) < 400_000
    assert report.text.count("Nothing: the runs have the same settings.") == 1
    answer = command("report", *(f"r{number}" for number in range(27)))
    assert answer.code == 2
    assert "26" in answer.err


def test_runs_of_different_texts_are_not_ranked(tmp_path):
    one = a_new_run(tmp_path, run="one")
    (tmp_path / "tale.txt").write_text("quite another tale, and a longer one at that\n" * 60)
    other = a_new_run(tmp_path, run="other")
    report = report_of(one, other, out=tmp_path / "out")
    assert "The runs read different texts: their losses cannot be ranked." in report.text
    assert "every character alike" not in report.text


def test_a_run_without_anything_stands_beside_one_with_all(runs, tmp_path):
    job = small_job(tmp_path)
    job.directory.release()
    report = report_of(runs[0], job.directory, out=tmp_path / "out")
    assert report.table("The lowest smooth loss of each run")[2][1:] == ["–"] * 5 + ["0", "–"]
    assert "B holds no model that could write" in report.text
    assert any(text.startswith("B: ") for text in report.texts())
    assert report_of(job.directory, out=tmp_path / "alone")


def test_two_empty_runs_make_a_page_without_a_figure(tmp_path):
    jobs = [small_job(tmp_path, run=name) for name in ("a", "b")]
    for job in jobs:
        job.directory.release()
    report = report_of(*(job.directory for job in jobs), out=tmp_path / "out")
    assert "None of the runs has logged a loss" in report.text
    assert report.page.all("svg") == []


def test_twins_are_called_by_what_differs_everywhere(twins, between):
    names = ["A adagrad, eta 0.1, memory 0", "B adagrad, eta 0.05, memory 4"]
    assert "A: recipe adagrad (AdaGrad, eta 0.1, memory 0), B:" in between.text
    for caption in ("The lowest smooth loss of each run", "What each had", "The worst norm-wise relative error"):
        assert [row[0] for row in between.table(caption)[1:]] == names, caption
    for caption in ("Smooth loss after so many updates", "The options in which the runs differ"):
        assert between.table(caption)[0][1:3] == names, caption
    for name in names:
        assert f"{name}: best model" in between.text
    drawn = [line(each).label for each in lettered([read_run(str(run.path)) for run in twins])]
    assert drawn == ["A  adagrad: AdaGrad, η = 0.1, m = 6, memory 0", "B  adagrad: AdaGrad, η = 0.05, m = 6, memory 4"]


def test_no_loss_is_bold_and_who_is_ahead_is_said_where_one_trained_longer(twins, between):
    assert "<strong>" not in table_source(between.html, "The lowest smooth loss of each run")
    ends = [arrays(run.checkpoints / "last.ckpt")["history.raw"][250:300].mean() / 8 for run in twins]
    ahead, behind = sorted(zip(ends, "AB", strict=True))
    assert (
        f"They were not trained equally long. After 300 updates, the last that both have made, {ahead[1]} is "
        f"{behind[0] - ahead[0]:.3f} nats/char ahead: its recent loss is {ahead[0]:.3f}, against {behind[0]:.3f} of "
        f"{behind[1]}."
    ) in between.text


def test_the_losses_to_be_compared_are_bold_where_all_trained_equally_long(tmp_path):
    alike = [a_new_run(tmp_path, run=name, steps=60, eta=eta) for name, eta in (("a", 0.1), ("b", 0.05))]
    report = report_of(*alike, out=tmp_path / "out")
    assert table_source(report.html, "The lowest smooth loss of each run").count("<strong>") == 2
    assert "not trained equally long" not in report.text
    assert "After 60 updates, the last that both have made," in report.text


def test_a_name_that_its_user_gave_stands_for_the_recipe(twins):
    first, second = (read_run(str(run.path)) for run in twins)
    named = lettered([replace(first, given_name="slow one"), second])
    assert [each.label for each in named] == ["A slow one", "B adagrad"]
    alike = lettered([replace(run, given_name="mine") for run in (first, second)])
    assert [each.label for each in alike] == ["A mine, eta 0.1, memory 0", "B mine, eta 0.05, memory 4"]


def test_runs_that_trained_to_the_end_of_as_many_minutes_are_compared_fairly(twins):
    read = [read_run(str(run.path)) for run in twins]
    timed = [replace(run, goal=Goal(UNLIMITED, 0.5)) for run in read]
    losses = next(block for block in reached(lettered(timed)) if isinstance(block, Table))
    assert [sum(isinstance(cell, Strong) for cell in row) for row in losses.rows] == [1, 1]
    unlike = [timed[0], replace(timed[1], goal=Goal(UNLIMITED, 1.0))]
    losses = next(block for block in reached(lettered(unlike)) if isinstance(block, Table))
    assert not any(isinstance(cell, Strong) for row in losses.rows for cell in row)


def table_source(html, caption):
    (found,) = (each for each in html.split("<table")[1:] if caption in each.partition("</table>")[0])
    return found.partition("</table>")[0]


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twins")
    return [
        a_new_run(folder, run="first", steps=400, memory_start=0),
        a_new_run(folder, run="second", steps=300, memory_start=4, eta=0.05),
    ]


@pytest.fixture(scope="module")
def between(twins, tmp_path_factory):
    return report_of(*twins, out=tmp_path_factory.mktemp("between") / "out")
