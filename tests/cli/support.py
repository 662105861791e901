"""How tests give commands: in this process where possible, in another where signals, pipes or imports matter."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import tui_rnn
from tui_rnn import cli
from tui_rnn.place import SIGNS

ROOT = Path(tui_rnn.__file__).resolve().parents[1]
PROGRAM = (sys.executable, "-m", "tui_rnn")
SECONDS = 60  # to wait for a process that should be quick, before a test is red
TALE = "the cat sat on the mat, and the dog sat on the log.\n" * 40  # 2,080 characters, K = 16
SMALL = ("--hidden-size", "8", "--seq-length", "10", "--sample-length", "30")


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


@pytest.fixture
def tale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A short text in a working directory of its own; its path as a user types it."""
    monkeypatch.chdir(tmp_path)
    Path("tale.txt").write_text(TALE, newline="")
    return "tale.txt"


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    """Run the command line in this process, in a working directory of its own, without a terminal."""
    monkeypatch.chdir(tmp_path)

    def give(*arguments: object) -> Answer:
        code = cli._run([str(argument) for argument in arguments])
        return Answer(code, *capsys.readouterr())

    return give


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what says that nobody types, with the package under test first on the path."""
    kept = {name: value for name, value in os.environ.items() if name not in SIGNS}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **more}


def finished(*arguments: str, cwd: Path, **more: str) -> "subprocess.CompletedProcess[bytes]":
    """The real program, run to its end without a terminal."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=cwd,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )


@contextlib.contextmanager
def running(
    *arguments: str, cwd: Path, before: tuple[str, ...] = (), **streams: int
) -> "Iterator[subprocess.Popen[bytes]]":
    """The real program, at work while the test goes on; killed at the end if it has not ended by then."""
    with subprocess.Popen(
        [*before, *PROGRAM, *arguments],
        cwd=cwd,
        env=environment(),
        stdin=subprocess.DEVNULL,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},  # type: ignore[call-overload]
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def is_one_line(text: str) -> bool:
    """One line, ended, and nothing in it that could steer a terminal."""
    return text.endswith("\n") and text[:-1].isprintable() and len(text) > 1
