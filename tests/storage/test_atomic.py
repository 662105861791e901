"""A file is replaced whole or left as it was, wherever the writing fails, and nothing stays beside it."""

import errno
import itertools
import os
import re
import signal
from pathlib import Path

import pytest

from tests.laws.faulty_disk import CALLS, ERRORS, Faulty, failing_with, tree
from tui_rnn.storage.atomic import make_folder, remove_leftovers, write_atomically, write_new, write_whole
from tui_rnn.storage.files import SYSTEM, Files

OLD, NEW = b"the old content", b"the new content, which is longer"
WRITING = ["create", "write", "sync", "close", "replace", "sync_folder"]
FAULTS = [*map(failing_with, ERRORS), KeyboardInterrupt]


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "best.ckpt"
    path.write_bytes(OLD)
    return path


def test_the_content_is_synced_before_it_takes_the_name_and_the_folder_after(target):
    files = Faulty()
    write_atomically(target, NEW, files)
    assert files.calls == WRITING


def test_the_system_s_own_calls_sync_the_file_and_the_folder(target, monkeypatch):
    synced, fsync = [], os.fsync

    def told(descriptor):
        fsync(descriptor)
        synced.append(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "fsync", told)
    write_atomically(target, NEW)
    folder = [os.stat(target.parent).st_ino] if hasattr(os, "O_DIRECTORY") else []
    assert synced == [os.stat(target).st_ino, *folder]


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: getattr(fault(), "strerror", "interrupted"))
# A file that was made without a word is found by the next who would make it.
@pytest.mark.parametrize(("number", "late"), [(0, False), *itertools.product(range(1, len(WRITING)), (False, True))])
def test_a_failure_leaves_the_old_file_or_the_new_one_and_nothing_beside_it(target, number, fault, late, exists):
    if not exists:
        target.unlink()
    files = Faulty({number}, fault, late=late)
    with pytest.raises(type(fault())) as caught:
        write_atomically(target, NEW, files)
    assert caught.value is files.raised[0]
    replaced = number == 5 or (number == 4 and late)
    assert tree(target.parent) == ({"best.ckpt": NEW if replaced else OLD} if exists or replaced else {})
    assert not files.open
    write_atomically(target, NEW)
    assert tree(target.parent) == {"best.ckpt": NEW}


@pytest.mark.parametrize("number", range(len(WRITING)), ids=WRITING)
def test_where_the_cleaning_fails_too_the_first_error_is_told_and_the_next_write_cleans(target, number):
    files = Faulty({number}, and_cleaning=True)
    with pytest.raises(OSError, match="Input/output") as caught:
        write_atomically(target, NEW, files)
    assert caught.value is files.raised[0]
    assert target.read_bytes() == (NEW if number == 5 else OLD)
    write_atomically(target, NEW)
    assert tree(target.parent) == {"best.ckpt": NEW}


@pytest.mark.parametrize("most", [1, 2, 31])
def test_a_disk_that_takes_a_little_at_a_time_is_given_all(target, most):
    files = Faulty(most=most)
    write_atomically(target, NEW, files)
    assert target.read_bytes() == NEW
    assert files.calls.count("write") == -(-len(NEW) // most)


def test_a_disk_that_takes_nothing_is_an_error_and_no_endless_loop(target):
    with pytest.raises(OSError, match="took nothing"):
        write_atomically(target, NEW, Faulty(most=0))
    assert tree(target.parent) == {"best.ckpt": OLD}


@pytest.mark.parametrize("number", range(1, 5))
def test_a_write_that_fails_after_a_part_was_taken_leaves_the_old_file(target, number):
    with pytest.raises(OSError, match="Input/output"):
        write_atomically(target, NEW, Faulty({number}, most=9))
    assert tree(target.parent) == {"best.ckpt": OLD}


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timer")
def test_signals_in_the_midst_of_its_calls_do_it_no_harm(target):
    caught = []
    before = signal.signal(signal.SIGALRM, lambda *_: caught.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
    try:
        while len(caught) < 200:
            data = os.urandom(100_000)
            write_atomically(target, data)
            assert target.read_bytes() == data
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("data", [NEW, b""])
def test_a_success_leaves_the_new_file_and_nothing_beside_it(target, data):
    write_atomically(target, data)
    assert tree(target.parent) == {"best.ckpt": data}


def test_a_new_file_needs_no_old_one(tmp_path):
    write_atomically(tmp_path / "new", NEW)
    assert (tmp_path / "new").read_bytes() == NEW


def test_what_a_killed_process_of_the_same_number_left_is_no_hindrance(target):
    (target.parent / f".best.ckpt.{os.getpid()}.tmp").write_bytes(b"half")
    write_atomically(target, NEW)
    assert tree(target.parent) == {"best.ckpt": NEW}


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few users make links")
def test_a_link_in_the_temporary_files_place_is_not_followed(target, tmp_path):
    other = tmp_path / "precious"
    other.write_bytes(OLD)
    (target.parent / f".best.ckpt.{os.getpid()}.tmp").symlink_to(other)
    write_atomically(target, NEW)
    assert tree(target.parent) == {"best.ckpt": NEW, "precious": OLD}


def test_a_missing_folder_is_an_error_and_is_not_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "missing" / "a.ckpt", NEW)
    assert not (tmp_path / "missing").exists()


def test_a_system_that_opens_no_folders_is_no_failure(target, monkeypatch):
    def fail(*_):
        raise PermissionError

    monkeypatch.delattr(os, "O_DIRECTORY", raising=False)
    monkeypatch.setattr(os, "open", fail)
    SYSTEM.sync_folder(target.parent)


@pytest.mark.parametrize("number", range(5))
def test_a_file_that_must_be_new_is_whole_on_disk_or_not_there(tmp_path, number):
    path = tmp_path / "sample.txt"
    files = Faulty({number})
    with pytest.raises(OSError, match="Input/output"):
        write_new(path, NEW, files)
    assert tree(tmp_path) == {}
    assert not files.open


def test_a_file_that_must_be_new_never_replaces_one(target):
    with pytest.raises(FileExistsError):
        write_new(target, NEW)
    assert tree(target.parent) == {"best.ckpt": OLD}


def test_every_folder_that_is_made_is_synced_into_the_one_above_it(tmp_path):
    class Recording(Files):
        def make_folder(self, path):
            super().make_folder(path)
            calls.append(("make", path.name))

        def sync_folder(self, path):
            super().sync_folder(path)
            calls.append(("sync", path.name))

    calls = []
    a = tmp_path / "a"
    assert make_folder(a / "b" / "c", Recording()) == [a, a / "b", a / "b" / "c"]
    expected = [("make", "a"), ("sync", tmp_path.name), ("make", "b"), ("sync", "a"), ("make", "c"), ("sync", "b")]
    assert calls == expected
    calls.clear()
    assert make_folder(a / "b" / "c", Recording()) == []
    assert calls == [("sync", "b")]


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("late", [False, True])
def test_folders_that_cannot_all_be_made_are_taken_away_again(tmp_path, number, late):
    files = Faulty({number}, late=late)
    with pytest.raises(OSError, match="Input/output"):
        make_folder(tmp_path / "a" / "b" / "c", files)
    left = files.calls.count("make_folder") if late and number % 2 == 0 else 0
    assert len(tree(tmp_path)) == left  # one that was made without a word, and what it stands in


def test_a_folder_that_holds_something_is_not_taken_away(tmp_path):
    class Busy(Files):
        def sync_folder(self, path):
            if path.name == "a":
                (path / "notes.txt").write_bytes(OLD)
                raise OSError(errno.EIO, "no")

    with pytest.raises(OSError, match="no"):
        make_folder(tmp_path / "a" / "b", Busy())
    assert tree(tmp_path) == {"a": None, "a/notes.txt": OLD}


def test_a_file_in_a_folders_place_is_an_error(target):
    for path in (target, target / "below"):
        with pytest.raises(FileExistsError):
            make_folder(path)
    assert tree(target.parent) == {"best.ckpt": OLD}


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few users make links")
def test_leftovers_are_removed_and_nothing_else(tmp_path):
    folder, elsewhere = tmp_path / "run", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_bytes(OLD)
    ours = [".best.ckpt.1.tmp", ".step-00000010.ckpt.4194304.tmp"]
    theirs = ["best.ckpt", ".best.ckpt.tmp", ".best.ckpt.x.tmp", "best.ckpt.1.tmp", ".notes.1.tmp", ".best.ckpt.1.tmp~"]
    for name in (*ours, *theirs):
        (folder / name).write_bytes(OLD)
    (folder / ".link.ckpt.1.tmp").symlink_to(elsewhere)
    (folder / ".folder.ckpt.1.tmp").mkdir()
    remove_leftovers(folder, re.compile(r"[\w-]+\.ckpt"))
    assert {path.name for path in folder.iterdir()} == {*theirs, ".link.ckpt.1.tmp", ".folder.ckpt.1.tmp"}
    assert elsewhere.read_bytes() == OLD


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few users make links")
def test_no_leftovers_are_sought_behind_a_link_or_where_nothing_is(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / ".a.ckpt.1.tmp").write_bytes(OLD)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    remove_leftovers(tmp_path / "link", re.compile(r".*"))
    remove_leftovers(tmp_path / "nowhere", re.compile(r".*"))
    assert (tmp_path / "real" / ".a.ckpt.1.tmp").exists()


def test_the_faulty_disk_knows_every_call_of_the_seam():
    assert {name for name in dir(Faulty) if not name.startswith("_")} == set(CALLS)
    assert {"create", "write", "sync_folder"} <= set(CALLS)


def test_write_whole_of_nothing_writes_nothing():
    files = Faulty()
    write_whole(-1, b"", files)
    assert files.calls == []


def test_the_first_folder_can_be_the_working_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert make_folder(Path("runs/a")) == [Path("runs"), Path("runs/a")]


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="this system follows every link")
@pytest.mark.parametrize("exists", [True, False])
def test_what_is_appended_to_is_no_link(tmp_path, exists):
    """Whoever looks for a link first has looked too early, where one is put there after."""
    if exists:
        (tmp_path / "real").write_bytes(OLD)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(OSError, match=re.escape(os.strerror(errno.ELOOP))):
        SYSTEM.open_to_append(tmp_path / "link")
    assert (tmp_path / "real").exists() == exists
