"""What the studies answer, of runs made up: every figure they say and draw is that of the made-up losses and times."""

import json
import math
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from tests.report.support import append, events, of_kind, rewrite
from tests.report.sweeps import a_sweep
from tests.sweeps import made_up
from tui_rnn import published
from tui_rnn.engine.grid_of_samples import Written
from tui_rnn.report import studies
from tui_rnn.report.studies import batches, cells, costs, orders, sampling, seeds, speed
from tui_rnn.report.sweep import read
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.sweeps.bands import Course
from tui_rnn.sweeps.spec import Status

AROUND = (0.02, -0.01, 0.0)  # a seed's loss, around the median of its setting
NO_LOSS = Status.WAITING, None


def record_of(folder, varied, medians, seeds=(0, 1, 2), around=AROUND, study=None, **more):
    """A sweep whose settings, by the values of what is varied, come to these losses; a setting without one waits."""
    plan = replace(made_up.plan(varied, seeds=seeds, **more), study=study)

    def tell(setting, seed):
        loss = medians.get(tuple(setting.values()))
        return NO_LOSS if loss is None else (Status.FINISHED, loss + around[seed])

    return read(str(folder), plan, made_up.rows(plan, tell))


def measured(folder, plan, seconds):
    found = {costs.cost_key(job.config): seconds(job.config) for job in plan.jobs}
    record = {"costs": [{"of": of, "seconds_per_update": cost} for of, cost in found.items()]}
    (folder / costs.COSTS).write_text(json.dumps(record))


def drawn(figure, gid):
    """(x, y) of a line of the figure."""
    (line,) = [each for axes in figure.axes for each in axes.lines if each.get_gid() == gid]
    return list(map(float, line.get_xdata())), pytest.approx(list(map(float, line.get_ydata())))


# Batches

LOSSES = {(1, 0.05): 2.0, (1, 0.1): 1.9, (4, 0.05): 1.5, (4, 0.1): 1.6, (16, 0.05): 1.8, (16, 0.1): 1.501}
TRIED = {"batch_size": [1, 4, 16, 64], "eta": [0.05, 0.1]}  # of 64 no run has finished


def test_batches_are_told_apart_by_more_than_the_seeds_spread(tmp_path):
    part = batches.part(record_of(tmp_path, TRIED, LOSSES))
    cost, gain, grows = part.answers
    assert cost == (
        "Each at its best learning rate, B = 4 learns most: it comes to 1.500 nats/char; behind are B = 1 by 0.400, "
        "more than the seeds' spread accounts for; B = 16 cannot be told from it with so few seeds."
    )
    assert gain == costs.NOT_MEASURED
    assert grows == (
        "The best of those tried is 0.1 with B = 1, 0.05 with B = 4 and 0.1 with B = 16. Of B = 1 and 16 it is the "
        "largest that was tried: a larger one may be better yet."
    )
    assert [row[:4] for row in part.blocks[0].rows] == [
        ("1", "10,000", "0.1", "1.900"), ("4", "10,000", "0.05", "1.500"), ("16", "10,000", "0.1", "1.501")
    ]  # fmt: skip


def test_batches_are_drawn_at_their_medians(tmp_path):
    figure = batches.part(record_of(tmp_path, TRIED, LOSSES)).figures[batches.BATCHES]
    assert drawn(figure, "eta-0") == ([0, 1, 2], [2.0, 1.5, 1.8])
    assert drawn(figure, "eta-1") == ([0, 1, 2], [1.9, 1.6, 1.501])
    dots = [each for each in figure.axes[0].lines if not (each.get_gid() or "").startswith("eta-")]
    found = sorted((x, round(y, 6)) for each in dots for x, y in zip(each.get_xdata(), each.get_ydata(), strict=True))
    places = {1: 0, 4: 1, 16: 2}
    assert found == sorted((places[B], round(loss + one, 6)) for (B, _), loss in LOSSES.items() for one in AROUND)


# Orders


@pytest.mark.parametrize(
    ("best", "second"),
    [
        ({1: "random", 16: "random"}, "No: at random the loss is lowest with each."),
        ({1: "random", 16: "chunks"}, "The loss is lowest at random with B = 1 and in shuffled chunks with B = 16;"),
        ({1: "random", 16: None}, "Runs of one batch size alone have finished."),
        ({}, "With these seeds no order can be told from the best, with either batch size."),
    ],
)
def test_the_best_order_is_said_for_each_batch_size(tmp_path, best, second):
    losses = {
        (order, B): 1.4 if best.get(B) == order else 1.501 if order == "chunks" else 1.5
        for order in ("sequential", "random", "chunks")
        for B in (1, 16)
        if best.get(B, "") is not None
    }
    record = record_of(tmp_path, {"order": ["sequential", "random", "chunks"], "batch_size": [1, 16]}, losses)
    answers = orders.part(record).answers
    assert answers[1].startswith(second)
    if len(best) == 2 and best[16] is not None:
        assert answers[1].endswith("the best order of each comes to 1.400 with B = 1 and 1.400 with B = 16.")
        rest = "it is higher by 0.100 nats/char (more than the seeds' spread accounts for)"
        chunks = rest.replace("0.100", "0.101")
        assert answers[0].startswith(
            f"With B = 1 at random the loss is 1.400 nats/char; in sequence {rest} and in shuffled chunks {chunks}."
        )
    elif not best:
        assert "(no more than the seeds' spread accounts for)" in answers[0]
        assert "more than the seeds' spread" not in answers[0].replace("no more than", "")


# Cells

CELLS = {"cell": ["rnn", "gru", "lstm"], "eta": [0.05, 0.1]}
AFTER = {("rnn", 0.05): 1.9, ("rnn", 0.1): 1.7, ("gru", 0.05): 1.5, ("gru", 0.1): 1.6, ("lstm", 0.05): 1.55,
         ("lstm", 0.1): 1.65}  # fmt: skip
SECONDS = {"rnn": 0.001, "gru": 0.004, "lstm": 0.002}  # an update


def of_cells(folder):
    """Courses that fall in a straight line from 4 at update 0 to twice a run's loss less 1 at its end."""
    record = record_of(folder, CELLS, AFTER, hidden_size=12)
    measured(folder, record.plan, lambda config: SECONDS[config["cell"]])
    ends = {row.spec.name: 2 * row.line.nats_per_char - 1 for row in record.rows}
    ends["missing"] = 0.0
    vars(record)["courses"] = {
        name: Course(np.array([0.0, 10_000.0]), np.array([4.0, end]), np.zeros(2)) for name, end in ends.items()
    }
    return record


def test_cells_are_compared_after_equal_updates_and_after_equal_time(tmp_path):
    part = cells.part(of_cells(tmp_path))
    after_updates, after_time = part.answers
    spread = "(more than the seeds' spread accounts for)"
    assert after_updates == (
        f"Each at its best learning rate, GRU comes to 1.500 nats/char; LSTM is behind by 0.050 nats/char {spread} and "
        f"RNN is behind by 0.200 nats/char {spread}."
    )
    # The RNN's 10,000 updates take 10 s, in which the GRU makes a fourth of its own and the LSTM a half.
    then = {name: 4 - part * (4 - (2 * loss - 1)) for name, part, loss in
            (("RNN", 1.0, 1.7), ("GRU", 0.25, 1.5), ("LSTM", 0.5, 1.55))}  # fmt: skip
    assert after_time.startswith(
        f"After 10 s, when RNN has made all its updates, RNN has come to {then['RNN']:.3f}, LSTM has come to "
        f"{then['LSTM']:.3f} and GRU has come to {then['GRU']:.3f} nats/char"
    )
    assert list(part.blocks[0].rows) == [
        ("GRU", "12", "0.05", "–", "1.500", "40", f"{then['GRU']:.3f}"),
        ("LSTM", "12", "0.05", "–", "1.550", "20", f"{then['LSTM']:.3f}"),
        ("RNN", "12", "0.1", "–", "1.700", "10", f"{then['RNN']:.3f}"),
    ]


def test_of_time_nothing_is_said_where_one_cell_was_not_measured(tmp_path):
    record = of_cells(tmp_path)
    found = json.loads((tmp_path / costs.COSTS).read_text())
    found["costs"] = [each for each in found["costs"] if "cell=lstm" not in each["of"]]
    (tmp_path / costs.COSTS).write_text(json.dumps(found))
    assert cells.part(record).answers[1] == costs.NOT_MEASURED


# Speed and costs


def test_speed_says_and_draws_how_much_faster(tmp_path):
    record = record_of(tmp_path, {"batch_size": [1, 4]}, {(1,): 1.5, (4,): 1.6})
    measured(tmp_path, record.plan, lambda config: {1: 0.001, 4: 0.0016}[config["batch_size"]])
    ways = [("naive", 900.0, 1.0), ("other", 300.0, 3.0), ("hoisted", 150.0, 6.0), ("middle", 450.0, 2.0)]
    gradients = [dict(zip(("name", "microseconds", "times"), way, strict=True)) for way in ways]
    (tmp_path / speed.GRADIENTS).write_text(json.dumps({"gradients": gradients}))
    part, T = speed.part(record), record.first_config.seq_length
    least, most = T / 0.001, 4 * T / 0.0016
    assert f"{most:,.0f} with B = 4: {most / least:.1f} times as many, since" in part.answers[1]
    assert part.headline == (
        f"B = 4 trains {most / least:.1f} times as many characters a second as B = 1. One gradient is 6.0 times as "
        "fast as the naive one."
    )
    of_gradients, of_batches = part.blocks[:2]
    assert of_gradients.rows == tuple((name, f"{time:.0f}", f"{times:.1f}") for name, time, times in ways)
    assert of_batches.rows == (("1", f"{least:,.0f}", "1.0"), ("4", f"{most:,.0f}", f"{most / least:.1f}"))
    assert drawn(part.figures[speed.SPEED], "rates") == ([0, 1], [least, most])


# fmt: off
DECISIVE = {
    "cell": "gru", "layers": 2, "hidden_size": 7, "seq_length": 9, "batch_size": 3, "dropout": 0.5, "optimizer": "adam",
    "order": "random", "dtype": "float64", "kernel": "numba",
}
# fmt: on


def test_a_cost_is_that_of_runs_with_the_same_work(tmp_path):
    config = record_of(tmp_path, {"batch_size": [1, 4]}, {}).plan.jobs[0].config
    keys = {costs.cost_key({**config, name: value}) for name, value in DECISIVE.items()}
    assert len({costs.cost_key(config), *keys}) == 1 + len(DECISIVE)
    assert costs.cost_key({**config, "eta": 3.0, "seed": 7, "steps": 5}) == costs.cost_key(config)


@pytest.mark.parametrize("cost", [0, -1.0])
def test_a_cost_that_none_can_have_counts_as_not_measured(tmp_path, cost):
    told = {"costs": [{"of": "a", "seconds_per_update": cost}, {"of": "b", "seconds_per_update": 2}]}
    (tmp_path / costs.COSTS).write_text(json.dumps(told))
    assert costs.measured_costs(tmp_path) == {"b": 2.0}


# Seeds

STEPS = [1, 20, 40, 60]
THEIRS = replace(
    published.REPORT_2021,
    losses=dict(zip(STEPS, (500.0, 90.0, 80.0, 70.0), strict=True)),
    repeated=dict(zip(STEPS, (1.0, 2.0, 3.0, 4.0), strict=True)),
)


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    """A sweep of four seeds, of which the last was stopped."""
    folder = tmp_path_factory.mktemp("seeds")
    plan, rows = a_sweep(folder, {}, range(4), steps=60, sample_every=20, hidden_size=100, seq_length=25, holdout=0.1)
    return plan, [*rows[:-1], replace(rows[-1], status=Status.STOPPED)]


def smooth(job):
    """The smooth losses logged with a run's samples by step, and its lowest one."""
    events = [json.loads(line) for line in (Path(job.run) / "events.jsonl").read_text(encoding="ascii").splitlines()]
    samples = {each["step"]: each["smooth_loss"] for each in events if each["event"] == "sample"}
    return samples, events[-1]["best_smooth_loss"]


def text_size(plan):
    return len(set(Path(plan.corpus[0]).read_text()))


def test_seeds_are_said_and_drawn_as_their_logs_have_them(four, monkeypatch):
    plan, rows = four
    losses, lowest = zip(*map(smooth, plan.jobs[:3]), strict=True)
    by_step = {step: sorted(each[step] for each in losses) for step in STEPS}
    # Published losses such that some lie among the seeds' quartiles, and others among the seeds alone.
    among = {1: 500.0, 20: by_step[20][1], 40: by_step[40][0] + 1e-9, 60: by_step[60][-1] + 0.01}
    theirs = replace(THEIRS, losses=among)
    for module in (published, seeds):
        monkeypatch.setattr(module, "REPORT_2021", theirs)
    part = seeds.part(read("x", plan, rows))
    last = by_step[60]
    assert part.answers[0].startswith(
        f"3 seeds stand between {last[0]:.2f} and {last[-1]:.2f} before update 60, the median at {median(last):.2f}; "
        f"their lowest smooth losses lie between {min(lowest):.2f} and {max(lowest):.2f} (sums over 25 characters). "
        f"Two runs that differ in their seed alone come out up to {last[-1] - last[0]:.1f} apart"
    )
    assert part.answers[1].startswith(
        "Of the 3 published losses after the first 2 lie between the lowest and the highest seed, 1 between the "
        "quartiles. "
    )
    K = text_size(plan)
    assert f"and this text has K = {K}:" in part.answers[1]
    assert part.headline.endswith("and 2 of the 3 published losses after the first lie among theirs.")
    assert part.blocks[0].head[1:3] == ("the 2021 report", "measured again")
    for row, step in zip(part.blocks[0].rows, STEPS, strict=True):
        columns = np.quantile(by_step[step], (0, 0.25, 0.5, 0.75, 1))
        assert row == (str(step), *(f"{each:.2f}" for each in (among[step], THEIRS.repeated[step], *columns)))
    figure = part.figures[seeds.BESIDE]
    assert drawn(figure, "median") == (STEPS, [median(by_step[step]) for step in STEPS])
    assert drawn(figure, "published") == (STEPS, list(among.values()))
    assert drawn(figure, "repeated") == (STEPS, list(THEIRS.repeated.values()))
    for gid, ends in (("range", (0, 1)), ("quartiles", (0.25, 0.75))):
        (band,) = [each for each in figure.axes[0].collections if each.get_gid() == gid]
        corners = band.get_paths()[0].vertices
        for step in STEPS:
            there = corners[corners[:, 0] == step, 1]
            assert [there.min(), there.max()] == pytest.approx(np.quantile(by_step[step], ends))


def test_the_loss_before_the_first_update_does_not_set_the_range_of_the_figure(four, monkeypatch):
    losses = np.array([[1000.0, 90.0, 80.0, 70.0], [1000.0, 95.0, 81.0, 60.0]])
    monkeypatch.setattr(seeds, "smooth_losses", lambda runs, wanted: (STEPS, losses))
    for module in (published, seeds):
        monkeypatch.setattr(module, "REPORT_2021", THEIRS)
    figure = seeds.part(read("x", *four)).figures[seeds.BESIDE]
    assert figure.axes[0].get_ylim() == pytest.approx((60.0 - 1.5, 95.0 + 1.5))


def test_the_losses_are_those_before_the_updates_that_all_runs_have(four):
    one, other = runs = [RunDirectory(Path(job.run)) for job in four[0].jobs[:2]]
    samples = of_kind(one, "sample")
    append(one, *({**event, "kind": "requested", "smooth_loss": 1.0} for event in samples))
    rewrite(other, [event for event in events(other) if (event["event"], event.get("step")) != ("sample", 40)])
    steps, losses = seeds.smooth_losses(runs, [1, 20, 40, 60, 80])
    assert steps == [1, 20, 60]
    assert losses.shape == (2, 3)
    assert (losses > 1.0).all()


# Sampling


def test_the_study_of_sampling_tells_what_was_written(tmp_path, monkeypatch):
    plan, rows = a_sweep(tmp_path, {}, range(1), steps=200, holdout=0.1, sample_every=50)
    ways = [(temp, top_p) for top_p in sampling.TOP_PS for temp in sampling.TEMPS]
    known = (tmp_path / "tale.txt").read_text().split()[1]
    made = {}
    for k, way in enumerate(ways):  # 20 whole words, of which k are the book's
        words = [known] * k + [known + known] * (len(ways) - k)
        made[way] = Written(*way, f" {' '.join(words)} ", 0.25 + k)
    monkeypatch.setattr(sampling, "grid", lambda snapshot, ways, length: [made[way] for way in ways])
    part = sampling.part(read("x", plan, rows))

    def told(temp, top_p):
        k = ways.index((temp, top_p))
        return f"{5 * k} % real words, {0.25 + k:.2f} bits/char"

    low, cool, _, _, high = sampling.TEMPS
    narrow = sampling.TOP_PS[1]
    book = rows[0].line.best_held_out_nats_per_char
    assert part.answers[0] == (
        f"At {low} it keeps to what is likeliest ({told(low, 1.0)}); at 1 it draws as it foretells ({told(1.0, 1.0)}); "
        f"at {high} it draws the unlikely often ({told(high, 1.0)}); the book's own text, held out, surprises it by "
        f"{book / math.log(2):.2f} bits/char."
    )
    assert part.answers[1].endswith(
        f"with top-p {narrow} there are, at temperature 1, {told(1.0, narrow)} in place of {told(1.0, 1.0)}, and at "
        f"{high} {told(high, narrow)} in place of {told(high, 1.0)}."
    )
    assert part.headline == (
        f"As it is, the network writes {told(1.0, 1.0)}; at temperature {cool} {told(cool, 1.0)}; with top-p {narrow} "
        f"{told(1.0, narrow)}."
    )
    texts = [each for each in part.blocks if type(each).__name__ == "Text"]
    shown = [(temp, 1.0) for temp in sampling.TEMPS] + [(1.0, top_p) for top_p in sampling.TOP_PS[:-1]]
    assert [each.text for each in texts] == [made[way].text[:240] for way in shown]
    assert part.blocks[0].rows[1] == (
        f"{narrow:g}",
        *(f"{5 * k}\xa0%, {0.25 + k:.2f}" for k in range(len(sampling.TEMPS), 2 * len(sampling.TEMPS))),
    )
    figure, temps = part.figures[sampling.SAMPLING], list(sampling.TEMPS)
    for number, top_p in enumerate(sampling.TOP_PS):
        places = [ways.index((temp, top_p)) for temp in temps]
        assert drawn(figure, f"share-{number}") == (temps, [5 * k for k in places])
        assert drawn(figure, f"bits-{number}") == (temps, [0.25 + k for k in places])
    assert drawn(figure, "book") == ([0, 1], [book / math.log(2)] * 2)


def test_a_study_whose_user_varies_other_options_has_no_part_of_its_own(tmp_path):
    of_batches = record_of(tmp_path, TRIED, LOSSES, study="batches")
    assert studies.part_of(of_batches).answers == batches.part(of_batches).answers
    of_eta = record_of(tmp_path, {"eta": [0.05, 0.1]}, {(0.05,): 1.5, (0.1,): 1.6}, study="batches")
    assert of_eta.answer.best is not None
    assert studies.part_of(of_eta) is None
