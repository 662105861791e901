"""Each artifact against each command that meets it: one line or a result, in bounds, and nothing written elsewhere."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.support import SMALL, is_one_line
from tests.hostile.artifacts import CONFIGS, LOGS, PATHS, TEXTS
from tests.hostile.conftest import MOST_MEMORY, everything_in
from tests.hostile.files import FILES, MARKER, SPECIAL, put
from tests.hostile.strings import harm

CODES = (0, 1, 2)  # of the contract, where no signal comes
GIVEN = {
    "train": ("tale.txt", "--headless", *SMALL, "--steps", 5, "--run", "runs/new"),
    "resume": ("resume", "run", "--headless", "--steps", 21),
    "sample": ("sample", "run", "-n", 10),
    "gradcheck": ("gradcheck", "tale.txt", *SMALL[:4]),
    "report": ("report", "run"),
    "runs": ("runs",),
    "bench": ("bench", "tale.txt", "--only", "corpus", "--seconds", 0.001),
}
WRITES = ("train", "resume", "report")  # where they are not refused: each into its run, and nowhere else


@dataclass(frozen=True)
class Row:
    """What is put where, and the exit code and a word of the answer for each command given to it."""

    kind: str
    name: str
    answers: "dict[str, tuple[int | None, str]]"  # None: any code of the contract

    def put(self, folder: Path) -> int:
        """Put it in its place in the folder; its size in bytes."""
        run = folder / "runs/run"
        place = run / self.kind
        if self.kind == "text":
            place = folder / "tale.txt"
            place.write_bytes(TEXTS[self.name])
        elif self.kind == "log":
            place = run / "events.jsonl"
            place.write_bytes(place.read_bytes() + LOGS[self.name]())
        elif self.kind == "configuration":
            place = run / "config.json"
            place.write_bytes(CONFIGS[self.name](json.loads(place.read_bytes())))
        elif self.kind == "path":
            os.mkfifo(folder / "pipe")
            (folder / "loop").symlink_to("loop")
            for checkpoint in (run / "checkpoints").iterdir():
                checkpoint.unlink()  # it would be refused for being another's
            path, place = PATHS[self.name][0], run / "config.json"
            place.write_text(json.dumps({**json.loads(place.read_text()), "corpus": path, "corpus_path": path}))
        else:
            put({**FILES, **SPECIAL}[self.name], place)
            return 0
        return place.stat().st_size


def _rows():
    shown = {"runs": (0, "")}
    for name in LOGS:
        reported = {"report": (0, "")} if name == "numbers beyond floats" else {}  # a report takes a second
        yield Row("log", name, {**shown, **reported, "resume": (0, "")})
    for name in CONFIGS:
        reported = {"report": (0, "")} if name == "a cap in words" else {}
        yield Row("configuration", name, {**shown, **reported, "resume": (2, "config.json")})
    for name, (_, why) in PATHS.items():
        reported = {"report": (0, "")} if name == "device" else {}
        yield Row("path", name, {**shown, **reported, "resume": (2, why)})
    for place in ("config.json", "events.jsonl"):
        for name in ("named pipe", "folder", "socket", "link to itself", "link to /dev/zero"):
            reported = {"report": (0, "")} if (place, name) == ("events.jsonl", "link to /dev/zero") else {}
            listed = (0, "damaged" if place == "events.jsonl" else "")  # a folder without config.json is no run
            yield Row(place, name, {**reported, "runs": listed, "resume": (2, place)})
    for name in TEXTS:
        sound = {"against whoever shows it": 0, "one character": 0, "NULs": 0}.get(name, 2)
        begun = dict.fromkeys(("train", "gradcheck", "resume", "sample"), (sound, ""))
        measured = {"bench": (None, "")} if name in ("empty", "NULs") else {}  # it takes as long for each
        yield Row("text", name, {**begun, **measured, **shown})


def _written(before, after, allowed):
    """What differs outside the folder that is allowed; a writer keeps others out by a lock before it reads."""
    changed = {name for name in before | after if before.get(name) != after.get(name)} - {"runs/run/.lock"}
    return {name for name in changed if allowed is None or not f"{name}/".startswith(f"{allowed}/")}


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row.kind}: {row.name}")
def test_each_command_gives_one_line_or_a_result_and_writes_nowhere_else(commands, folder, row):
    if row.name in ("device", "link to /dev/zero") and not os.path.exists("/dev/zero"):
        pytest.skip("this system has no such device")
    size, run = row.put(folder), "new" if row.kind == "text" else "run"
    for name, (code, said) in row.answers.items():
        before = everything_in(folder)
        told = commands(folder, *(run if word == "run" else word for word in GIVEN[name]))
        assert told.code in CODES if code is None else told.code == code, told
        if told.code == 0:
            assert told.out or told.err or name == "sample"
            assert told.err == "" or row.kind in ("config.json", "text")
            assert harm(told.err) == set()
            assert name == "sample" or harm(told.out) == set()  # whose output in a pipe is the text itself
            assert said in told.out
        else:
            assert told.out == ""
            assert is_one_line(told.err), told.err
            assert told.err.startswith("tui-rnn: ")
            assert len(told.err) < 2000
            assert said in told.err
        assert "Traceback" not in told.err
        if name != "bench":  # which takes large arrays to measure with
            assert told.bytes < 2 * size + MOST_MEMORY
        changed = _written(before, everything_in(folder), f"runs/{run}" if name in WRITES and told.code == 0 else None)
        assert not changed, told
    assert not list(folder.rglob(MARKER))


GIVABLE = [name for name, (path, _) in PATHS.items() if "\0" not in path and "\ud800" not in path]


@pytest.mark.parametrize("name", GIVABLE)
def test_a_hostile_path_given_to_a_command_is_refused_in_one_line(commands, folder, name):
    """A system call takes no NUL and no surrogate, so a command line cannot hold one either."""
    path, _ = PATHS[name]
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to("loop")
    for command in (("sample", path), ("resume", path), (path,), ("report", path)):
        told = commands(folder, *command)
        assert (told.code, told.out, is_one_line(told.err)) == (2, "", True), (command, told)
