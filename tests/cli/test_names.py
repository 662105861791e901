"""Mistyped and odd names: the word help, texts of any file name, values of any length."""

import os
import re
from pathlib import Path

import pytest

from tests.cli.support import SMALL, TALE, is_one_line

SHORT = (*SMALL, "--steps", "5", "--headless")


def text(name):
    Path(name).write_text(TALE, newline="")


@pytest.mark.parametrize("arguments", [["help"], ["help", "sample"], ["help", "nothing"]])
def test_help_is_a_word_too(command, arguments):
    answer = command(*arguments)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == command(*(["sample"] if "sample" in arguments else []), "--help").out


def test_a_text_named_help_is_trained_on_as_before(command, tale):
    text("help")
    assert command("help", *SHORT, "--run", "run").code == 0


NAMES = ["a" * 250, "é" * 125, "李" * 83, "\U0001f600" * 60, ".", "..", "...txt", "-", "--help me", "\U0001f600",
"a b\tc",
         "CON", "x" * 99 + "é", "e\u0301" * 60, " ", "a\nb", ".hidden", "a" * 99 + "...."]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_any_file_name_makes_a_default_run(command, tale, name):
    file = f"{name}.txt" if len(f"{name}.txt".encode()) <= 255 else name
    text(f"./{file}")
    assert command(f"./{file}", *SHORT).code == 0
    assert command(f"./{file}", *SHORT).code == 0  # within the same second: numbered
    first, second = sorted(Path("runs").iterdir())
    assert all(len(path.name.encode()) <= 143 and path.name.isprintable() for path in (first, second))
    assert re.fullmatch(r"(.*[^.-])?-\d{8}-\d{6}(-2)?", first.name)


def test_a_name_of_bytes_that_are_no_text_makes_a_default_run(command, tale):
    file = os.fsdecode(b"caf\xe9\xff.txt")
    try:
        text(f"./{file}")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert command(file, *SHORT).code == 0
    assert [path.name[:4] for path in Path("runs").iterdir()] == ["caf-"]


@pytest.mark.parametrize("value", ["x" * 5000, "1" * 4000, "9" * 5000, "a b " * 2000, "\x1b[31m" * 1000, "é" * 3000])
@pytest.mark.parametrize(
    "arguments",
    [["tale.txt", "--recipe"], ["tale.txt", "--steps"], ["tale.txt", "--encoding"], ["tale.txt", "--eta"], ["resume"],
     ["tale.txt", "--clip"], ["sample"], [], ["tale.txt"], ["tale.txt", "--run"], ["sample", "run", "--prime"],
     ["gradcheck", "--method"], ["bench", "--only"]],
)  # fmt: skip
def test_a_huge_value_is_shown_by_its_ends(command, tale, value, arguments):
    answer = command(*arguments, value)
    assert answer.code == 2
    assert is_one_line(answer.err)
    assert len(answer.err) < 1000
