"""A hostile file in a checkpoint's place, given to the real command: one line, in bounds, nothing run or written."""

import os

import pytest

from tests.hostile.files import FILES, MARKER, SPECIAL, put

EVERY = {**FILES, **SPECIAL}
# Megabytes at other places than those of files that stand beside them.
ALIKE = (
    "16 MB of one wide string",
    "16 MB of one wide string within",
    "16 MB of raw UTF-8",
    "16 MB of a value's name",
    "16 MB of a setting's name",
    "a million digits within",
    "nested objects",
    "nested within, escaped",
    "five million lists within",
    "header of 16 MB of NULs",
)
UNSEALED = ("another file's arrays",)


def closed(name):
    """Whether this file is one that cannot be read."""
    return name != "unreadable" or os.geteuid() != 0


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in ALIKE else name for name in EVERY]
)
def test_a_file_that_is_no_checkpoint_is_refused_by_sample_and_resume(refuses, folder, name):
    if not closed(name):
        pytest.skip("whoever runs this may read everything")
    checkpoints = folder / "runs/run/checkpoints"
    put(EVERY[name], folder / "x.ckpt")
    line = refuses("sample", "x.ckpt")
    assert ("seal is broken" in line) == (name in UNSEALED)  # what is forged is refused for what it holds
    if name in FILES and name not in ("16 MB of contents", "pickle 4"):
        return  # what reads it is the same
    for path in checkpoints.iterdir():
        path.unlink()
    os.rename(folder / "x.ckpt", checkpoints / "last.ckpt")
    refuses("resume", "run", "--headless")
    assert not list(folder.rglob(MARKER))


def test_what_a_pickle_does_is_seen_where_it_is_loaded(tmp_path, monkeypatch):
    import pickle

    monkeypatch.chdir(tmp_path)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        put(FILES[f"pickle {protocol}"], tmp_path / "x.ckpt")
        pickle.loads((tmp_path / "x.ckpt").read_bytes())
        (tmp_path / MARKER).rmdir()
