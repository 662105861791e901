"""The report of a sweep: its figures are those of the runs' logs, and it says what was left out of the comparison."""

import csv
import io
import json
import shlex
import statistics
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.report.support import Report
from tests.report.sweeps import a_sweep
from tests.sweeps import made_up
from tui_rnn.engine.config import RunConfig
from tui_rnn.report import files, sweep
from tui_rnn.report.document import Code, Heading, Paragraph
from tui_rnn.report.sections import options, sweep_making
from tui_rnn.report.sections.endings import not_compared
from tui_rnn.sweeps.answer import answer
from tui_rnn.sweeps.cancelled import CANCELLED
from tui_rnn.sweeps.spec import JobResult, Status

VARIED = {"eta": [0.02, 0.1], "hidden_size": [3, 6]}
SEEDS = range(3)
T = 8


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Plan and rows of 12 runs."""
    folder = tmp_path_factory.mktemp("sweep")
    return a_sweep(folder, VARIED, SEEDS, steps=240, holdout=0.1, sample_every=30, checkpoint_every=1000)


def written(small, out: Path, rows=None, **plan) -> Report:
    """The report of these rows, read back."""
    record = sweep.read("my sweep", replace(small[0], **plan), small[1] if rows is None else rows)
    files.write(out, *sweep.made(record), {sweep_making.RUNS: sweep_making.runs_csv(record)})
    return Report(out)


@pytest.fixture(scope="module")
def report(small, tmp_path_factory):
    return written(small, tmp_path_factory.mktemp("written") / "report")


def logged(job, kind):
    lines = (Path(job.run) / "events.jsonl").read_text(encoding="ascii").splitlines()
    return [event for event in map(json.loads, lines) if event["event"] == kind]


def lowest(job):
    """The lowest held-out loss of a run, from its log by the standard library alone."""
    return min(event["nats_per_char"] for event in logged(job, "held_out"))


def by_setting(plan):
    found = {}
    for job in plan.jobs:
        found.setdefault((job.setting["eta"], job.setting["hidden_size"]), []).append(lowest(job))
    return found


def test_the_table_holds_median_quartiles_and_each_seed(small, report):
    head, *rows = report.table("Lowest held-out loss in nats per character")
    assert head[:5] == ["eta", "hidden size", "median", "quartiles", "each seed"]
    expected = sorted(by_setting(small[0]).items(), key=lambda each: statistics.median(each[1]))
    assert len(rows) == 4
    for row, ((eta, m), losses) in zip(rows, expected, strict=True):
        lower, _, upper = statistics.quantiles(losses, n=4, method="inclusive")
        assert row[:2] == [f"{eta:g}", str(m)]
        assert row[2] == f"{statistics.median(losses):.3f}"
        assert row[3] == f"{lower:.3f} – {upper:.3f}"
        assert row[4].split() == [f"{loss:.3f}" for loss in losses]
        assert row[5] == "3"


def test_the_headline_names_the_best_setting_and_its_median(small, report):
    (eta, m), losses = min(by_setting(small[0]).items(), key=lambda each: statistics.median(each[1]))
    median = statistics.median(losses)
    answer = (
        f"Best after 240 updates each is eta = {eta:g}, hidden size = {m}: its lowest held-out loss is {median:.3f}"
    )
    assert answer in report.text
    assert answer in report.markdown


def test_the_medians_stand_crossed(small, report):
    head, *rows = report.table("The same medians crossed")
    medians = {key: statistics.median(losses) for key, losses in by_setting(small[0]).items()}
    assert head == ["", "hidden size = 3", "hidden size = 6"]
    assert [row[1:] for row in rows] == [
        [f"{medians[eta, m]:.3f}" for m in VARIED["hidden_size"]] for eta in VARIED["eta"]
    ]


def test_shares_add_up_to_the_whole(small, report):
    _, *rows = report.table("What explains how the losses differ")
    losses = by_setting(small[0])
    y = np.array([losses[eta, m] for eta in VARIED["eta"] for m in VARIED["hidden_size"]]).reshape(2, 2, 3)
    total = ((y - y.mean()) ** 2).sum()
    eta = 6 * ((y.mean(axis=(1, 2)) - y.mean()) ** 2).sum() / total
    m = 6 * ((y.mean(axis=(0, 2)) - y.mean()) ** 2).sum() / total
    seeds = ((y - y.mean(axis=2, keepdims=True)) ** 2).sum() / total
    shares = {"eta": eta, "hidden size": m, "together": 1 - eta - m - seeds, "seeds": seeds}
    assert {row[0]: row[1] for row in rows} == {
        name: f"{100 * share:.0f}\xa0%" if share >= 0.01 else "below 1\xa0%" for name, share in shares.items()
    }


@pytest.mark.figures
def test_bands_are_the_quartiles_of_the_logged_courses(small):
    record = sweep.read("my sweep", *small)
    best = record.answer.ranked[0]
    jobs = [job for job in small[0].jobs if job.setting == best.setting]
    x = np.linspace(0, 240, 240)
    curves = []
    for job in jobs:
        points = {
            event["step"] - (event["kind"] == "scheduled"): event["nats_per_char"] for event in logged(job, "held_out")
        }
        curves.append(np.interp(x, list(points), list(points.values())))
    lower, median, upper = np.percentile(curves, (25, 50, 75), axis=0)
    _, drawn = sweep.made(record)
    above = drawn["curves"].axes[0]
    lines = {line.get_gid(): line.get_xydata() for line in above.lines}
    assert np.allclose(lines["median-0"], np.stack([x, median], axis=1))
    (band,) = [each for each in above.collections if each.get_gid() == "band-0"]
    corners = {tuple(np.round(point, 9)) for point in band.get_paths()[0].vertices}
    assert {tuple(np.round((a, b), 9)) for a, b in zip(x, lower, strict=True)} <= corners
    assert {tuple(np.round((a, b), 9)) for a, b in zip(x, upper, strict=True)} <= corners
    dots = {line.get_gid(): line.get_xdata() for line in drawn["seeds"].axes[0].lines}
    assert dots["seeds-0"] == pytest.approx([lowest(job) for job in jobs])
    assert dots["median-0"] == pytest.approx([statistics.median(map(lowest, jobs))] * 2)


def test_runs_csv_has_every_run(small, report):
    rows = list(csv.DictReader(io.StringIO((report.folder / "runs.csv").read_text(encoding="utf-8"))))
    assert len(rows) == 12
    for row, job in zip(rows, small[0].jobs, strict=True):
        (done,) = logged(job, "done")
        assert row["state_sha256"] == done["state_sha256"]
        assert float(row["best_smooth_nats_per_char"]) == done["best_smooth_loss"] / T
        assert float(row["best_held_out_nats_per_char"]) == lowest(job)
        assert (row["eta"], row["hidden_size"], row["seed"]) == (
            str(job.setting["eta"]), str(job.setting["hidden_size"]), str(job.seed),
        )  # fmt: skip


def test_the_command_of_the_best_setting_trains_it_four_times_as_long(small, report):
    command = next(each.text for each in report.page.of_class("command"))
    words = shlex.split(command)
    best = min(small[0].jobs, key=lambda job: statistics.median(by_setting(small[0])[tuple(job.setting.values())]))
    options = dict(zip(words[2::2], words[3::2], strict=True))
    assert words[0] == "tui-rnn"
    assert options["--steps"] == "960"
    assert options["--holdout"] == "0.1"
    own = {
        name: str(best.config[name.removeprefix("--").replace("-", "_")]) for name in ("--hidden-size", "--seq-length")
    }
    assert own.items() <= options.items()
    assert float(options.get("--eta", 0.1)) == best.setting["eta"]
    said = "The best learning rate of a longer run is usually smaller: try it with a sweep of that length"
    assert f"{said}, `--set eta=… --steps 960`." in report.markdown


def test_cut_failed_and_open_runs_are_listed_and_take_no_part(small, tmp_path):
    plan, rows = small
    best = min(by_setting(plan).items(), key=lambda each: statistics.median(each[1]))[0]
    changed, count = [], 0
    for row in rows:
        if tuple(row.spec.setting.values()) == best:
            status = (Status.CUT, Status.FAILED, Status.TRAINING)[count]
            count += 1
            result = JobResult(row.spec.name, status.value, reason=f"because of {status.value}")
            row = replace(row, status=status, result=result)
        changed.append(row)
    told = written(small, tmp_path / "report", changed)
    assert f"Best after 240 updates each is eta = {best[0]:g}, hidden size = {best[1]}:" not in told.text
    assert "So far, with 1 run still to end" in told.text
    tables = [table for table in told.page.all("table") if table.all("caption")[0].text.startswith("With the step")]
    cells = [[cell.text for cell in table.all("tr")[1].all("th", "td")] for table in tables]
    setting = f"eta = {best[0]:g}, hidden size = {best[1]}"
    assert [row[:3] + row[6:] for row in cells] == [
        [setting, "0", "cut", "because of cut"],
        [setting, "1", "failed", "because of failed"],
        [setting, "2", "training", "because of training"],
    ]
    mine = [row for row in rows if tuple(row.spec.setting.values()) == best]
    assert [row[3:5] for row in cells] == [["240", f"{lowest(row.spec):.3f}"] for row in mine]
    assert "Cut by halving" in told.text
    assert "there is no seed with which every setting has finished (1 run was cut by halving)" in told.text


def test_a_cancelled_run_stands_apart_and_takes_no_part(small):
    plan, rows = small
    result = JobResult(rows[-1].spec.name, Status.STOPPED, reason=CANCELLED)
    record = sweep.read("my sweep", plan, [*rows[:-1], replace(rows[-1], status=Status.CANCELLED, result=result)])
    heading, title, rule, table = not_compared(record)
    assert (heading, title) == (Heading("What is not compared"), Heading("Cancelled", 3))
    assert rule == Paragraph.of(
        "These were ended by hand before their goal. What they would have reached is not known, and they take no part "
        "in the comparison above."
    )
    [[_, seed, status, step, *_, why]] = table.rows
    assert (seed, status, step, why) == (str(rows[-1].spec.seed), "cancelled", "240", Code(CANCELLED))
    [mine] = [group for group in record.answer.groups if group.setting == rows[-1].spec.setting]
    assert rows[-1].spec.seed not in mine.losses


def test_unlike_machines_forbid_comparing_digests_and_like_ones_do_not(small, tmp_path):
    def on(processors):
        return [
            replace(
                row, result=JobResult(row.spec.name, "finished", processor=processors[i % 2], kernel="numpy", host="h")
            )
            for i, row in enumerate(small[1])
        ]

    unlike = written(small, tmp_path / "unlike", on(["Zen", "Haswell"]))
    assert "The runs were not all made alike (processor)" in unlike.text
    assert "Zen, Haswell" in unlike.text
    alike = written(small, tmp_path / "alike", on(["Zen", "Zen"]))
    assert "not all made alike" not in alike.text


def test_of_a_sweep_that_has_just_begun_there_is_a_report(small, tmp_path):
    waiting = [replace(row, status=Status.WAITING, line=None, followed=None) for row in small[1]]
    told = written(small, tmp_path / "report", waiting)
    assert "No run has finished yet." in told.text
    assert told.page.all("svg") == []
    assert len(told.table("With the step")) == 13


def test_a_sweep_of_seeds_alone_lists_each(small, tmp_path):
    plan, rows = small
    jobs = [job for job in plan.jobs if job.setting == plan.jobs[0].setting]
    seeds = [replace(job, setting={}) for job in jobs]
    told = written(
        small, tmp_path / "report", [replace(row, spec=job) for row, job in zip(rows, seeds, strict=False)],
        varied={}, jobs=seeds,
    )  # fmt: skip
    losses = [lowest(job) for job in jobs]
    assert [row[:2] for row in told.table("Every seed")[1:]] == [[str(i), f"{x:.3f}"] for i, x in enumerate(losses)]
    assert f"between {min(losses):.3f} and {max(losses):.3f} nats/char, its median {statistics.median(losses):.3f}" in (
        told.text
    )
    assert "Which option matters" not in told.text


def test_the_command_makes_the_same_sweep(small):
    words = shlex.split(sweep_making.sweep_command(replace(small[0], seeds=[5, 6], halving=True)))
    assert words[:3] == ["tui-rnn", "sweep", small[0].corpus[0]]
    assert shlex.join(words[3:]) == (
        "--recipe adagrad --steps 240 --holdout 0.1 --sample-every 30 --checkpoint-every 1000 --set eta=0.02,0.1 "
        "--set hidden_size=3,6 --seeds 2 --seed 5 --halving"
    )
    config = RunConfig.from_recipe("adagrad", "text", clip=0)
    none = replace(small[0], varied={"clip": [config.clip, 5.0]})
    assert "clip=none,5" in shlex.split(sweep_making.sweep_command(none))


def test_a_reason_that_is_foreign_text_is_shown_and_steers_nothing(small, tmp_path):
    reason = "<script>\x1b[31m | **bold** `code`"
    failed = replace(
        small[1][0], status=Status.FAILED, result=JobResult(small[1][0].spec.name, "failed", reason=reason)
    )
    told = written(small, tmp_path / "report", [failed, *small[1][1:]])
    assert told.page.all("script") == []
    assert "\x1b" not in told.html + told.markdown
    assert "<script>" in told.table("With the step")[1][6]
    (line,) = [line for line in told.markdown.splitlines() if "bold" in line]
    assert line.count("|") == 8


def test_of_runs_on_a_machine_whose_folders_are_not_seen_the_results_are_told(small, tmp_path):
    def far(row):
        loss = lowest(row.spec)
        result = JobResult(row.spec.name, "finished", step=240, best_held_out_nats_per_char=loss, elapsed_seconds=2.0)
        return replace(row, line=None, followed=None, result=result)

    told = written(small, tmp_path / "report", [far(row) for row in small[1]])
    losses = by_setting(small[0])
    assert [row[2] for row in told.table("Lowest held-out loss")[1:]] == sorted(
        f"{statistics.median(each):.3f}" for each in losses.values()
    )
    assert [row[-1] for row in told.table("Lowest held-out loss")[1:]] == ["2.0"] * 4
    assert "Curves" not in told.text


def with_seconds(rows, seconds):
    """The rows with these seconds trained, by seed."""
    return [replace(row, line=replace(row.line, elapsed_seconds=seconds[row.spec.seed])) for row in rows]


@pytest.mark.parametrize(("seconds", "shown"), [((2.0, 2.2, 2.1), True), ((2.0, 7.0, 2.1), False)])
def test_seconds_are_drawn_only_where_runs_of_one_setting_took_about_the_same(small, tmp_path, seconds, shown):
    record = sweep.read("my sweep", small[0], with_seconds(small[1], seconds))
    _, drawn = sweep.made(record)
    assert len(drawn["curves"].axes) == 1 + shown
    told = written(small, tmp_path / "report", with_seconds(small[1], seconds))
    assert ("some run was 3.5 times as fast as another" in told.text) is not shown


def test_a_run_that_was_cut_though_it_was_better_is_told(small, tmp_path):
    """By the loss of the last 50 updates at its step, which is in the log, and not by one measured long before."""

    def cut_at_its_end(recent):
        first, *others = small[1]
        line = replace(first.line, recent_nats_per_char=recent)
        result = JobResult(first.spec.name, "cut", reason="others were better")
        return [replace(first, status=Status.CUT, line=line, result=result), *others]

    ends = [logged(row.spec, "done")[0]["recent_nats_per_char"] for row in small[1][1:]]
    better = written(small, tmp_path / "better", cut_at_its_end(max(ends) - 0.001))
    worse = written(small, tmp_path / "worse", cut_at_its_end(max(ends) + 0.001))
    assert "Doubtful: 1 cut run had" in better.text
    assert "Doubtful" not in worse.text
    assert better.table("With the step")[1][5] == f"{max(ends) - 0.001:.3f}"


def test_one_sentence_joins_an_option_that_matters_and_a_best_setting_that_cannot_be_told():
    """Three values of eta; the middle one is 4.7 spreads behind the best, too near for two seeds a side."""
    means = {0.004: 1.686, 0.016: 1.794, 0.064: 1.9}
    plan = made_up.plan({"eta": list(means)}, seeds=range(2))

    def joined(means):
        rows = made_up.rows(
            plan, lambda setting, seed: (Status.FINISHED, means[setting["eta"]] + 0.046 * 2**0.5 * (seed - 0.5))
        )
        return options.beside_the_answer(answer(plan, rows))

    assert joined(means).startswith("That eta matters, and that the best setting cannot be told from another, are two")
    assert joined({**means, 0.016: 2.5, 0.064: 3.5}) == ""  # both are told
    assert joined(dict.fromkeys(means, 1.7) | {0.064: 1.701}) == ""  # nothing is
