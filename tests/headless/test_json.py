"""`--json`: stdout holds one JSON object a line with the contract's keys, nothing else, no escape characters."""

import json
import math

import pytest

from tests.cli.support import SMALL, TALE, finished
from tui_rnn.runs.log import read_records

KEYS = {
    "start": {"version", "run", "corpus", "config", "parameters", "uniform_loss", "resumed_from"},
    "progress": {
        "step",
        "epoch",
        "position",
        "loss",
        "smooth_loss",
        "nats_per_char",
        "bits_per_char",
        "updates_per_second",
        "characters_per_second",
        "elapsed_seconds",
    },
    "sample": {"step", "smooth_loss", "temperature", "top_p", "text"},
    "held_out": {"step", "nats_per_char", "bits_per_char", "best_nats_per_char", "best_step"},
    "gradient_check": {"method", "delta", "hidden_size", "seq_length", "passed", "rows"},
    "checkpoint": {"step", "kind", "path"},
    "finding": {"step", "name", "value", "message", "remedy"},
    "warning": {"message"},
    "done": {"step", "reason", "smooth_loss", "best_smooth_loss", "best_step", "elapsed_seconds", "state_sha256"}
    | {"held_out_nats_per_char", "best_held_out_nats_per_char", "best_held_out_step"},
}
ROW = {
    "parameter",
    "shape",
    "checked",
    "relative_error",
    "max_relative_error",
    "max_index",
    "max_absolute_error",
    "verdict",
}
HOSTILE = "\x1b]0;owned\x07\x9b31m\u202e\u2028\x00\r[bold]é漢😀\n" * 60
STEPS, EVERY = 300, 100


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the real program writes to a pipe, of a text full of characters that steer terminals."""
    folder = tmp_path_factory.mktemp("json")
    (folder / "tale.txt").write_bytes(HOSTILE.encode())
    every = ("--sample-every", str(EVERY), "--checkpoint-every", str(EVERY), "--progress-every", "50")
    process = finished("tale.txt", "--json", *SMALL, "--steps", str(STEPS), *every, "--run", "run", cwd=folder)
    assert (process.returncode, process.stderr) == (0, b"")
    return folder, process.stdout


@pytest.fixture(scope="module")
def records(told):
    return [json.loads(line) for line in told[1].splitlines()]


def of(records, kind):
    return [record for record in records if record["event"] == kind]


def test_every_line_is_an_object_with_the_contracts_keys(records):
    assert {record["event"] for record in records} == {*KEYS} - {"held_out"}  # it is warned of the text
    for record in records:
        assert record.keys() >= KEYS[record["event"]], record["event"]


def test_stdout_is_printable_ascii_and_line_feeds(told):
    assert told[1].endswith(b"\n")
    assert all(byte == 0x0A or 0x20 <= byte < 0x7F for byte in told[1])


def test_numbers_are_finite_or_null(told):
    def refuse(constant):
        raise AssertionError(constant)

    for line in told[1].splitlines():
        json.loads(line, parse_constant=refuse)


def test_the_log_in_the_run_directory_holds_the_same_records(told, records):
    assert list(read_records(told[0] / "run" / "events.jsonl")) == records


def test_it_begins_with_start_and_ends_with_done(records):
    assert [record["event"] for record in (records[0], records[-1])] == ["start", "done"]
    assert len(of(records, "start")) == len(of(records, "done")) == 1


def test_start_tells_the_corpus_the_configuration_and_the_sizes(told, records):
    import hashlib

    start, data = records[0], HOSTILE.encode()
    K, m = len(set(HOSTILE)), 8
    assert start["corpus"]["characters"] == len(HOSTILE)
    assert start["corpus"]["vocab_size"] == K
    assert start["corpus"]["path"] == "tale.txt"
    assert start["corpus"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert start["parameters"] == K * m + m * m + m + m * K + K
    assert start["uniform_loss"] == pytest.approx(10 * math.log(K))
    assert (start["run"], start["resumed_from"]) == ("run", None)
    assert start["config"].keys() >= {
        *("recipe", "hidden_size", "seq_length", "batch_size", "eta", "optimizer", "clip", "dtype", "steps", "seed"),
        *("run", "sample_every", "sample_length", "checkpoint_every", "encoding", "errors", "headless", "json"),
        *("progress_every", "marker", "fps", "theme"),
    }
    assert (start["config"]["hidden_size"], start["config"]["steps"], start["config"]["json"]) == (m, STEPS, True)


def test_progress_comes_every_so_many_updates_in_consistent_units(records):
    progress = of(records, "progress")
    assert [record["step"] for record in progress] == list(range(50, STEPS + 1, 50))
    for record in progress:
        assert record["nats_per_char"] == pytest.approx(record["smooth_loss"] / 10)
        assert record["bits_per_char"] == pytest.approx(record["nats_per_char"] / math.log(2))
        assert record["characters_per_second"] == pytest.approx(record["updates_per_second"] * 10)
        assert record["epoch"] * len(HOSTILE) == pytest.approx(record["step"] * 10, rel=0.05)
    times = [record["elapsed_seconds"] for record in progress]
    assert times == sorted(times)


def test_samples_are_taken_before_the_first_and_before_every_nth_update(records):
    samples = of(records, "sample")
    assert [record["step"] for record in samples] == [1, EVERY, 2 * EVERY, 3 * EVERY]
    assert 3 * EVERY == STEPS  # so that none is written at the end as well
    assert [record["kind"] for record in samples] == ["scheduled"] * 4
    for record in samples:
        assert len(record["text"]) == 30
        assert set(record["text"]) <= set(HOSTILE)
        assert (record["temperature"], record["top_p"]) == (1.0, 1.0)
    order = [(record["event"], record["step"]) for record in records if record["event"] in ("sample", "progress")]
    assert order.index(("progress", 50)) < order.index(("sample", EVERY)) < order.index(("progress", EVERY))


def test_checkpoints_are_told_of_once_on_disk(told, records):
    saved = of(records, "checkpoint")
    assert [(r["step"], r["kind"]) for r in saved if r["kind"] != "best"] == [
        (EVERY, "periodic"),
        (2 * EVERY, "periodic"),
        (3 * EVERY, "periodic"),
        (STEPS, "final"),
    ]
    for record in saved:
        assert (told[0] / record["path"]).is_file()


def test_the_gradient_check_at_the_start_passes_by_both_methods(records):
    checks = of(records, "gradient_check")
    assert [(check["method"], check["passed"]) for check in checks] == [("central", True), ("complex", True)]
    for check in checks:
        assert {row["parameter"] for row in check["rows"]} == set("UWbVc")
        for row in check["rows"]:
            assert row.keys() >= ROW
            assert row["verdict"] == "pass"
            assert len(row["max_index"]) == len(row["shape"])


def test_done_tells_the_best_and_the_digest(records):
    done, saved = records[-1], of(records, "checkpoint")
    assert (done["step"], done["reason"]) == (STEPS, "steps")
    assert done["best_smooth_loss"] <= done["smooth_loss"]
    assert done["best_step"] == max(record["step"] for record in saved if record["kind"] == "best")
    assert len(bytes.fromhex(done["state_sha256"])) == 32


def test_held_out_losses_are_told_in_consistent_units(command, tale):
    answer = command(tale, "--json", *SMALL, "--steps", "250", "--sample-every", "100", "--holdout", "0.1")
    records = [json.loads(line) for line in answer.out.splitlines()]
    told = of(records, "held_out")
    assert [(record["step"], record["kind"]) for record in told] == [
        *[(step, "scheduled") for step in (1, 100, 200)],
        (250, "final"),
    ]
    for number, record in enumerate(told):
        assert record.keys() >= KEYS["held_out"]
        assert record["bits_per_char"] == pytest.approx(record["nats_per_char"] / math.log(2))
        best = min(told[: number + 1], key=lambda record: record["nats_per_char"])
        assert (record["best_nats_per_char"], record["best_step"]) == (best["nats_per_char"], best["step"])
    assert told[0]["nats_per_char"] == pytest.approx(math.log(16), abs=0.02)  # an untrained network guesses
    done = records[-1]
    assert done["held_out_nats_per_char"] == told[-1]["nats_per_char"]
    assert (done["best_held_out_nats_per_char"], done["best_held_out_step"]) == (best["nats_per_char"], best["step"])


def test_the_same_options_and_seed_end_with_the_same_digest_and_samples(command, tale):
    def ended(*more):
        answer = command(tale, "--json", *SMALL, "--steps", "60", *more)
        found = [json.loads(line) for line in answer.out.splitlines()]
        return found[-1]["state_sha256"], [record["text"] for record in of(found, "sample")]

    first = ended("--run", "a")
    assert ended("--run", "b", "--progress-every", "7", "--checkpoint-every", "9") == first
    assert ended("--run", "c", "--sample-every", "10")[0] == first[0]
    assert ended("--run", "d", "--seed", "1")[0] != first[0]
    assert TALE  # the text of the fixture
