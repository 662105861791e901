"""The options of `resume`: another learning rate in a run of its own, and a text that was edited."""

import json
from pathlib import Path

import pytest

from tests.cli.support import SMALL, TALE, is_one_line


@pytest.fixture
def run(command, tale):
    """A run that was trained to its end."""
    assert command(tale, *SMALL, "--steps", "20", "--run", "run").code == 0
    return "run"


def records(answer):
    return [json.loads(line) for line in answer.out.splitlines()]


def files():
    return {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def test_another_eta_goes_on_as_a_new_run(command, run):
    answer = command("resume", run, "--eta", "0.05", "--steps", "30", "--run", "tame", "--json")
    first, *_, last = records(answer)
    assert (answer.code, first["resumed_step"], first["config"]["eta"], first["run"]) == (0, 20, 0.05, "tame")
    assert (last["event"], last["step"]) == ("done", 30)
    again = command("resume", "tame", "--steps", "40", "--json")
    assert (records(again)[0]["config"]["eta"], records(again)[-1]["step"]) == (0.05, 40)
    assert records(command("resume", run, "--json"))[-1]["step"] == 20  # that one stays where it stood


def test_the_new_run_has_a_name_of_its_own(command, run):
    answer = command("resume", run, "--eta", "0.05", "--steps", "30", "--json")
    name = records(answer)[0]["run"]
    assert name.startswith("runs/tale-")
    assert Path(name, "checkpoints", "last.ckpt").is_file()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--eta", "0"], ["--eta", "0", "positive"]),
        (["--eta", "nan"], ["--eta", "nan", "positive"]),
        (["--eta", "small"], ["--eta", "small", "--help"]),
        (["--eta", "0.1", "--run", "run"], ["--run run", "already holds a run"]),
        (["--run", "elsewhere"], ["--run elsewhere", "--eta"]),
        (["--eta", "0.1", "--steps", "10"], ["--steps 10", "lies behind", "20"]),
    ],
    ids=lambda part: " ".join(part),
)
def test_bad_options_are_refused_in_a_line_and_nothing_is_written(command, run, options, words):
    before = files()
    answer = command("resume", run, *options)
    assert (answer.code, answer.out) == (2, "")
    assert is_one_line(answer.err)
    for word in words:
        assert word in answer.err
    assert files() == before


def test_an_edited_text_is_refused_and_accepted_where_meant(command, run):
    Path("tale.txt").write_text(TALE.replace("cat", "cot", 1), newline="")
    before = files()
    refused = command("resume", run, "--steps", "30")
    assert refused.code == 2
    assert is_one_line(refused.err)
    assert "--accept-changed-corpus" in refused.err
    assert files() == before
    accepted = command("resume", run, "--steps", "30", "--accept-changed-corpus", "--json")
    assert accepted.code == 0
    assert any("as it is now" in record.get("message", "") for record in records(accepted))
    assert records(accepted)[-1]["step"] == 30
