"""A file is replaced whole or left as it was, wherever the writing fails, and nothing stays beside it."""

import builtins
import os

import pytest

from tui_rnn.engine import durable
from tui_rnn.engine.durable import sync_folder, write_atomically

OLD, NEW = b"the old content", b"the new content, which is longer"


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "best.ckpt"
    path.write_bytes(OLD)
    return path


class FullDisk:
    """A file that takes half of what is written and then fails."""

    def __init__(self, file):
        self._file = file

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._file.close()

    def write(self, data):
        self._file.write(data[: len(data) // 2])
        self._file.flush()
        raise OSError(28, "No space left on device")


def fail(*arguments, **options):
    raise OSError(5, "Input/output error")


def interrupt(*arguments, **options):
    raise KeyboardInterrupt


def full(path, *arguments):
    return FullDisk(builtins.open(path, *arguments))


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize(
    ("where", "name", "fault"),
    [
        (durable, "open", full),
        (durable, "open", fail),
        (os, "fsync", fail),
        (os, "fsync", interrupt),
        (os, "replace", fail),
    ],
)
def test_a_failure_leaves_the_old_file_and_nothing_beside_it(target, monkeypatch, where, name, fault, exists):
    if not exists:
        target.unlink()
    with monkeypatch.context() as broken:
        broken.setattr(where, name, fault, raising=False)
        with pytest.raises((OSError, KeyboardInterrupt)):
            write_atomically(target, NEW)
    assert [path.name for path in target.parent.iterdir()] == (["best.ckpt"] if exists else [])
    assert not exists or target.read_bytes() == OLD


@pytest.mark.parametrize("data", [NEW, b""])
def test_a_success_leaves_the_new_file_and_nothing_beside_it(target, data):
    write_atomically(target, data)
    assert target.read_bytes() == data
    assert list(target.parent.iterdir()) == [target]


def test_a_new_file_needs_no_old_one(tmp_path):
    write_atomically(tmp_path / "new", NEW)
    assert (tmp_path / "new").read_bytes() == NEW


def test_the_content_is_synced_before_it_takes_the_name_and_the_folder_after(target, monkeypatch):
    calls = []
    fsync, replace = os.fsync, os.replace

    def synced(descriptor):
        fsync(descriptor)
        folder = os.path.isdir(f"/proc/self/fd/{descriptor}")
        calls.append("folder" if folder else f"file of {os.fstat(descriptor).st_size}")

    def replaced(source, destination):
        replace(source, destination)
        calls.append("replace")

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    write_atomically(target, NEW)
    if os.path.isdir("/proc/self/fd"):
        assert calls == [f"file of {len(NEW)}", "replace", "folder"]
    else:
        assert calls[0] == f"file of {len(NEW)}"
        assert calls[1] == "replace"


def test_a_missing_folder_is_an_error_and_is_not_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "missing" / "a.ckpt", NEW)
    assert not (tmp_path / "missing").exists()


def test_a_system_that_opens_no_folders_is_no_failure(target, monkeypatch):
    monkeypatch.delattr(os, "O_DIRECTORY", raising=False)
    monkeypatch.setattr(os, "open", fail)
    sync_folder(target.parent)
