"""The sweeps in a folder: how far each has come and the best that it has reached, as their files say."""

import os
from pathlib import Path

import pytest

from tests.runs.support import a_run
from tests.sweeps import made_up
from tui_rnn.runs.listing import list_runs
from tui_rnn.sweeps import listing as module
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.listing import SweepListing
from tui_rnn.sweeps.spec import JobResult, Status

LONG_AGO = 1_000_000_000


def begun(folder, name, made=LONG_AGO, **options):
    """A sweep of two runs in this folder, made at this time, of which none has begun."""
    found = SweepFolder(Path(folder, name))
    found.create(made_up.plan({"eta": [0.05, 0.1]}, seeds=(0,), steps=40, **options))
    os.utime(found.plan_file, (made, made))
    return found


def trained(sweep):
    """Have both runs of the sweep trained, without a word in their journals; their names, the better one's first."""
    names = [job.name for job in sweep.plan().jobs]
    losses = {}
    for seed, name in enumerate(names):
        a_run(sweep.runs, run=name, seed=seed)
        sweep.journal(name).begin()
        losses[name] = next(run for run in list_runs(sweep.runs) if Path(run.run).name == name).recent_nats_per_char
    return sorted(names, key=losses.__getitem__), sorted(losses.values())


def test_each_sweep_has_its_line_the_newest_first(tmp_path):
    assert SweepListing(tmp_path / "none").look() == []
    begun(tmp_path, "older", LONG_AGO)
    begun(tmp_path, "newer", LONG_AGO + 10)
    begun(tmp_path, "of that time too", LONG_AGO + 10)
    (tmp_path / "no sweep").mkdir()
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "sweep.json").write_text("{")
    listing = SweepListing(tmp_path)
    assert [Path(line.folder).name for line in listing.look()] == ["newer", "of that time too", "older"]
    assert listing.look()[0].best is None
    trained(SweepFolder(tmp_path / "older"))
    assert Path(listing.look()[0].folder).name == "older"  # by the newest event of a run


def test_a_line_says_how_far_a_sweep_has_come_and_its_best(tmp_path):
    sweep = begun(tmp_path, "one")
    (better, worse), losses = trained(sweep)
    sweep.journal(better).end(JobResult(better, Status.CUT))
    sweep.journal(worse).end(JobResult(worse, Status.FINISHED))
    listing = SweepListing(tmp_path)
    (line,) = listing.look()
    assert (line.varied, line.recipe, line.corpus) == (("eta",), "adagrad", "made-up.txt")
    assert (line.progress.runs, line.progress.ended, line.progress.is_over, line.in_use) == (2, 2, True, False)
    assert (
        line.best == losses[1]
    )  # of those that finished; of so few updates the smooth loss lags, and the recent counts
    sweep.journal(better).begin()
    sweep.journal(better).end(JobResult(better, Status.FINISHED))
    with sweep.locked():
        (line,) = listing.look()
    assert line.in_use
    assert line.best == losses[0]


def test_a_text_is_named_without_its_folders(tmp_path):
    sweep = SweepFolder(tmp_path / "one")
    plan = made_up.plan({"eta": [0.05, 0.1]})
    plan.corpus[:] = ["/books/a.txt", "/books/b.txt"]
    sweep.create(plan)
    assert SweepListing(tmp_path).look()[0].corpus == "a.txt, b.txt"


def test_what_was_read_of_a_sweep_is_kept(tmp_path, monkeypatch):
    begun(tmp_path, "one")
    listing, before = SweepListing(tmp_path), SweepListing(tmp_path).look()
    listing.look()
    monkeypatch.setattr(module, "SweepReader", lambda folder: pytest.fail("it is read anew"))
    assert listing.look() == before
