"""Whatever a run can train on, its own files can be read back: all code points, all decoders, odd file names."""

import contextlib
import dataclasses
import encodings
import importlib
import json
import os
import pkgutil
import tempfile
import warnings
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cli.support import command
from tests.laws.forger import assert_same
from tests.runs.support import OPTIONS, train
from tests.small import small_trainer, trained
from tui_rnn.engine import checkpoint
from tui_rnn.engine.checkpoint import best_snapshot, check_seal, load, resumed_trainer, seal, state_snapshot, unseal
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.control import Control
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.errors import CorpusError, NotReadBack, NotSaveable
from tui_rnn.engine.event_records import as_record
from tui_rnn.engine.events import Done, NotSaved, Sample
from tui_rnn.engine.state import digest
from tui_rnn.engine.text import SourceText, read_text
from tui_rnn.report.log import read_log
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import new_job, resumed_job
from tui_rnn.runs.log import as_line, read_records
from tui_rnn.runs.session import Session
from tui_rnn.safe_text import safe_text

__all__ = ["command"]  # a fixture

PAIRS = "\\ud83d\\ude00 hi\n"  # as `unicode_escape` reads it: a high and a low surrogate, two characters
SURROGATES = st.characters(categories=["Cs"])
texts = st.text(st.one_of(st.characters(), SURROGATES), min_size=7, max_size=60)


def decoders():
    """Every codec that Python ships whose bytes become a text."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(LookupError, ValueError):
            if isinstance(b"".decode(module.name), str):
                yield module.name


def by_table(encoding):
    """Whether the codec looks each byte up in a table, as some 80 of them do in the same words."""
    try:
        return hasattr(importlib.import_module(f"encodings.{encoding}"), "decoding_table")
    except ImportError:  # one of another system
        return False


DECODERS = [
    pytest.param(name, marks=pytest.mark.slow if by_table(name) and name not in ("cp1252", "koi8_r") else ())
    for name in sorted(decoders())
]


@given(texts)
@example("\ud83d\ude00 hi\n" * 3)
@example("\udbff\udc00\U0010ffff\uffff\ud800\udfff" * 2)
def test_any_text_is_trained_on_saved_and_gone_on_with(text):
    trainer = trained(small_trainer(text=text), 3)
    snapshot = unseal(seal(state_snapshot(trainer)))
    assert_same(snapshot, state_snapshot(trainer))
    source = SourceText("made-up.txt", text, "0" * 64)
    resumed = resumed_trainer(snapshot, Corpus.from_source(source, snapshot.vocabulary))
    assert resumed.corpus.vocabulary.characters == "".join(sorted(set(text)))
    assert digest(trained(resumed, 2)) == digest(trained(trainer, 2))


BASE = state_snapshot(small_trainer(text="abba" * 3, hidden_size=1, seq_length=2, optimizer="sgd"))


def comes_back(vocabulary):
    """Whether a checkpoint of a network of these characters gives exactly them back."""
    shapes = checkpoint.Model(len(vocabulary), 1).shapes
    arrays = {
        name: np.zeros(shapes[name.partition(".")[2]], array.dtype) if name.startswith(("theta", "best")) else array
        for name, array in BASE.arrays.items()
    }
    snapshot = dataclasses.replace(BASE, vocabulary=vocabulary, arrays=arrays)
    return unseal(seal(snapshot)).vocabulary == vocabulary


def test_a_vocabulary_of_every_code_point_comes_back():
    assert comes_back("".join(map(chr, range(0x110000))))


@given(texts, texts)
@example("\ud83d\ude00 hi", "\ud83d\ude00")
def test_a_sample_comes_back_from_the_log_and_to_the_report(text, prime):
    sample = Sample(1, 2.5, 1.0, 1.0, text, "scheduled", "live", prime)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "events.jsonl")
        path.write_text(as_line(as_record(sample)), encoding="ascii")
        (record,) = read_records(path)
        assert (record["text"], record["prime"]) == (text, prime)
        (told,) = read_log(path).samples.values()
        assert told.text == text
    assert isinstance(json.loads(as_line(as_record(sample)))["text"], str)
    safe_text(text).encode()  # raises where a surrogate is left


@pytest.mark.parametrize("encoding", DECODERS)
def test_every_decoder_gives_a_text_that_comes_back_or_one_line(encoding, tmp_path):
    """Of 44 texts of bytes, with and without replacement: told of in a line, or a text whose vocabulary comes back."""
    rng = np.random.default_rng(0)
    path = tmp_path / "text"
    pieces = [rng.integers(0, 256, 24, np.uint8).tobytes() for _ in range(20)]
    pieces += [rng.choice(np.frombuffer(b"+-&\\uxUdDeE0189aAf{}N", np.uint8), 24).tobytes() for _ in range(20)]
    pieces += [
        PAIRS.encode() * 2,
        b"a-" * 9,
        "\U0001f600\ufffe\uffff".encode("utf-16") * 2,
        b"\xed\xa0\xbd\xed\xb8\x80",
    ]
    tried = set()
    for data in pieces:
        path.write_bytes(data)
        for errors in ("strict", "replace"):
            with warnings.catch_warnings(), contextlib.suppress(CorpusError):
                warnings.simplefilter("ignore")  # of escapes that are none
                vocabulary = "".join(sorted(set(read_text(path, encoding, errors).characters or "-")))
                if vocabulary not in tried:  # as it is with either way of reading, where all can be decoded
                    tried.add(vocabulary)
                    assert comes_back(vocabulary), ascii(vocabulary)


@pytest.fixture
def pairs(tmp_path, monkeypatch):
    """A text of pairs under a name that no encoding reads, and its configuration."""
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"na\xefve \xf0\x9f.txt") if os.name == "posix" else "pairs.txt"
    try:
        Path(name).write_text(PAIRS * 60, newline="")
    except OSError:  # this disk wants names that can be read
        name = "pairs.txt"
        Path(name).write_text(PAIRS * 60, newline="")
    settings = {"hidden_size": 5, "seq_length": 8, "sample_length": 120, "steps": 6, "encoding": "unicode_escape"}
    return RunConfig.from_recipe("report", name, **settings)


def test_a_run_of_pairs_is_resumed_sampled_listed_and_reported(pairs, command):
    events = train(new_job(pairs, None, dict(OPTIONS)))
    (run,) = map(str, Path("runs").iterdir())
    begun = next(event for event in events if isinstance(event, Sample)).text
    assert "\ud83d\ude00" in begun  # or this test says nothing
    told = [record for record in read_records(Path(run, "events.jsonl")) if record["event"] == "sample"]
    assert told[0]["text"] == begun
    assert RunDirectory(Path(run)).read_config()["corpus"] == pairs.corpus
    assert load(Path(run, "checkpoints/last.ckpt")).vocabulary == "\n hi\ud83d\ude00"
    resumed = train(resumed_job(run, 9, dict(OPTIONS)))
    whole = train(new_job(dataclasses.replace(pairs, steps=9), "whole", dict(OPTIONS)))
    assert resumed[-1].state_sha256 == whole[-1].state_sha256
    assert command("runs", "--json").code == 0
    report = command("report", run)
    assert report.code == 0, report.err
    for name in ("report.html", "report.md"):
        Path(run, "report", name).read_bytes().decode()  # UTF-8, and whole


def test_a_sample_into_a_pipe_is_the_text_to_the_last_surrogate(pairs, monkeypatch, capsysbinary):
    from tui_rnn.engine.writing import characters
    from tui_rnn.headless.sample import write_sample

    train(new_job(pairs, "run", dict(OPTIONS)))
    capsysbinary.readouterr()
    assert write_sample("run", 200, 1.0, 1.0, "", None, last=True) == 0
    written = capsysbinary.readouterr().out.decode("utf-8", "surrogatepass")
    text = "".join(islice(characters(load("run/checkpoints/last.ckpt")), 200))
    assert written == text
    saved = RunDirectory(Path("run")).save_sample("text", text)
    assert saved.read_bytes().decode("utf-8", "surrogatepass") == text


def joining(record, **options):
    """As JSON is written by itself: what the vocabulary is then read as lacks a character."""
    return json.dumps(record, ensure_ascii=True, allow_nan=False, **options)


def test_a_fault_of_the_format_ends_a_run_before_its_first_update(pairs, command, monkeypatch):
    monkeypatch.setattr(checkpoint.exact_json, "dumps", joining)
    answer = command(pairs.corpus, "--encoding", "unicode_escape", "--headless", "--steps", "5", "--run", "run")
    assert answer.code == 1
    assert "holds 'best.U'" in answer.err
    assert "run could not be saved" in answer.err
    assert answer.err.count("\n") == 1
    assert not any(Path("run/checkpoints").iterdir())
    with pytest.raises(NotSaveable):
        Session(new_job(pairs, "other", dict(OPTIONS)), Control(), progress_every=10)


@pytest.mark.parametrize("kind", ["periodic", "best"])
def test_the_first_checkpoint_of_a_content_is_compared_and_a_fault_replaces_nothing(tmp_path, monkeypatch, kind):
    run = RunDirectory(tmp_path)
    run.checkpoints.mkdir()
    trainer = trained(small_trainer(), 3)
    snapshot = state_snapshot(trainer) if kind == "periodic" else best_snapshot(trainer, "best")
    path = tmp_path / "checkpoints" / ("last.ckpt" if kind == "periodic" else "best.ckpt")
    path.write_bytes(b"the one before")
    monkeypatch.setattr(checkpoint, "unseal", lambda data: dataclasses.replace(unseal(data), corpus_characters=4))
    with pytest.raises(NotReadBack, match="gives back another corpus_characters"):
        run.save(snapshot, kind)
    assert path.read_bytes() == b"the one before"
    monkeypatch.setattr(checkpoint, "unseal", unseal)
    run.save(snapshot, kind)
    monkeypatch.setattr(checkpoint, "unseal", None)  # later ones are as the first was, and cost nothing more
    run.save(snapshot, kind)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(checkpoint.Snapshot)])
def test_whatever_does_not_come_back_is_found(name, monkeypatch):
    snapshot = state_snapshot(trained(small_trainer(holdout=0.4, seq_length=3), 3))
    wrong = {"arrays": {**snapshot.arrays, "best.V": snapshot.arrays["best.V"] + 1}}.get(name, "other")
    monkeypatch.setattr(checkpoint, "unseal", lambda data: dataclasses.replace(snapshot, **{name: wrong}))
    with pytest.raises(NotReadBack, match=f"another {'best.V' if name == 'arrays' else name}"):
        check_seal(b"", snapshot)


def test_a_run_whose_file_does_not_come_back_says_so_and_ends_with_1(pairs, command, monkeypatch):
    def spoiled(path):
        data = bytearray(whole(path))
        data[-1] ^= 1
        return bytes(data)

    whole = checkpoint._read
    monkeypatch.setattr(checkpoint, "_read", spoiled)
    events = train(new_job(pairs, "run", dict(OPTIONS)))
    told = [event for event in events if isinstance(event, NotSaved)]
    assert "cannot be read back: it is damaged" in told[0].message
    assert [event.saved for event in events if isinstance(event, Done)] == [False]
    answer = command(pairs.corpus, "--encoding", "unicode_escape", "--headless", "--steps", "5", "--run", "other")
    assert answer.code == 1
    assert "checkpoint (" not in answer.out


def test_a_checkpoint_larger_than_any_that_is_read_is_not_saved(monkeypatch):
    snapshot = state_snapshot(small_trainer())
    data = seal(snapshot)
    monkeypatch.setattr(checkpoint, "MOST_BYTES", len(data) - 1)
    with pytest.raises(NotReadBack, match="more than any checkpoint"):
        check_seal(data, snapshot)
