"""Bad usage and bad input end with exit code 2 and one line on stderr that names the value and the remedy."""

import os
from pathlib import Path

import pytest

from tests.cli.support import SMALL, is_one_line

# What is typed after `tui-rnn tale.txt`, and what the one line has to say: the option or value, then the remedy.
BAD_OPTIONS = [
    (["--recipe", "cake"], ["--recipe", "cake", "adagrad", "adam", "fast"]),
    (["--steps", "-1"], ["--steps", "-1", "0"]),
    (["--steps", "many"], ["--steps", "many", "--help"]),
    (["--steps", "1.5"], ["--steps", "1.5", "--help"]),
    (["--minutes", "0"], ["--minutes", "0", "above 0", "1000000"]),
    (["--minutes", "-1"], ["--minutes", "-1", "above 0"]),
    (["--minutes", "nan"], ["--minutes", "nan", "above 0"]),
    (["--minutes", "inf"], ["--minutes", "inf", "1000000"]),
    (["--minutes", "1e7"], ["--minutes", "10000000", "1000000"]),
    (["--minutes", "long"], ["--minutes", "long", "--help"]),
    (["--holdout", "-0.1"], ["--holdout", "-0.1", "from 0 to 0.5"]),
    (["--holdout", "0.6"], ["--holdout", "0.6", "from 0 to 0.5"]),
    (["--holdout", "nan"], ["--holdout", "nan", "from 0 to 0.5"]),
    (["--holdout", "some"], ["--holdout", "some", "--help"]),
    (["--holdout", "0.01"], ["--holdout 0.01", "holds out 21", "seq_length 25", "larger --holdout"]),
    (["--holdout", "0.5", "--seq-length", "1050"], ["--holdout 0.5", "holds out 1040", "at least 1051"]),
    (["--holdout", "0.5", "--batch-size", "50"], ["--holdout 0.5", "1040 characters", "at least 1300", "smaller"]),
    (["--hidden-size", "0"], ["--hidden-size", "0", "from 1"]),
    (["--hidden-size", "999999999999"], ["--hidden-size", "999999999999", "to 8192"]),
    (["--seq-length", "0"], ["--seq-length", "0", "from 1"]),
    (["--batch-size", "-3"], ["--batch-size", "-3", "from 1"]),
    (["--eta", "0"], ["--eta", "0", "positive"]),
    (["--eta", "-0.1"], ["--eta", "-0.1", "positive"]),
    (["--eta", "nan"], ["--eta", "nan", "positive"]),
    (["--eta", "inf"], ["--eta", "inf", "positive"]),
    (["--eta", "fast"], ["--eta", "fast", "--help"]),
    (["--clip", "-5"], ["--clip", "-5", "none"]),
    (["--clip", "nan"], ["--clip", "nan", "none"]),
    (["--clip", "tight"], ["--clip", "tight", "no number, nor none"]),
    (["--chunks", "2.5"], ["--chunks", "2.5", "no whole number, nor none"]),
    (["--dtype", "float16"], ["--dtype", "float16", "float32", "float64"]),
    (["--kernel", "fortran"], ["--kernel", "fortran", "auto", "numpy", "numba"]),
    (["--optimizer", "magic"], ["--optimizer", "magic", "adagrad", "adam", "rmsprop", "sgd"]),
    (["--seed", "-1"], ["--seed", "-1", "from 0"]),
    (["--sample-every", "0"], ["--sample-every", "0", "from 1"]),
    (["--sample-length", "0"], ["--sample-length", "0", "from 1"]),
    (["--checkpoint-every", "0"], ["--checkpoint-every", "0", "from 1"]),
    (["--progress-every", "0"], ["--progress-every", "0", "from 1"]),
    (["--encoding", "klingon"], ["--encoding", "klingon", "utf-8"]),
    (["--encoding", "base64"], ["--encoding", "base64", "utf-8"]),
    (["--errors", "ignore"], ["--errors", "ignore", "strict", "replace"]),
    (["--marker", "cat"], ["--marker", "cat", "braille", "hd", "dot", "ascii"]),
    (["--fps", "0"], ["--fps", "0", "30"]),
    (["--fps", "nan"], ["--fps", "nan", "30"]),
    (["--fps", "1000"], ["--fps", "1000", "30"]),
    (["--bogus"], ["--bogus", "--help"]),
    (["--seq-length"], ["--seq-length", "argument", "--help"]),
    (["another.txt"], ["another.txt", "does not exist"]),
    (["--hidden-size", "8192", "--seq-length", "10000", "--batch-size", "65536"], ["--hidden-size", "smaller"]),
]


@pytest.fixture
def refused(command):
    """Give a command; its one line, which must hold these words."""

    def give(*arguments, words):
        before = sorted(Path().rglob("*"))
        answer = command(*arguments)
        assert (answer.code, answer.out) == (2, "")
        assert is_one_line(answer.err)
        assert answer.err.startswith("tui-rnn: ")
        for word in words:
            assert word in answer.err
        assert sorted(Path().rglob("*")) == before  # refused before anything is written
        return answer.err

    return give


@pytest.mark.parametrize(("arguments", "words"), BAD_OPTIONS, ids=lambda part: " ".join(part))
def test_a_bad_option_is_named_with_its_remedy(refused, tale, arguments, words):
    refused(tale, *arguments, words=words)


@pytest.mark.parametrize("name", ["", "  ", "\t"])
def test_a_blank_name_of_a_folder_is_refused_by_whoever_makes_one(refused, command, tale, name):
    assert command(tale, *SMALL, "--steps", 5, "--run", "old").code == 0
    refused(tale, "--run", name, words=["--run ", "names no folder"])
    refused("resume", "old", "--eta", "0.1", "--run", name, words=["--run ", "names no folder"])
    refused("resume", "old", "--run", name, words=["--run "])
    refused("report", "old", "-o", name, words=["-o ", "names no folder"])


def test_a_bad_theme_is_named_before_the_screen_and_before_the_run_is_made(refused, tale, monkeypatch):
    monkeypatch.setattr("tui_rnn.cli.training.has_terminal", lambda: True)
    refused(tale, "--theme", "beige", words=["--theme", "beige", "nord", "textual-light"])


def test_nothing_given_says_what_to_give(refused):
    refused(words=["CORPUS", "tui-rnn", "--help"])


@pytest.mark.parametrize("name", ["sample", "resume"])
def test_a_command_without_its_argument_says_so(refused, name):
    refused(name, words=["Missing argument", "RUN", "--help"])


def _missing():
    return "no/such.txt"


def _folder():
    Path("folder").mkdir()
    return "folder"


def _fifo():
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo("fifo")
    return "fifo"


def _device():
    if not Path("/dev/zero").exists():
        pytest.skip("this system has no /dev/zero")
    return "/dev/zero"


def _empty():
    Path("empty.txt").touch()
    return "empty.txt"


def _too_short():
    Path("short.txt").write_text("abc")
    return "short.txt"


def _undecodable():
    Path("latin.txt").write_bytes("zwölf Boxkämpfer ".encode("latin-1") * 20)
    return "latin.txt"


def _cut_short():
    Path("wide.txt").write_bytes(b"\xff\xfea\x00b\x00" * 20 + b"c")
    return "wide.txt"


def _named_to_steer_the_terminal():
    return "no\x1b]0;owned\x07\nsuch\u202etxt"


@pytest.mark.parametrize(
    ("make", "options", "words"),
    [
        (_missing, [], ["no/such.txt", "does not exist", "path"]),
        (_folder, [], ["folder", "is a folder", "path"]),
        (_fifo, [], ["fifo", "named pipe", "regular file"]),
        (_device, [], ["/dev/zero", "device", "regular file"]),
        (_empty, [], ["empty.txt", "is empty"]),
        (_too_short, [], ["short.txt", "3 characters", "26", "--seq-length"]),
        (_too_short, ["--seq-length", "2", "--batch-size", "2"], ["short.txt", "6", "--batch-size"]),
        (_undecodable, [], ["latin.txt", "0xf6", "offset 2", "--encoding", "--errors replace"]),
        (_cut_short, ["--encoding", "utf-16"], ["wide.txt", "utf-16", "--encoding"]),
        (_named_to_steer_the_terminal, [], ["␛]0;owned␇␊such", "does not exist"]),
    ],
)
def test_a_text_that_cannot_be_read_is_named_with_the_reason(refused, tale, make, options, words):
    refused(make(), *options, words=words)


def test_a_text_without_permission_is_refused(refused, tale):
    Path(tale).chmod(0)
    if os.access(tale, os.R_OK):
        pytest.skip("whoever runs this may read everything")
    refused(tale, words=[tale, "permission"])


@pytest.fixture
def a_run(command, tale):
    """A run of 20 updates at `run`."""
    assert command(tale, *SMALL, "--steps", "20", "--run", "run").code == 0
    return "run"


def test_a_folder_that_holds_a_run_is_refused_with_the_way_to_resume(refused, a_run, tale):
    refused(tale, "--run", a_run, words=["--run run", "tui-rnn resume run"])


def test_a_run_that_cannot_be_made_is_refused(refused, tale):
    refused(tale, "--run", f"{tale}/run", words=[f"--run {tale}", "folder"])


@pytest.mark.parametrize("command_name", ["resume", "sample"])
def test_an_unknown_run_is_named_with_where_to_look(refused, command_name):
    refused(command_name, "nowhere", words=["nowhere", "tui-rnn runs"])


def test_a_resume_to_before_the_run_is_refused(refused, a_run):
    refused("resume", a_run, "--steps", "19", words=["--steps 19", "20", "larger"])


@pytest.mark.parametrize(("minutes", "remedy"), [("1e-9", "larger"), ("0", "above 0"), ("nan", "above 0")])
def test_a_resume_for_no_time_is_refused(refused, a_run, minutes, remedy):
    refused("resume", a_run, "--minutes", minutes, words=["--minutes", remedy])


@pytest.mark.parametrize("arguments", [["sample"], ["sample", "--last"], ["resume"]])
def test_a_run_whose_checkpoints_are_all_damaged_is_refused(refused, a_run, arguments):
    for path in Path(a_run, "checkpoints").iterdir():
        path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    refused(*arguments, a_run, words=["damaged", ".ckpt"])


def test_a_damaged_checkpoint_is_refused(refused, a_run):
    path = Path(a_run, "checkpoints", "best.ckpt")
    path.write_bytes(path.read_bytes()[:100])
    refused("sample", path, words=[str(path), "cut short", ".ckpt"])


def test_a_file_that_is_no_checkpoint_is_refused(refused, tale):
    refused("sample", tale, words=[tale, "not a checkpoint"])


def test_a_damaged_configuration_is_refused(refused, a_run):
    Path(a_run, "config.json").write_text("{")
    refused("resume", a_run, words=["config.json", "damaged", "tui-rnn sample"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-n", "-1"], ["-n -1", "from 0"]),
        (["--temperature", "-1"], ["--temperature", "-1", "positive"]),
        (["--temperature", "inf"], ["--temperature", "inf", "positive"]),
        (["--temperature", "nan"], ["--temperature", "nan", "positive"]),
        (["--top-p", "0"], ["--top-p", "0", "at most 1"]),
        (["--top-p", "1.5"], ["--top-p", "1.5", "at most 1"]),
        (["--seed", "-1"], ["--seed", "-1", "from 0"]),
        (["--prime", "thé Ж"], ["'\\xe9' (U+00E9)", "U+0416", "leave them out"]),
    ],
)
def test_a_sample_that_cannot_be_drawn_is_refused(refused, a_run, arguments, words):
    refused("sample", a_run, *arguments, words=words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--cell", "brain"], ["--cell", "brain", "rnn"]),
        (["--method", "guess"], ["--method", "guess", "central", "complex"]),
        (["--delta", "0"], ["--delta", "0", "positive"]),
        (["--delta", "nan"], ["--delta", "nan", "positive"]),
        (["--hidden-size", "0"], ["--hidden-size", "0", "from 1"]),
        (["--seq-length", "0"], ["--seq-length", "0", "from 1"]),
        (["no-such.txt"], ["no-such.txt", "does not exist"]),
    ],
)
def test_a_gradient_check_that_cannot_be_made_is_refused(refused, arguments, words):
    refused("gradcheck", *arguments, words=words)
