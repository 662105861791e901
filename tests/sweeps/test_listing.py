"""The sweeps in a folder: how far each has come and the best that it has reached, as their files say."""

import os
from pathlib import Path

from tests.runs.support import a_run
from tests.sweeps import made_up
from tui_rnn.runs.listing import list_runs
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.listing import SweepListing
from tui_rnn.sweeps.spec import JobResult, Status


def begun(folder, name, **options):
    """A sweep of two runs in this folder, of which none has begun."""
    found = SweepFolder(Path(folder, name))
    found.create(made_up.plan({"eta": [0.05, 0.1]}, seeds=(0,), steps=40, **options))
    return found


def finished(sweep, number):
    """Have the run of this number trained to its end."""
    job = sweep.plan().jobs[number]
    a_run(sweep.runs, run=job.name, seed=number)
    sweep.journal(job.name).begin()
    sweep.journal(job.name).end(JobResult(job.name, Status.FINISHED))


def test_each_sweep_has_its_line_the_newest_first(tmp_path):
    assert SweepListing(tmp_path / "none").look() == []
    sweep, other = begun(tmp_path, "one"), begun(tmp_path, "other")
    os.utime(other.plan_file, (1_000_000_000, 1_000_000_000))
    (tmp_path / "no sweep").mkdir()
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "sweep.json").write_text("{")
    listing = SweepListing(tmp_path)
    assert [Path(line.folder).name for line in listing.look()] == ["one", "other"]
    assert listing.look()[0].best is None
    finished(sweep, 0)
    one, two = listing.look()
    assert (one.progress.runs, one.progress.done, one.progress.is_over, one.in_use) == (2, 1, False, False)
    (run,) = list_runs(sweep.runs)
    assert one.best == run.recent_nats_per_char  # of so few updates the smooth loss lags
    assert (one.varied, one.recipe, one.corpus) == (("eta",), "adagrad", "made-up.txt")
    assert two.progress.done == 0
    finished(sweep, 1)
    with sweep.locked():
        one = listing.look()[0]
    assert one.progress.is_over
    assert one.in_use
    assert one.best == min(run.recent_nats_per_char for run in list_runs(sweep.runs))
