"""The text of a run is known by its sha256: found where it lay or where it was moved to, and never a namesake of it."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.support import SMALL, TALE, command, is_one_line

__all__ = ["command"]

OTHER = TALE.replace("cat", "cot")  # of the same characters, so that nothing but the sha256 tells them apart


def place(name, text=TALE):
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, newline="")


@pytest.fixture
def run(command, monkeypatch):
    """A run of input.txt made in the folder a, beside another input.txt in the folder b, which is the current one."""
    place("a/input.txt")
    place("b/input.txt", OTHER)
    monkeypatch.chdir("a")
    assert command("input.txt", *SMALL, "--steps", 5, "--run", "run").code == 0
    monkeypatch.chdir("../b")
    return "../a/run"


@pytest.fixture
def trains_on(command, monkeypatch):
    """Give a resume; the path and sha256 of the text that it trains on."""

    def give(*arguments):
        answer = command("resume", *arguments, "--json")
        assert (answer.code, answer.err) == (0, "")
        corpus = json.loads(answer.out.splitlines()[0])["corpus"]
        return os.path.realpath(corpus["path"]), corpus["sha256"]

    return give


@pytest.fixture
def refused(command):
    """Give a resume that is refused; its one line. Nothing in the run has changed."""

    def give(*arguments):
        before = {path: path.read_bytes() for path in Path("..").rglob("*") if path.is_file()}
        answer = command("resume", *arguments, "--json")
        assert (answer.code, answer.out) == (2, "")
        assert is_one_line(answer.err)
        assert {path: path.read_bytes() for path in Path("..").rglob("*") if path.is_file()} == before
        return answer.err

    return give


def recorded(run="../a/run"):
    return json.loads(Path(run, "config.json").read_text())["corpus_path"]


def real(name):
    return os.path.realpath(name)


def sha256(text):
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("accepted", [[], ["--accept-changed-corpus"]])
def test_the_recorded_text_is_taken_and_not_its_namesake_here(run, trains_on, accepted):
    assert trains_on(run, "--steps", 6, *accepted) == (real("../a/input.txt"), sha256(TALE))


def test_a_branch_too_takes_the_recorded_text(run, trains_on):
    assert trains_on(run, "--eta", 0.05, "--steps", 6, "--run", "tame")[0] == real("../a/input.txt")
    assert recorded("tame") == real("../a/input.txt")


def test_going_back_after_a_divergence_takes_the_recorded_text(run):
    from tui_rnn.runs.branch import gone_back
    from tui_rnn.runs.job import resumed_job

    job = resumed_job(run, 9, {"progress_every": 10, "marker": "braille", "fps": 2.0, "theme": None})
    job.directory.release()
    back = gone_back(job)
    back.directory.release()
    assert (back.source.sha256, recorded(back.run)) == (sha256(TALE), real("../a/input.txt"))


@pytest.mark.parametrize("accepted", [[], ["--accept-changed-corpus"]])
def test_where_the_text_is_gone_a_namesake_is_not_taken_for_it_even_where_changes_are_accepted(run, refused, accepted):
    shutil.move("../a/input.txt", "../moved.txt")
    line = refused(run, *accepted)
    assert f"{real('../a/input.txt')} does not exist" in line
    assert "other texts (their sha256 differs): input.txt" in line
    assert "tui-rnn resume ../a/run CORPUS" in line


def test_a_text_that_is_nowhere_is_told_with_the_places_that_were_looked_at(run, refused):
    Path("input.txt").unlink()
    Path("../a/input.txt").unlink()
    line = refused(run)
    assert f"{real('../a/input.txt')} does not exist; nor is it at input.txt" in line
    assert "tui-rnn resume ../a/run CORPUS" in line


def test_a_moved_text_is_named_and_the_new_place_recorded(run, trains_on):
    shutil.move("../a/input.txt", "../moved.txt")
    assert trains_on(run, "../moved.txt", "--steps", 6) == (real("../moved.txt"), sha256(TALE))
    assert recorded() == real("../moved.txt")
    assert trains_on(run, "--steps", 7)[0] == real("../moved.txt")


def test_a_branch_of_a_moved_text_records_its_place_and_the_first_run_stays(run, trains_on):
    shutil.move("../a/input.txt", "../moved.txt")
    assert trains_on(run, "../moved.txt", "--eta", 0.05, "--steps", 6, "--run", "tame")[0] == real("../moved.txt")
    assert (recorded("tame"), recorded()) == (real("../moved.txt"), real("../a/input.txt"))


def test_an_equal_copy_here_is_found_where_the_recorded_one_is_gone(run, trains_on):
    Path("../a/input.txt").unlink()
    place("input.txt")
    assert trains_on(run, "--steps", 6)[0] == real("input.txt")
    assert recorded() == real("input.txt")


def test_an_equal_copy_here_is_found_where_the_recorded_one_was_edited(run, trains_on):
    place("../a/input.txt", OTHER)
    place("input.txt")
    assert trains_on(run, "--steps", 6)[0] == real("input.txt")


@pytest.mark.parametrize("name", ["run", "deep/er/run"])
def test_a_project_that_was_moved_as_a_whole_goes_on(command, trains_on, monkeypatch, tmp_path, name):
    place("project/texts/input.txt")
    monkeypatch.chdir("project")
    assert command("texts/input.txt", *SMALL, "--steps", 5, "--run", name).code == 0
    monkeypatch.chdir("..")
    shutil.move("project", "renamed")
    assert trains_on(f"renamed/{name}", "--steps", 6) == (real("renamed/texts/input.txt"), sha256(TALE))
    assert recorded(f"renamed/{name}") == real("renamed/texts/input.txt")


def test_a_named_text_that_is_another_is_refused_with_both_names_and_the_advice_works(run, refused, trains_on):
    line = refused(run, "input.txt")
    assert "input.txt is not the text this run was trained on, " in line
    assert real("../a/input.txt") in line
    assert "--accept-changed-corpus" in line
    assert trains_on(run, "input.txt", "--accept-changed-corpus", "--steps", 6) == (real("input.txt"), sha256(OTHER))
    assert recorded() == real("input.txt")
    assert trains_on(run, "--steps", 7) == (real("input.txt"), sha256(OTHER))


def test_a_named_text_that_does_not_exist_is_refused_though_the_recorded_one_does(run, refused):
    assert "nowhere.txt does not exist" in refused(run, "nowhere.txt")


def test_an_edited_text_is_refused_with_three_ways_on_that_all_work(run, refused, trains_on):
    place("../a/input.txt", OTHER)
    line = refused(run)
    assert f"{real('../a/input.txt')} is not the text" in line
    place("../copy.txt")
    assert trains_on(run, "../copy.txt", "--steps", 6)[1] == sha256(TALE)
    assert refused(run, "../a/input.txt") != line
    assert trains_on(run, "../a/input.txt", "--accept-changed-corpus", "--steps", 7)[1] == sha256(OTHER)
    assert recorded() == real("../a/input.txt")


def test_an_accepted_text_is_to_be_of_the_runs_encoding(run, refused):
    Path("../a/input.txt").write_bytes("zwölf".encode("latin-1") * 99)
    line = refused(run, "--accept-changed-corpus")
    assert "no text in utf-8, this run's encoding: save it in that" in line


def test_an_accepted_text_that_is_too_short_is_not_told_of_options_that_resume_lacks(run, refused):
    place("../a/input.txt", "the cat")
    line = refused(run, "--accept-changed-corpus")
    assert "use a longer text" in line
    assert "--seq-length" not in line


@pytest.mark.parametrize("path", [None, 7, "", "a\0b", "\ud800", "x" * 5000])
def test_a_recorded_place_that_is_none_is_as_if_it_were_gone(run, refused, trains_on, path):
    file = Path(run, "config.json")
    file.write_text(json.dumps({**json.loads(file.read_text()), "corpus_path": path}))
    assert trains_on(run, "--steps", 6)[0] == real("../a/input.txt")  # it lies beside the run
    file.write_text(json.dumps({**json.loads(file.read_text()), "corpus_path": path}))
    shutil.move("../a/input.txt", "../moved.txt")
    assert "tui-rnn resume ../a/run CORPUS" in refused(run, "--accept-changed-corpus")


@pytest.mark.parametrize("digest", [None, 7, [], {}, "x"])
def test_a_recorded_digest_that_is_none_is_no_digest(run, trains_on, digest):
    file = Path(run, "config.json")
    file.write_text(json.dumps({**json.loads(file.read_text()), "corpus_sha256": digest}))
    assert trains_on(run, "--steps", 6)[1] == sha256(TALE)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="this system has no links")
def test_a_link_that_leads_elsewhere_by_now_does_not_mislead(command, trains_on):
    place("first.txt")
    place("second.txt", OTHER)
    os.symlink("first.txt", "input.txt")
    assert command("input.txt", *SMALL, "--steps", 5, "--run", "run").code == 0
    Path("input.txt").unlink()
    os.symlink("second.txt", "input.txt")
    assert trains_on("run", "--steps", 6) == (real("first.txt"), sha256(TALE))


# The report


def entropy_is_told(run, *arguments, command):
    answer = command("report", run, "-o", "report", *arguments)
    assert (answer.code, answer.err) == (0, "")
    page = Path("report", "report.md").read_text()
    return "bigram entropy of the text" in page, page


def test_a_report_takes_the_recorded_text_and_not_its_namesake(run, command):
    assert entropy_is_told(run, command=command)[0]


def test_a_report_is_told_where_its_text_lies_now_and_says_so(run, command):
    shutil.move("../a/input.txt", "../moved.txt")
    told, page = entropy_is_told(run, command=command)
    assert not told
    assert "tui-rnn report RUN --corpus PATH" in page
    assert entropy_is_told(run, "--corpus", "../moved.txt", command=command)[0]


def test_of_several_runs_each_takes_its_own_text_of_those_named(run, command):
    assert command("input.txt", *SMALL, "--steps", 5, "--run", "second").code == 0
    shutil.move("../a/input.txt", "../moved.txt")
    shutil.move("input.txt", "../other.txt")
    answer = command("report", run, "second", "--corpus", "../moved.txt", "--corpus", "../other.txt", "-o", "both")
    assert (answer.code, answer.err) == (0, "")
    assert "are left out" not in Path("both", "report.md").read_text()
    answer = command("report", run, "second", "--corpus", "../moved.txt", "-o", "one")
    assert "are left out" in Path("one", "report.md").read_text()


@pytest.mark.parametrize("name", ["input.txt", "nowhere.txt"])
def test_a_report_refuses_a_text_that_is_of_none_of_its_runs_and_writes_nothing(run, command, name):
    answer = command("report", run, "--corpus", name, "-o", "report")
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    assert name in answer.err
    assert not Path("report").exists()
