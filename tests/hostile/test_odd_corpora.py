"""Odd texts, each trained for real to the end: losses, checks, sample, resume and report as for any other."""

import json
import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from tests.cli.support import is_one_line, running
from tests.engine.test_corpus import CORPORA
from tui_rnn.engine.checkpoint import load
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.text import read_text
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.app import TuiRnnApp

T, B = 10, 1
FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL} \N{THUMBS UP SIGN}\U0001f3fd \N{HEAVY BLACK HEART}\ufe0f e\u0301\n"
TEXTS = {
    "one character": "a" * 50,
    "one character, NUL": "\0" * 50,
    "NULs": "a\0b\0\0c" * 10,
    "lone CRs": "one\rtwo\rthree\r" * 5,
    "line ends of all kinds": "one\r\ntwo\rthree\nfour\x85five\u2028six\u2029" * 3,
    "emoji with joiners": FAMILY * 5,
    "2,631 characters": (CORPORA / "tang.txt").read_bytes().decode(),
    "exactly T + 1": "hello world",
    "escape sequences": "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e" * 5,
    "marks alone": "\u0335\u0301" * 30,
    "astral planes": "\U0010ffff\U0001f600\ue000\ufdd0" * 20,
    "blank": " \n" * 30,
}
ENCODED = {
    "utf-16": ("utf-16", FAMILY * 5),
    "utf-16-be": ("utf-16-be", FAMILY * 5),
    "utf-32": ("utf-32", FAMILY * 5),
    "utf-8-sig": ("utf-8-sig", FAMILY * 5),
    "latin-1": ("latin-1", "".join(map(chr, range(256)))),
    "shift_jis": ("shift_jis", "春の海 ひねもす\r\n" * 5),
    "utf-7": ("utf-7", FAMILY * 5),
}
SMALL = ("--hidden-size", 6, "--seq-length", T, "--sample-length", 30, "--sample-every", 10, "--progress-every", 5)


def put(text, encoding="utf-8"):
    Path("odd.txt").write_bytes(text.encode(encoding))


def records(answer):
    assert (answer.code, answer.err) == (0, "")
    return [json.loads(line) for line in answer.out.splitlines()]


def of(found, event):
    return [each for each in found if each["event"] == event]


@pytest.mark.parametrize("name", TEXTS)
def test_an_odd_text_is_trained_on_resumed_and_sampled(command, name):
    text = TEXTS[name]
    put(text)
    told = records(command("odd.txt", *SMALL, "--json", "--steps", 20, "--run", "run"))
    K = len(set(text))
    (start,), (done,) = of(told, "start"), of(told, "done")
    assert (start["corpus"]["characters"], start["corpus"]["vocab_size"]) == (len(text), K)
    assert start["uniform_loss"] == pytest.approx(T * np.log(K))
    assert (done["reason"], done["step"]) == ("steps", 20)
    assert 0 <= done["smooth_loss"] < 2 * T * np.log(K) + 1
    assert [check["passed"] for check in of(told, "gradient_check")] == [True, True]
    samples = of(told, "sample")
    assert all(set(sample["text"]) <= set(text) and len(sample["text"]) == 30 for sample in samples)
    assert [(sample["step"], sample["kind"]) for sample in samples] == [
        (step, "scheduled") for step in (1, 10, 20)
    ]  # that before update 20 is the last: no other is taken after it
    resumed = records(command("resume", "run", "--json", "--steps", 30))
    whole = records(command("odd.txt", *SMALL, "--json", "--steps", 30, "--run", "whole"))
    assert of(resumed, "done")[0]["state_sha256"] == of(whole, "done")[0]["state_sha256"]
    written = command("sample", "run", "-n", 40)
    assert (written.code, written.err) == (0, "")
    assert len(written.out) == 40
    assert set(written.out) <= set(text)
    assert command("odd.txt", *SMALL, "--headless", "--steps", 20, "--run", "lines").out.replace("\n", "").isprintable()


def test_one_character_alone_costs_nothing_from_the_first_update_on(command):
    put("a" * 50)
    told = records(command("odd.txt", *SMALL, "--json", "--steps", 20, "--run", "run"))
    assert of(told, "start")[0]["uniform_loss"] == 0
    assert {each["smooth_loss"] for each in of(told, "progress")} == {0}
    assert {each["nats_per_char"] for each in of(told, "progress")} == {0}
    assert {row["relative_error"] for check in of(told, "gradient_check") for row in check["rows"]} == {0}
    assert [sample["text"] for sample in of(told, "sample")] == ["a" * 30] * 3
    assert command("gradcheck", "odd.txt", "--hidden-size", 6).code == 0
    theta = load("run/checkpoints/last.ckpt").arrays
    assert not theta["theta.c"].any()  # nothing to learn


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "2,631 characters"])
def test_an_odd_text_comes_back_from_its_indices(tmp_path, name):
    (tmp_path / "odd.txt").write_bytes(TEXTS[name].encode())
    source = read_text(tmp_path / "odd.txt")
    corpus = Corpus.from_source(source)
    assert source.characters == TEXTS[name]
    assert corpus.vocabulary.decode(corpus.indices) == TEXTS[name]


@pytest.mark.parametrize("name", ENCODED)
def test_a_text_in_another_encoding_is_trained_on(command, name):
    encoding, text = ENCODED[name]
    put(text, encoding)
    told = records(command("odd.txt", *SMALL, "--json", "--steps", 10, "--run", "run", "--encoding", encoding))
    assert of(told, "start")[0]["corpus"]["characters"] == len(text)
    assert records(command("resume", "run", "--json", "--steps", 20))[-1]["step"] == 20
    assert load("run/checkpoints/last.ckpt").vocabulary == "".join(sorted(set(text)))


DRAWN = pytest.mark.figures  # a loss of 0 throughout, and a text of one window
REPORTED = [
    pytest.param("one character", marks=DRAWN),
    pytest.param("exactly T + 1", marks=(DRAWN, pytest.mark.slow)),
    *("NULs", "lone CRs", "escape sequences"),
]


@pytest.mark.parametrize("name", REPORTED)
def test_an_odd_text_is_reported(command, name):
    put(TEXTS[name])
    records(command("odd.txt", *SMALL, "--json", "--steps", 20, "--run", "run"))
    answer = command("report", "run")
    assert (answer.code, answer.err) == (0, "")
    page = Path("run/report/report.html").read_text(encoding="utf-8")
    assert {unicodedata.category(each) for each in page.replace("\n", "")}.isdisjoint(("Cc", "Cf", "Zl", "Zp", "Cn"))
    assert ">nan" not in page.lower()
    assert ">-0.0" not in page


@pytest.mark.parametrize(("length", "batch_size", "enough"), [(T, 1, 0), (T + 1, 1, 1), (3 * T + 2, 3, 0), (33, 3, 1)])
def test_the_shortest_text_that_trains_is_one_window_and_a_character_a_stream(command, length, batch_size, enough):
    put("abcdefghijk"[:length] * 1 if length <= 11 else ("abcdefghijk" * 9)[:length])
    answer = command("odd.txt", *SMALL, "--batch-size", batch_size, "--json", "--steps", 10, "--run", "run")
    if enough:
        assert records(answer)[-1]["step"] == 10
        assert of(records(answer), "progress")[-1]["epoch"] >= 9  # each update is an epoch
    else:
        assert (answer.code, is_one_line(answer.err)) == (2, True)
        assert str((T + 1) * batch_size) in answer.err
        assert not Path("run").exists()


def _edited(path):
    path.write_bytes(b"X" + path.read_bytes()[1:])


def _truncated(path):
    os.truncate(path, 5)


@pytest.mark.parametrize(
    ("happens", "words"),
    [(_edited, "not the text"), (_truncated, "not the text"), (Path.unlink, "does not exist")],
)
def test_a_text_changed_while_training_changes_nothing_but_the_resume(command, tmp_path, happens, words):
    text = "the cat sat on the mat, " * 20
    put(text)
    alone = records(command("odd.txt", *SMALL, "--json", "--steps", 600, "--run", "alone"))
    with running("odd.txt", *map(str, SMALL), "--json", "--steps", "600", "--run", "run", cwd=tmp_path) as process:
        lines = []
        for line in process.stdout:
            lines.append(json.loads(line))
            if len(lines) == 1:  # it has begun
                happens(tmp_path / "odd.txt")
        assert process.wait() == 0
    assert lines[-1]["state_sha256"] == of(alone, "done")[0]["state_sha256"]
    assert load("run/checkpoints/last.ckpt").state.step == 600
    assert command("sample", "run", "-n", 5).code == 0
    answer = command("resume", "run", "--headless", "--steps", 601)
    assert (answer.code, answer.out, is_one_line(answer.err)) == (2, "", True)
    assert words in answer.err
    put(text)
    assert records(command("resume", "run", "--json", "--steps", 601))[-1]["step"] == 601


@pytest.mark.parametrize(
    "name",
    [
        *("one character", "escape sequences"),
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("emoji with joiners", "exactly T + 1")),
    ],
)
async def test_an_odd_text_is_trained_on_the_screen(tmp_path, monkeypatch, name):
    from tests.runs.support import small_job
    from tests.tui.support import painted

    monkeypatch.chdir(tmp_path)
    app = TuiRnnApp(small_job(tmp_path, text=TEXTS[name], steps=60, sample_every=20))
    async with app.run_test(size=(120, 40)) as pilot:
        while not app.last_words:
            await pilot.pause(0.02)
        await pilot.press("8")
        await pilot.pause(0.3)
        shown = painted(pilot)
    assert "DONE" in shown
    assert "PASS" in shown
    assert "FAIL" not in shown
    assert "-0.0" not in shown
    assert safe_text(shown) == shown
