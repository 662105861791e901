"""Several files, or standard input, as one text: the run of the files joined, found again file by file."""

import hashlib
import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.cli.support import SMALL, is_one_line
from tests.cli.support import command as command  # the fixture
from tui_rnn import stdio
from tui_rnn.engine.joined_text import joined, joined_name, short_name
from tui_rnn.report.read import read_run
from tui_rnn.report.reproduce import commands
from tui_rnn.runs.followed import FollowedRun

A, B = "the cat sat on the mat, é.\n" * 40, "a dog ran to the bog!\r\n" * 40
OPTIONS = (*SMALL, "--sample-every", "1000")


@pytest.fixture
def texts(command):
    Path("books").mkdir()
    Path("books/a.txt").write_text(A, newline="", encoding="utf-8")
    Path("books/b.txt").write_text(B, newline="", encoding="utf-8")
    Path("whole.txt").write_text(A + B, newline="", encoding="utf-8")
    return "books/a.txt", "books/b.txt"


def records(answer):
    assert (answer.code, answer.err) == (0, "")
    return [json.loads(line) for line in answer.out.splitlines()]


def digest(answer):
    return records(answer)[-1]["state_sha256"]


@pytest.fixture
def run(command, texts):
    """A run of 20 updates on both texts; what it told."""
    return records(command(*texts, *OPTIONS, "--steps", "20", "--run", "run", "--json"))


def test_several_files_are_read_in_order_as_one_text(command, texts, run):
    whole = records(command("whole.txt", *OPTIONS, "--steps", "20", "--json"))
    assert run[-1]["state_sha256"] == whole[-1]["state_sha256"]
    other = records(command(*texts[::-1], *OPTIONS, "--steps", "20", "--json"))
    assert other[-1]["state_sha256"] != whole[-1]["state_sha256"]
    sha256 = [hashlib.sha256(text.encode()).hexdigest() for text in (A, B, A + B)]
    corpus = run[0]["corpus"]
    assert corpus.pop("files") == [
        {"path": texts[0], "characters": len(A), "sha256": sha256[0]},
        {"path": texts[1], "characters": len(B), "sha256": sha256[1]},
    ]
    assert corpus == {**whole[0]["corpus"], "path": "books/a.txt + books/b.txt"}
    assert corpus["sha256"] == sha256[2]
    assert run[0]["config"]["corpus"] == "books/a.txt + books/b.txt"
    stored = json.loads(Path("run/config.json").read_text())
    assert stored["corpus_sha256"] == sha256[2]
    assert [each["sha256"] for each in stored["corpus_files"]] == sha256[:2]
    assert "corpus_path" not in stored
    assert [path.name.rpartition("-")[0].rpartition("-")[0] for path in sorted(Path("runs").iterdir())] == [
        "b-a",
        "whole",
    ]


def test_of_one_file_nothing_is_recorded_otherwise(command, texts):
    start, *_ = records(command("whole.txt", *OPTIONS, "--steps", "2", "--run", "one", "--json"))
    assert start["corpus"].keys() == {"path", "characters", "vocab_size", "sha256"}
    assert start["config"]["corpus"] == "whole.txt"
    assert "corpus_files" not in json.loads(Path("one/config.json").read_text())


def test_each_file_is_found_again_near_the_run_or_where_it_is_named(command, texts, run):
    expected = digest(command("whole.txt", *OPTIONS, "--steps", "30", "--json"))

    def resumed(*where):
        shutil.rmtree("again", ignore_errors=True)
        shutil.copytree("run", "again")
        return command("resume", "again", *where, "--steps", "30", "--json")

    assert digest(resumed()) == expected
    shutil.move("books/b.txt", "b.txt")  # in a folder above the run
    assert digest(resumed()) == expected
    Path("other").mkdir()
    shutil.move("b.txt", "other/c.txt")
    answer = resumed()
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    assert "books/b.txt" in answer.err
    assert "name where it lies now, as in tui-rnn resume again CORPUS" in answer.err
    for where in (["books/a.txt", "other/c.txt"], ["whole.txt"]):
        assert digest(resumed(*where)) == expected
        stored = json.loads(Path("again/config.json").read_text())
        found = [each["name"] for each in stored.get("corpus_files", [])] or [stored["corpus_path"]]
        assert [Path(name).name for name in found] == [Path(name).name for name in where]
        assert digest(command("resume", "again", "--steps", "30", "--json")) == expected  # it is remembered
    answer = resumed("other/c.txt", "books/a.txt")  # in the wrong order
    assert answer.code == 2
    assert "is not the text this run was trained on" in answer.err


def test_an_edited_file_is_seen_and_can_be_accepted(command, texts, run):
    Path("books/b.txt").write_text(B + "a cat\r\n", newline="")
    answer = command("resume", "run", "--steps", "30", "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "--accept-changed-corpus" in answer.err
    *_, done = records(command("resume", "run", "--steps", "30", "--accept-changed-corpus", "--json"))
    assert done["step"] == 30
    stored = json.loads(Path("run/config.json").read_text())
    assert stored["corpus_files"][1]["sha256"] == hashlib.sha256(Path("books/b.txt").read_bytes()).hexdigest()
    assert command("resume", "run", "--steps", "40", "--json").code == 0


def test_replay_view_and_report_find_them(command, texts, run):
    assert command("replay", "run").code == 0
    assert FollowedRun.find("run").text().characters == A + B
    record = read_run("run")
    assert record.text == A + B
    assert [each.name for each in record.corpus.files] == list(texts)
    assert commands(record)[0].startswith("tui-rnn books/a.txt books/b.txt --recipe adagrad")
    shutil.move("books", "elsewhere")
    assert FollowedRun.find("run").text() is None
    assert read_run("run").text is None
    assert read_run("run", ["elsewhere/b.txt", "elsewhere/a.txt"]).text == A + B
    assert read_run("run", ["whole.txt"]).text == A + B
    assert command("replay", "run", "elsewhere/a.txt", "elsewhere/b.txt").code == 0


def test_readable_lines_name_each_file(command, texts):
    said = command(*texts, *OPTIONS, "--steps", "1", "--headless").out
    assert "corpus   books/a.txt + books/b.txt: 2,000 characters, K = " in said
    assert f"\n         books/a.txt: {len(A):,} characters\n         books/b.txt: {len(B):,} characters\n" in said


def test_standard_input_is_kept_with_the_run(texts, command, monkeypatch):
    expected = digest(command("whole.txt", *OPTIONS, "--steps", "30", "--json"))

    def piped(data, *arguments):
        asked.clear()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return command(*arguments, *OPTIONS, "--json")

    asked: list[bool] = []
    monkeypatch.setattr(stdio, "read_keys_from_terminal", lambda: asked.append(True))
    assert piped((A + B).encode(), "-", "--steps", 20, "--run", "one").code == 0
    assert asked  # for keys, now that the text is read
    assert Path("one/stdin.txt").read_bytes() == (A + B).encode()
    assert json.loads(Path("one/config.json").read_text())["corpus"] == "one/stdin.txt"
    shutil.move("one", "moved")
    assert digest(command("resume", "moved", "--steps", "30", "--json")) == expected
    both = piped(B.encode(), "books/a.txt", "-", "--steps", 30)
    assert digest(both) == expected
    assert [path.name.startswith("a-stdin-") for path in Path("runs").iterdir() if "whole" not in path.name] == [True]
    for data, arguments, words in (
        (b"", ["-"], "standard input is empty"),
        (b"x", ["-", "-"], "name it once"),
        (b"\xff\xfe\xff", ["-"], "standard input is not utf-8"),
        (b"x" * 9, ["-", "--run", "two"], "stdin.txt has 9 characters"),
        (b"x" * (1 << 20), ["books/a.txt", "-", "--max-corpus", "1"], "more than 1 MB"),
    ):
        answer = piped(data, *arguments)
        assert (answer.code, answer.out) == (2, "")
        assert is_one_line(answer.err)
        assert words in answer.err
    assert not Path("two").exists()


def test_a_keyboard_is_no_text(command, monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    answer = command("-")
    assert (answer.code, answer.out) == (2, "")
    assert "standard input (-) is the keyboard here: pipe a text into it" in answer.err


@pytest.mark.parametrize(
    ("paths", "name", "short"),
    [
        (["a.txt"], "a.txt", "a.txt"),
        (["x/a.txt", "y\\b.txt"], "x/a.txt + y\\b.txt", "a.txt + b.txt"),
        (["a", "b", "c"], "a + b + c", "a + b + c"),
        (["d/a", "d/b", "d/c", "d/d"], "d/a + d/b + 2 more", "a + b + 2 more"),
    ],
)
def test_a_text_of_several_files_has_a_name(paths, name, short):
    assert joined_name(paths) == name
    assert short_name(name) == short


def test_each_file_may_begin_with_a_mark():
    text = joined([("a", b"\xef\xbb\xbfab"), ("b", b"\xef\xbb\xbfcd")], "utf-8", "strict")
    assert text.characters == "abcd"
    assert text.sha256 == hashlib.sha256(b"\xef\xbb\xbfab\xef\xbb\xbfcd").hexdigest()


def test_a_record_of_files_that_is_damaged_is_refused(command, texts, run):
    config = Path("run/config.json")
    stored = json.loads(config.read_text())
    for damaged in ("x", [1], [{"name": "a", "path": "a"}], [{"name": "a", "path": 1, "sha256": "b"}]):
        config.write_text(json.dumps({**stored, "corpus_files": damaged}))
        answer = command("resume", "run", "--json")
        assert (answer.code, answer.out) == (2, "")
        assert "corpus_files" in answer.err


def test_too_many_files_are_refused(command):
    Path("a.txt").write_text(A)
    answer = command(*["a.txt"] * 1001, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "1,001 texts are too many" in answer.err
