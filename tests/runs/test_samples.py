"""A sample is saved in its own run, as the network wrote it, and never over another."""

import os

import pytest

from tests.laws.faulty_disk import Faulty, tree
from tests.runs.support import NOW
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.storage.files import Files

TEXT = "a\x1b[2J\r\n\ud800é"


@pytest.fixture
def made(tmp_path):
    """Begins a run on this disk; what was begun is released at the end."""
    begun = []

    def make(files):
        begun.append(RunDirectory.create(tmp_path / "run", "tale.txt", NOW, files))
        return begun[-1]

    yield make
    for run in begun:
        run.release()


def test_it_holds_the_text_itself_and_others_stay(made):
    run = made(Files())
    paths = [run.save_sample("T0.9-p0.95", text) for text in (TEXT, "second", "third")]
    assert [path.name for path in paths] == ["T0.9-p0.95.txt", "T0.9-p0.95-2.txt", "T0.9-p0.95-3.txt"]
    assert {path.parent for path in paths} == {run.path / "samples"}
    assert [path.read_bytes() for path in paths] == [TEXT.encode("utf-8", "surrogatepass"), b"second", b"third"]


def test_it_is_not_written_through_a_link(made, tmp_path):
    run = made(Files())
    (tmp_path / "mine").mkdir()
    (run.path / "samples").symlink_to(tmp_path / "mine")
    with pytest.raises(OSError, match="samples is a link") as told:
        run.save_sample("a", TEXT)
    assert told.value.strerror == "samples is a link"
    assert tree(tmp_path / "mine") == {}


def test_its_name_and_that_of_its_folder_are_on_disk_before_it_is_told_of(made):
    class Recording(Files):
        def sync_folder(self, path):
            super().sync_folder(path)
            synced.append(path)

    synced = []
    run = made(Recording())
    synced.clear()
    run.save_sample("a", TEXT)
    assert synced == [run.path, run.path / "samples"]


# make the folder, sync it; create, write, sync, close, sync the folder
@pytest.mark.parametrize("number", range(7))
def test_of_one_that_the_disk_refuses_nothing_is_left(made, number):
    run = made(files := Faulty())
    before = tree(run.path)
    files.failing = {len(files.calls) + number}
    with pytest.raises(OSError, match="Input/output"):
        run.save_sample("a", TEXT)
    samples = {} if number < 2 else {"samples": None}
    assert tree(run.path) == {**before, **samples}


@pytest.mark.skipif(os.name == "nt", reason="Windows moves no folder that holds an open file")
def test_a_folder_that_goes_in_the_midst_is_not_said_to_hold_it(made):
    class Moving(Files):
        def create(self, path):
            descriptor = super().create(path)
            run.path.rename(run.path.with_name("elsewhere"))
            (run.path / "samples").mkdir(parents=True)
            return descriptor

    run = made(Moving())
    with pytest.raises(OSError, match="the run directory is another one now"):
        run.save_sample("a", TEXT)
