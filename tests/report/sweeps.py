"""A small sweep of real runs on disk, and its report."""

import itertools
from pathlib import Path
from typing import Any

from tests.runs.support import small_job, train
from tui_rnn.engine.errors import RunError
from tui_rnn.runs.followed import FollowedRun
from tui_rnn.runs.listing import line_of
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.rows import Row
from tui_rnn.sweeps.spec import JobSpec, Status

ENDINGS = {"steps": Status.FINISHED, "diverged": Status.DIVERGED}


def a_sweep(folder: Path, varied: dict[str, list[Any]], seeds: range, **options: Any) -> tuple[Plan, list[Row]]:
    """The plan and the rows of runs that were trained to their end."""
    jobs = []
    for values in itertools.product(*varied.values()):
        setting = dict(zip(varied, values, strict=True))
        for seed in seeds:
            name = f"{len(jobs):03}"
            job = small_job(folder, name, **{**options, **setting, "seed": seed})
            train(job)
            sha256 = "0" * 64
            jobs.append(JobSpec(name, str(folder / name), [], sha256, job.config.to_json(), setting, "1"))
    plan = Plan([str(folder / "tale.txt")], "0" * 64, "adagrad", options, varied, list(seeds), jobs, "1")
    return plan, [row_of(job) for job in jobs]


def row_of(job: JobSpec) -> Row:
    """The row of a job as its run's files say."""
    try:
        followed = FollowedRun.at(job.run)
    except RunError:
        return Row(job, Status.WAITING)
    for _ in followed.news(samples=False):
        pass
    done = followed.log.done
    status = Status.TRAINING if done is None else ENDINGS.get(done.reason.value, Status.STOPPED)
    return Row(job, status, line=line_of(followed, 0.0), followed=followed, attempts=1)
