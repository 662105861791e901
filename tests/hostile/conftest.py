"""A command given to the real command line in a folder that holds hostile files: what it said, took and left."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.support import ROOT, SMALL, TALE, command, environment, is_one_line
from tests.report.conftest import coarse_pictures

__all__ = ["coarse_pictures", "command"]

MOST_MEMORY = 200 << 20  # bytes above a process at rest, besides twice the file

if not hasattr(os, "fork"):
    collect_ignore_glob = ["test_checkpoints.py", "test_places.py", "test_table.py"]


@dataclass(frozen=True)
class Answered:
    code: int
    out: str
    err: str
    seconds: float
    bytes: int  # of memory, at its highest, above that of a process at rest


class Commands:
    """Gives commands in a folder; keeps the worst figures for the last word."""

    def __init__(self, server: "subprocess.Popen[str]") -> None:
        self._server = server
        self.worst: dict[str, tuple[float, str]] = {}
        self.given = 0
        self._at_rest = 0

    def __call__(self, folder: Path, *arguments: object) -> Answered:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        command = [str(argument) for argument in arguments]
        print(json.dumps({"folder": str(folder), "arguments": command}), file=self._server.stdin, flush=True)
        told = Answered(**json.loads(self._server.stdout.readline()))
        if not self._at_rest:
            self._at_rest = told.bytes
        told = Answered(told.code, told.out, told.err, told.seconds, told.bytes - self._at_rest)
        self.given += 1
        for name, figure in (("seconds", told.seconds), ("MB", told.bytes / (1 << 20))):
            self.worst[name] = max(self.worst.get(name, (0.0, "")), (round(figure, 2), " ".join(command)[:80]))
        return told


@pytest.fixture(scope="package")
def commands() -> Iterator[Commands]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.hostile.forked"],
        cwd=ROOT,
        env=environment(OPENBLAS_NUM_THREADS="1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        commands = Commands(server)
        commands(ROOT, "--version")  # a process at rest
        yield commands
        print(f"\n{commands.given} commands, at worst {commands.worst}")
        assert server.stdin is not None
        server.stdin.close()


@pytest.fixture(scope="package")
def sound_run(commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tale.txt and runs/run, trained for 20 updates, a checkpoint at each 10."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "tale.txt").write_text(TALE, newline="")
    options = ("--steps", 20, "--checkpoint-every", 10, "--progress-every", 5, "--run", "runs/run")
    assert commands(folder, "tale.txt", *SMALL, *options).code == 0
    return folder


@pytest.fixture
def folder(sound_run: Path, tmp_path: Path) -> Path:
    """A copy of that folder, to plant files in."""
    import shutil

    copy = tmp_path / "work"
    shutil.copytree(sound_run, copy)
    return copy


def everything_in(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Every file by its name: what kind it is, its size, and when it was last written."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        written = 0 if stat.S_ISDIR(status.st_mode) else status.st_mtime_ns
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_size if written else 0, written)
    return found


@pytest.fixture
def refuses(commands: Commands, folder: Path) -> Callable[..., str]:
    """Give a command that has to be refused for the file it meets; its one line."""

    def give(*arguments: object, size: int = 0) -> str:
        before = everything_in(folder)
        told = commands(folder, *arguments)
        assert (told.code, told.out) == (2, ""), told
        assert is_one_line(told.err), told.err
        assert told.err.startswith("tui-rnn: ")
        assert len(told.err) < 2000
        assert told.bytes < 2 * size + MOST_MEMORY
        after = everything_in(folder)
        after.pop("runs/run/.lock", None)  # a writer keeps others out before it reads
        before.pop("runs/run/.lock", None)
        assert after == before
        return told.err

    return give
