"""The studies' own figures, held to the logs of their runs and to NumPy."""

import json
import math
import statistics
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.report.support import Report
from tests.report.sweeps import a_sweep
from tui_rnn.engine.checkpoint import load
from tui_rnn.engine.grid_of_samples import grid
from tui_rnn.engine.writing import network, weights
from tui_rnn.report import files, sweep
from tui_rnn.report.studies import costs, sampling, speed


def report_of(study: str, folder: Path, small, **plan) -> Report:
    """The report of these runs as those of the study, read back."""
    record = sweep.read(str(folder), replace(small[0], study=study, **plan), small[1])
    files.write(folder / "report", *sweep.made(record))
    return Report(folder / "report")


def logged(job, kind):
    lines = (Path(job.run) / "events.jsonl").read_text(encoding="ascii").splitlines()
    return [event for event in map(json.loads, lines) if event["event"] == kind]


def test_seeds_of_another_network_are_not_held_against_the_published_ones(tmp_path):
    small = a_sweep(tmp_path, {}, range(2), steps=20, sample_every=20)
    told = report_of("seeds", tmp_path, small)
    assert "Not comparable: those of the 2021 report are for m = 100" in told.text
    assert told.page.all("figure") != []
    assert len(told.table("Smooth loss before the update")) == 2  # that before update 1


@pytest.fixture(scope="module")
def batches(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batches")
    varied = {"batch_size": [1, 4], "eta": [0.02, 0.1]}
    return folder, a_sweep(folder, varied, range(2), steps=60, holdout=0.1, sample_every=20)


SECONDS = {1: 0.001, 4: 0.0015}  # an update, by batch size


def measured(folder, plan, seconds):
    """Put down what an update of each setting costs, as the command line does."""
    found = {costs.cost_key(job.config): seconds(job.config) for job in plan.jobs}
    record = {"costs": [{"of": of, "seconds_per_update": cost} for of, cost in found.items()]}
    (folder / costs.COSTS).write_text(json.dumps(record))


def held_out(job):
    return min(event["nats_per_char"] for event in logged(job, "held_out"))


def test_each_batch_size_stands_at_its_best_learning_rate(batches):
    folder, small = batches
    measured(folder, small[0], lambda config: SECONDS[config["batch_size"]])
    told = report_of("batches", folder, small)
    medians = {}
    for job in small[0].jobs:
        medians.setdefault((job.setting["batch_size"], job.setting["eta"]), []).append(held_out(job))
    _, *rows = told.table("Each batch size at its best learning rate")
    for row, B in zip(rows, (1, 4), strict=True):
        best, loss = min(((eta, statistics.median(medians[B, eta])) for eta in (0.02, 0.1)), key=lambda each: each[1])
        assert row[:4] == [str(B), "60", f"{best:g}", f"{loss:.3f}"]
        assert row[4] == f"{B * 8 / SECONDS[B]:,.0f}"
    assert f"{4 * SECONDS[1] / SECONDS[4]:.1f} times as many" in told.text
    (folder / costs.COSTS).unlink()
    assert costs.NOT_MEASURED in report_of("batches", folder, small).text


def test_speed_tells_characters_a_second_and_the_measured_gradients(batches):
    folder, small = batches
    only = [replace(row, spec=replace(row.spec, setting={"batch_size": row.spec.setting["batch_size"]}))
            for row in small[1] if row.spec.setting["eta"] == 0.1]  # fmt: skip
    plan = replace(small[0], varied={"batch_size": [1, 4]}, jobs=[row.spec for row in only])
    (folder / costs.COSTS).unlink(missing_ok=True)
    without = report_of("speed", folder, (plan, only)).text
    assert "That was not measured here" in without
    assert costs.NOT_MEASURED in without
    measured(folder, plan, lambda config: SECONDS[config["batch_size"]])
    ways = [
        {"name": "naive", "microseconds": 900.0, "times": 1.0},
        {"name": "hoisted", "microseconds": 150.0, "times": 6.0},
    ]
    (folder / speed.GRADIENTS).write_text(json.dumps({"gradients": ways}))
    told = report_of("speed", folder, (plan, only))
    assert "hoisted takes 150 µs where the naive one takes 900 µs: 6.0 times as fast" in told.text
    _, *rows = told.table("Characters a second")
    assert [row[:2] for row in rows] == [[str(B), f"{B * 8 / SECONDS[B]:,.0f}"] for B in (1, 4)]
    assert "Which option matters" not in told.text
    (folder / speed.GRADIENTS).write_text("[1]")
    assert speed.measured(folder) == []


def test_cells_are_compared_at_the_time_in_which_the_quickest_is_done(tmp_path):
    small = a_sweep(
        tmp_path, {"cell": ["rnn", "gru"], "eta": [0.05, 0.1]}, range(1), steps=240, holdout=0.1, sample_every=20
    )
    seconds = {"rnn": 0.01, "gru": 0.025}  # an update: that time is the RNN's
    measured(tmp_path, small[0], lambda config: seconds[config["cell"]])
    told = report_of("cells", tmp_path, small)
    best = {cell: min((job for job in small[0].jobs if job.setting["cell"] == cell), key=held_out) for cell in seconds}
    assert "After 2.4 s, when RNN has made all its updates" in told.text
    rows = {row[0]: row for row in told.table("Lowest held-out loss in nats per character, medians")[1:]}
    for cell, job in best.items():
        points = {
            each["step"] - (each["kind"] == "scheduled"): each["nats_per_char"] for each in logged(job, "held_out")
        }
        then = np.interp(2.4 / seconds[cell], list(points), list(points.values()))
        assert rows[cell.upper()][4:] == [f"{held_out(job):.3f}", f"{240 * seconds[cell]:.3g}", f"{then:.3f}"]
    K = logged(small[0].jobs[0], "start")[0]["corpus"]["vocab_size"]
    assert rows["RNN"][3] == str(K * 6 + 36 + 6 + 6 * K + K)


def test_orders_are_compared_for_each_batch_size(tmp_path):
    varied = {"order": ["sequential", "random"], "batch_size": [1, 2]}
    small = a_sweep(tmp_path, varied, range(2), steps=40, holdout=0.1, sample_every=20)
    told = report_of("orders", tmp_path, small)
    names = {"sequential": "in sequence", "random": "at random"}
    for B in (1, 2):
        medians = {
            order: statistics.median(
                held_out(job) for job in small[0].jobs if job.setting == {"order": order, "batch_size": B}
            )
            for order in names
        }
        best, other = sorted(medians, key=medians.__getitem__)
        said = f"With B = {B} {names[best]} the loss is {medians[best]:.3f} nats/char; {names[other]} it is higher by "
        assert said in told.text


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sampling")
    small = a_sweep(folder, {}, range(1), steps=200, holdout=0.1, sample_every=50)
    return folder, small, load(Path(small[0].jobs[0].run) / "checkpoints" / "best-held-out.ckpt")


def test_the_surprise_of_a_written_text_is_that_of_reading_it(written):
    _, _, snapshot = written
    found = list(grid(snapshot, [(0.5, 1.0), (1.0, 0.8), (1.0, 1.0)], 60))
    model, theta = network(snapshot), weights(snapshot)
    for each in found:
        state, x, bits = model.zero_state(1, theta.flat.dtype)[0], snapshot.vocabulary.index("\n"), 0.0
        for character in each.text:
            o, state = model.step(theta, x, state)
            x = snapshot.vocabulary.index(character)
            p = np.exp(o.astype(np.float64))
            bits -= math.log2(p[x] / p.sum())
        assert each.bits == pytest.approx(bits / 60, rel=1e-5)
    assert found[0].bits < found[2].bits
    assert len({each.text for each in found}) == 3


def test_the_grid_shows_the_share_of_real_words_and_the_texts(written, monkeypatch):
    folder, small, snapshot = written
    monkeypatch.setattr(sampling, "_LENGTH", 300)
    told = report_of("sampling", folder, small)
    head, *rows = told.table("Share of the words")
    assert head[1:] == [f"temp {temp:g}" for temp in sampling.TEMPS]
    book = Path(small[0].corpus[0]).read_text()
    known = set("".join(c.lower() if c.isalpha() else " " for c in book).split())
    plain = next(grid(snapshot, [(1.0, 1.0)], 300))
    words = "".join(c.lower() if c.isalpha() else " " for c in plain.text)
    whole = words.split()[1 if words[0] != " " else 0 : -1 if words[-1] != " " else None]
    share = sum(word in known for word in whole) / len(whole)
    assert rows[-1][3] == f"{100 * share:.0f}\xa0%, {plain.bits:.2f}"
    assert plain.text[:240] in told.texts()
