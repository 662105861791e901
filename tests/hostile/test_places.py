"""Hostile files in each place of a run directory: a sound checkpoint before is used, aloud, and nothing blocks."""

import json

import pytest

from tests.cli.support import SMALL, is_one_line
from tests.hostile.conftest import MOST_MEMORY, everything_in
from tests.hostile.files import FILES, SPECIAL, put
from tests.runs.support import damage

EVERY = {**FILES, **SPECIAL}
SOME = (
    "pickle 4",
    "torch's zip",
    "header of 100 MB",
    "m = 8192",
    "named pipe",
    "two links in a loop",
    "5 GB",
    "folder",
)


@pytest.mark.parametrize("name", SOME)
def test_the_newest_bad_checkpoint_falls_back_to_the_one_before_aloud(commands, folder, name):
    size = put(EVERY[name], folder / "runs/run/checkpoints/last.ckpt")
    before = everything_in(folder)
    written = commands(folder, "sample", "run", "--last", "-n", 10)
    assert (written.code, len(written.out)) == (0, 10)
    assert is_one_line(written.err)
    assert "last.ckpt" in written.err
    assert everything_in(folder) == before
    told = commands(folder, "resume", "run", "--json", "--steps", 21)
    if name == "folder":  # no file can be put in its place
        assert told.code == 1
        assert is_one_line(told.err)
        return
    records = [json.loads(line) for line in told.out.splitlines()]
    assert told.code == 0
    assert records[0]["resumed_from"].endswith("step-00000020.ckpt")
    assert ["last.ckpt" in each["message"] for each in records if each["event"] == "warning"] == [True]
    assert max(written.bytes, told.bytes) < 2 * size + MOST_MEMORY


@pytest.mark.parametrize("name", SOME)
def test_a_bad_best_model_is_refused_and_the_latest_still_writes(refuses, commands, folder, name):
    size = put(EVERY[name], folder / "runs/run/checkpoints/best.ckpt")
    assert "best.ckpt" in refuses("sample", "run", size=size)
    assert commands(folder, "sample", "run", "--last", "-n", 10).code == 0


@pytest.mark.parametrize("name", ["best.ckpt", "best-held-out.ckpt"])
def test_a_best_model_that_is_a_link_to_nowhere_is_told_of_as_such(refuses, folder, name):
    best = folder / "runs/run/checkpoints" / name
    best.unlink(missing_ok=True)
    best.symlink_to("nowhere")
    told = refuses("sample", "run", *(["--held-out"] if "held-out" in name else []))
    assert name in told
    assert "--holdout" not in told


def test_two_bad_checkpoints_are_each_told_of(commands, folder):
    checkpoints = folder / "runs/run/checkpoints"
    damage(checkpoints / "step-00000020.ckpt")
    put(EVERY["link to itself"], checkpoints / "last.ckpt")
    assert commands(folder, "sample", "run", "--last", "-n", 0).err.count("\n") == 2
    told = commands(folder, "resume", "run", "--headless", "--steps", 20)
    assert told.code == 0
    for name in ("step-00000020.ckpt", "last.ckpt"):
        assert name in told.out


def _lines(folder):
    return (folder / "runs/run/events.jsonl").read_bytes()


@pytest.mark.slow
def test_a_log_of_a_million_lines_is_read_in_bounds(commands, folder):
    data = b'{"event":"x"}\n' * 1_000_000
    events = folder / "runs/run/events.jsonl"
    events.write_bytes(_lines(folder) + data)
    for arguments in (("runs",), ("resume", "run", "--headless", "--steps", 21), ("report", "run")):
        told = commands(folder, *arguments)
        assert (told.code, told.err) == (0, "")
        assert told.bytes < 2 * len(data) + MOST_MEMORY


def test_a_key_twice_in_the_configuration_is_read_as_its_last(refuses, folder):
    config = folder / "runs/run/config.json"
    config.write_text(config.read_text().replace("{", '{"hidden_size": 8, "hidden_size": 9,', 1))
    refuses("resume", "run", "--steps", 1)  # behind the run


def _moved(folder, place):
    """What stands there, put outside the run with a link to it left behind."""
    inside, outside = folder / "runs/run" / place, folder / "victim"
    if inside.exists():
        inside.rename(outside)
    else:
        outside.mkdir()
    inside.symlink_to(outside)
    return outside


@pytest.mark.parametrize("place", ["config.json", "events.jsonl", "checkpoints"])
def test_a_link_in_a_run_is_refused_and_not_written_through(commands, folder, place):
    outside = _moved(folder, place)
    before = everything_in(outside) if outside.is_dir() else outside.read_bytes()
    told = commands(folder, "resume", "run", "--headless", "--steps", 30)
    assert (told.code, is_one_line(told.err)) == (2, True)
    assert f"{place} " in told.err
    assert "it is a link" in told.err
    assert (everything_in(outside) if outside.is_dir() else outside.read_bytes()) == before
    assert commands(folder, "runs").code == 0
    assert commands(folder, "sample", "run", "-n", 10).code == 0


@pytest.mark.parametrize("place", ["config.json", "events.jsonl", "checkpoints"])
def test_a_link_where_a_run_would_begin_is_refused_and_not_written_through(commands, folder, place):
    outside = folder / "victim"
    if place == "checkpoints":
        outside.mkdir()
    (folder / "new").mkdir()
    (folder / "new" / place).symlink_to(outside)
    told = commands(folder, "tale.txt", *SMALL, "--steps", 5, "--run", "new")
    assert (told.code, is_one_line(told.err)) == (2, True)
    assert f"{place} " in told.err
    assert "it is a link" in told.err
    assert list(outside.iterdir()) == [] if place == "checkpoints" else not outside.exists()
    assert (folder / "new" / place).is_symlink()


def _without_lock(folder):
    """Somebody's file, and the place of the run's lock, which is free."""
    victim, lock = folder / "victim", folder / "runs/run/.lock"
    victim.write_text("mine")
    lock.unlink()
    return victim, lock


def test_a_lock_that_is_a_link_is_not_followed(commands, folder):
    """An older filelock follows it, and empties what it finds there."""
    victim, lock = _without_lock(folder)
    lock.symlink_to(victim)
    assert commands(folder, "runs").code == 0
    told = commands(folder, "resume", "run", "--headless", "--steps", 30)
    assert (told.code, is_one_line(told.err)) == (2, True)
    assert "runs/run cannot be locked" in told.err
    assert victim.read_text() == "mine"
    assert lock.is_symlink()


def test_a_lock_that_is_a_file_s_second_name_leaves_that_as_it_was(commands, folder):
    victim, lock = _without_lock(folder)
    lock.hardlink_to(victim)
    assert commands(folder, "runs").code == 0
    assert commands(folder, "resume", "run", "--headless", "--steps", 30).code == 0
    assert victim.read_text() == "mine"


def test_a_report_is_not_written_through_a_link_in_its_run(commands, folder):
    outside = _moved(folder, "report")
    told = commands(folder, "report", "run")
    assert (told.code, told.out, is_one_line(told.err)) == (2, "", True)
    assert "report is a link: " in told.err
    assert list(outside.iterdir()) == []
    assert commands(folder, "report", "run", "-o", "victim").code == 0
