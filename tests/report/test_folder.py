"""The report's folder: whole files, its own alone replaced, nobody's work lost."""

import hashlib
import json
import os
import shutil

import pytest

from tests.cli.support import is_one_line
from tests.report.support import a_run as a_new_run
from tests.report.support import append, report_of
from tui_rnn.engine.errors import RunError
from tui_rnn.report import folder

NAMES = [
    "book.png",
    "book.svg",
    "letters.png",
    "letters.svg",
    "loss.png",
    "loss.svg",
    "position.png",
    "position.svg",
    "report.html",
    "report.json",
    "report.md",
]


@pytest.fixture
def trained(run, tmp_path):
    """A copy of the run, in the working directory of commands, beside which its report may be written."""
    shutil.copytree(run.path, tmp_path / "run", copy_function=shutil.copy2)
    return type(run)(tmp_path / "run")


def names(path):
    return sorted(each.name for each in path.iterdir())


def test_by_default_a_report_stands_in_its_run(tmp_path, command, trained):
    answer = command("report", "run")
    assert (answer.code, answer.out, answer.err) == (0, f"{os.path.join('run', 'report', 'report.html')}\n", "")
    assert names(trained.path / "report") == NAMES


def test_by_default_a_comparison_stands_beside_its_first_run(tmp_path, command):
    a_new_run(tmp_path, run="a"), a_new_run(tmp_path, run="b")
    assert command("report", "a", "b").out == f"{os.path.join('report', 'report.html')}\n"
    assert "comparison.svg" in names(tmp_path / "report")


def test_beside_a_run_that_is_the_working_directory_is_above_it(tmp_path, command, monkeypatch):
    for name in "ab":
        a_new_run(tmp_path, run=f"runs/{name}")
    monkeypatch.chdir(tmp_path / "runs" / "a")
    assert command("report", ".", "../b").code == 0
    assert "comparison.svg" in names(tmp_path / "runs" / "report")


def test_a_report_is_replaced_by_the_next_and_what_is_beside_it_stays(tmp_path, trained):
    out = tmp_path / "out"
    first = report_of(trained, out=out).html
    (out / "notes.txt").write_text("mine")
    append(trained, {"event": "warning", "message": "something new"})
    second = report_of(trained, out=out).html
    assert first != second
    assert "something new" in second
    assert (out / "notes.txt").read_text() == "mine"
    assert names(out) == sorted([*NAMES, "notes.txt"])


def test_a_figure_that_the_next_report_lacks_is_taken_away(tmp_path, trained):
    out = tmp_path / "out"
    report_of(trained, out=out)
    trained.events_file.write_text("")
    for path in trained.checkpoints.iterdir():
        path.unlink()
    report_of(trained, out=out)
    assert names(out) == ["report.html", "report.json", "report.md"]


@pytest.mark.parametrize("name", NAMES)
def test_a_foreign_file_of_the_same_name_is_never_replaced(tmp_path, command, name, trained):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("a week's work")
    answer = command("report", trained.path, "-o", "out")
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    assert name in answer.err
    assert "-o" in answer.err
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == {name: "a week's work"}


@pytest.mark.parametrize("name", ["report.md", "report.html", "loss.svg"])
def test_a_report_that_was_written_on_is_never_replaced(tmp_path, command, name, trained):
    out = report_of(trained, out=tmp_path / "out").folder
    with (out / name).open("a") as file:
        file.write("And this is what I think of it.\n")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    answer = command("report", trained.path, "-o", "out")
    assert answer.code == 2
    assert f"{name} was changed since" in answer.err
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="this system has no symbolic links")
def test_a_link_is_not_followed(tmp_path, command, trained):
    out = report_of(trained, out=tmp_path / "out").folder
    (tmp_path / "elsewhere.html").write_bytes((out / "report.html").read_bytes())
    (out / "report.html").unlink()
    (out / "report.html").symlink_to(tmp_path / "elsewhere.html")
    assert command("report", trained.path, "-o", "out").code == 2


def test_the_folder_may_not_be_a_file(tmp_path, command, trained):
    (tmp_path / "out").write_text("mine")
    answer = command("report", trained.path, "-o", "out")
    assert answer.code == 2
    assert is_one_line(answer.err)
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize("name", ["o" * 5000, "/proc/nowhere/out"])
def test_a_folder_that_cannot_be_made_is_one_line(tmp_path, command, name, trained):
    answer = command("report", trained.path, "-o", name)
    assert answer.code == 2
    assert is_one_line(answer.err)


def test_a_crash_between_two_files_leaves_a_folder_that_the_next_report_takes(tmp_path, monkeypatch):
    """Some files new, some old, each of them whole and still known as the report's own."""
    files = {name: f"old {name}".encode() for name in ("a", "b", "c")}
    out = tmp_path / "out"
    folder.write(out, files)
    newer = {name: f"new {name}".encode() for name in files}
    written = folder.write_atomically

    def crash(path, data):
        if path.name == "b":
            raise KeyboardInterrupt
        written(path, data)

    monkeypatch.setattr(folder, "write_atomically", crash)
    with pytest.raises(KeyboardInterrupt):
        folder.write(out, newer)
    assert {name: (out / name).read_bytes() for name in files} == {**files, "a": newer["a"]}
    monkeypatch.undo()
    folder.check(out, list(files))
    folder.write(out, newer)
    assert {name: (out / name).read_bytes() for name in files} == newer


def test_a_full_disk_is_one_line_and_leaves_the_earlier_report(tmp_path, monkeypatch):
    out = tmp_path / "out"
    folder.write(out, {"a": b"old"})

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "write_atomically", full)
    with pytest.raises(RunError, match=r"cannot be written \(No space left on device\).*-o"):
        folder.write(out, {"a": b"new"})
    assert (out / "a").read_bytes() == b"old"


def test_the_manifest_names_every_file_and_its_sum(report):
    manifest = json.loads((report.folder / "report.json").read_text())
    assert manifest["written_by"] == "tui-rnn report"
    assert sorted([*manifest["files"], "report.json"]) == NAMES
    for name, sums in manifest["files"].items():
        assert sums == [hashlib.sha256((report.folder / name).read_bytes()).hexdigest()]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"written_by": "tui-rnn report"}', '{"written_by": 1, "files": {}}']
)
def test_a_manifest_that_is_none_is_somebody_elses_file(tmp_path, content):
    (tmp_path / "report.json").write_text(content)
    with pytest.raises(RunError, match=r"report\.json is not a report's own"):
        folder.write(tmp_path, {"a": b"new"})
    assert names(tmp_path) == ["report.json"]


def test_a_manifest_cannot_name_a_file_elsewhere(tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    out = tmp_path / "out"
    out.mkdir()
    named = {"../victim": [hashlib.sha256(b"mine").hexdigest()]}
    (out / "report.json").write_text(json.dumps({"written_by": "tui-rnn report", "files": named}))
    folder.write(out, {"a": b"new"})
    assert victim.read_bytes() == b"mine"
