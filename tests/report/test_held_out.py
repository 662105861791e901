"""The held-out judgement: every number is that of an independent count, or of the log."""

import json
from collections import Counter
from math import log
from pathlib import Path

import numpy as np
import pytest

from tests import oracle
from tests.report.support import a_run, append, arrays, of_kind, report_of

HOLDOUT = 0.2


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return a_run(tmp_path_factory.mktemp("held-out"), holdout=HOLDOUT)


@pytest.fixture(scope="module")
def report(run, tmp_path_factory):
    return report_of(run, out=tmp_path_factory.mktemp("report"))


def split(run):
    text = Path(json.loads(run.config_file.read_text())["corpus_path"]).read_text()
    count = int(len(text) * HOLDOUT)
    return text[:-count], text[-count:]


def test_the_losses_are_the_logged_ones(run, report):
    told = of_kind(run, "held_out")
    assert len(told) > 2
    _, *rows = report.table("Loss on the held-out text in the course")
    assert [int(row[0]) for row in rows] == [each["step"] - (each["kind"] == "scheduled") for each in told]
    assert [row[1:] for row in rows] == [[f"{e['nats_per_char']:.3f}", f"{e['bits_per_char']:.3f}"] for e in told]


def test_the_best_by_either_loss_stand_side_by_side(run, report):
    _, by_held_out, by_smooth = report.table("The best model by held-out loss")
    best = min(of_kind(run, "held_out"), key=lambda each: each["nats_per_char"])
    updates = best["step"] - (best["kind"] == "scheduled")
    assert by_held_out[:3] == ["by held-out loss", f"{updates:,}", f"{best['nats_per_char']:.3f}"]
    done = of_kind(run, "done")[-1]
    assert by_smooth[1] == f"{done['best_step']:,}"
    assert by_smooth[4] == f"{done['best_smooth_loss'] / json.loads(run.config_file.read_text())['seq_length']:.3f}"
    # The model that is best by smooth loss, read by the oracle in one stream, as a text this short is
    train, held_out = split(run)
    characters = sorted(set(train + held_out))
    indices = [characters.index(character) for character in held_out]
    saved = arrays(run.checkpoints / "best.ckpt")
    theta = oracle.columns({name: saved[f"theta.{name}"] for name in "UWVbc"})
    read = (len(indices) - 1) // 25 * 25
    loss, *_ = oracle.forward(theta, indices[:read], indices[1 : read + 1], np.zeros(len(theta["b"])))
    assert float(by_smooth[2]) == pytest.approx(loss / read, abs=6e-4)


def test_counting_is_counted_here_too(run, report):
    train, held_out = split(run)
    K = len(set(train + held_out))
    _, uniform, first, *_, network = report.table("What counting reaches")
    assert uniform == [f"uniform guess, ln {K}", f"{log(K):.3f}", f"{log(K) / log(2):.3f}"]
    counts = Counter(train)
    seen, types = len(train), len(counts)
    nats = -sum(log((counts[each] + types / K) / (seen + types)) for each in held_out) / len(held_out)
    assert first[:2] == ["n-gram of order 1", f"{nats:.3f}"]
    best = min(each["nats_per_char"] for each in of_kind(run, "held_out"))
    assert network[1] == f"{best:.3f}"


def test_without_the_text_the_log_alone_is_told(run, tmp_path):
    path = Path(json.loads(run.config_file.read_text())["corpus_path"])
    text = path.read_text()
    try:
        path.write_text("another text")
        report = report_of(run, out=tmp_path)
    finally:
        path.write_text(text)
    assert report.table("The best model by held-out loss")[2][2:4] == ["–", "–"]
    assert "n-gram" not in report.text


def test_a_run_that_held_nothing_out_has_no_such_section(tmp_path):
    run = a_run(tmp_path)
    append(run, {"event": "held_out", "step": 5, "nats_per_char": 1.0})
    assert "held-out" not in report_of(run, out=tmp_path / "report").text.lower()


def test_what_a_crash_undid_is_not_told(tmp_path):
    run = a_run(tmp_path, holdout=HOLDOUT)
    start = of_kind(run, "start")[0]
    again = {
        **of_kind(run, "held_out")[-1],
        "step": 301,
        "kind": "scheduled",
        "nats_per_char": 9.0,
        "bits_per_char": 12.98,
    }
    append(run, {**start, "resumed_step": 250})
    _, *rows = report_of(run, out=tmp_path / "report").table("Loss on the held-out text in the course")
    assert rows[-1][0] == "199"
    append(run, again)
    _, *rows = report_of(run, out=tmp_path / "report").table("Loss on the held-out text in the course")
    assert [row[0] for row in rows][-2:] == ["199", "300"]
    assert rows[-1][1] == "9.000"


def test_a_comparison_has_a_column_of_held_out_losses(run, tmp_path):
    other = a_run(tmp_path)
    head, first, second = report_of(run, other, out=tmp_path / "report").table("The lowest smooth loss of each run")
    best = min(each["nats_per_char"] for each in of_kind(run, "held_out"))
    assert [row[head.index("held out, nats/char")] for row in (first, second)] == [f"{best:.3f}", "–"]


def test_the_best_held_out_loss_stands_at_the_head(run, report):
    best = min(of_kind(run, "held_out"), key=lambda each: each["nats_per_char"])
    heads = [each.text for each in report.page.of_class("key")[0].all("li")]
    (held_out,) = [head for head in heads if "held out" in head]
    updates = best["step"] - (best["kind"] == "scheduled")
    assert held_out.startswith(f"{best['nats_per_char']:.3f} nats/char")
    assert held_out.endswith(f"after {updates} updates")
